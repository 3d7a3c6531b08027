"""YuNet and the landmarks on real photos, against what people and dlib marked."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

from analysis.images import decode
from analysis.pipeline import Pipeline
from analysis.results import Array, Box, PhotoResult

MARKED = ("training_with_face_landmarks.xml", "testing_with_face_landmarks.xml")


def analysed(pipeline: Pipeline, path: Path) -> PhotoResult:
    return pipeline.analyse(decode(path))


def marked_faces(folder: Path) -> dict[str, list[tuple[Box, Array]]]:
    """Return the boxes and 68 points of each annotated photo."""
    photos = {}
    for name in MARKED:
        for image in ElementTree.parse(folder / name).iter("image"):
            photos[image.get("file", "")] = [_marked(box) for box in image.iter("box")]
    return photos


def _marked(box: ElementTree.Element) -> tuple[Box, Array]:
    left, top, width, height = (
        int(box.get(name, "")) for name in ("left", "top", "width", "height")
    )
    points = [(float(part.get("x", "")), float(part.get("y", ""))) for part in box.iter("part")]
    return Box(left, top, left + width, top + height), np.array(points, dtype=np.float32)


@pytest.mark.parametrize(("name", "count"), [("bald_guys.jpg", 24), ("dogs.jpg", 0)])
def test_faces_are_counted(pipeline: Pipeline, shared_photos: Path, name: str, count: int) -> None:
    assert len(analysed(pipeline, shared_photos / "dlib_faces" / name).faces) == count


def test_marked_faces_are_found_with_landmarks_within_two_percent(
    pipeline: Pipeline, shared_photos: Path
) -> None:
    """The error is the mean distance over that of the outer corners of the eyes (300-W's measure)."""
    folder = shared_photos / "dlib_faces"
    errors, invented = [], 0
    for name, marked in marked_faces(folder).items():
        faces = analysed(pipeline, folder / name).faces
        invented += len(faces) - len(marked)
        for box, points in marked:
            face = max(faces, key=lambda face: face.box.iou(box))
            assert face.box.iou(box) > 0.35, f"{name}: {box} was not found"
            apart = np.linalg.norm(face.landmarks - points, axis=1).mean()
            errors.append(apart / np.linalg.norm(points[36] - points[45]))
    assert len(errors) == 43
    assert invented <= 1
    assert float(np.mean(errors)) < 0.02


def test_a_small_copy_has_the_same_face_in_the_same_place(
    pipeline: Pipeline, portrait: Path, tmp_path: Path
) -> None:
    from PIL import Image

    with Image.open(portrait) as image:
        small = tmp_path / "small.png"
        image.resize((image.width // 6, image.height // 6)).save(small)
    [large_face] = analysed(pipeline, portrait).faces
    [small_face] = analysed(pipeline, small).faces
    box = small_face.box
    scaled = Box(*(6 * edge for edge in (box.left, box.top, box.right, box.bottom)))
    assert scaled.iou(large_face.box) > 0.75


def test_detection_repeats_exactly(pipeline: Pipeline, portrait: Path) -> None:
    photo = decode(portrait)
    assert pipeline.detector.detect(photo.pixels) == pipeline.detector.detect(photo.pixels)


@pytest.mark.parametrize("size", [(1, 1), (1, 20000), (20000, 1), (3, 2), (40, 30)])
def test_an_empty_photo_of_any_shape_has_no_face(pipeline: Pipeline, size: tuple[int, int]) -> None:
    pixels = np.full((*size, 3), 200, dtype=np.uint8)
    assert pipeline.detector.detect(pixels) == []
