"""YuNet on real photos, against what people and dlib marked."""

from __future__ import annotations

import csv
from collections import defaultdict
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from analysis.detection import Detection, Region
from analysis.detection.yunet.faces import Faces, joined
from analysis.detection.yunet.verifier import UPRIGHT
from analysis.images import decode
from analysis.pipeline import Pipeline
from analysis.results import Array, Box, PhotoResult
from analysis.upright import chip
from analysis.weights import Weights
from benchmarks.accuracy import sets

Pixels = NDArray[np.uint8]
MARKED = ("training_with_face_landmarks.xml", "testing_with_face_landmarks.xml")
SAMPLES = ("obama", "obama2", "obama3", "biden", "grace_hopper", "astronaut")
COUNTED = {
    "dlib_faces/bald_guys.jpg": 24,
    "dlib_faces/dogs.jpg": 0,
    "ages/woman1.jpg": 1,
    "large/img40.jpg": 1,
    "portraits/obama_partial_face.jpg": 1,
    "portraits/obama_partial_face2.jpg": 1,
    "roster/test/kit_with_rose.jpg": 2,
}


def analysed(pipeline: Pipeline, path: Path) -> PhotoResult:
    return pipeline.analyse(decode(path))


def found_in(pipeline: Pipeline, path: Path) -> list[Detection]:
    return pipeline.detector.detect(decode(path).pixels)


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


@pytest.fixture(scope="session")
def group_photos(shared_photos: Path) -> Path:
    folder = shared_photos.parent / "detection_dev"
    if not folder.is_dir():
        pytest.skip("the folder shared/data/detection_dev is not beside this checkout")
    return folder


@cache
def faces_of_groups(folder: Path) -> dict[str, list[Box]]:
    """Return the marked faces of 20 px and more of each group photo."""
    photos: dict[str, list[Box]] = defaultdict(list)
    with (folder / "boxes.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            box = Box(*(int(row[edge]) for edge in ("left", "top", "right", "bottom")))
            if max(box.width, box.height) >= 20:
                photos[row["path"]].append(box)
    return photos


def pixel_box(region: Region) -> Box:
    edges = (region.left, region.top, region.right, region.bottom)
    return Box(*(round(edge) for edge in edges))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_portrait_has_one_face_that_is_certain(
    pipeline: Pipeline, portrait: Path, name: str
) -> None:
    [face] = found_in(pipeline, portrait.with_name(f"{name}.jpg"))
    assert face.score >= 0.9


@pytest.mark.parametrize(("name", "count"), COUNTED.items())
def test_faces_are_counted(pipeline: Pipeline, shared_photos: Path, name: str, count: int) -> None:
    assert len(analysed(pipeline, shared_photos / name).faces) == count


def test_marked_faces_are_found_with_landmarks_within_two_percent(
    pipeline: Pipeline, shared_photos: Path
) -> None:
    """The error is the mean distance over that of the outer corners of the eyes (300-W's measure)."""
    folder = shared_photos / "dlib_faces"
    errors = []
    for name, marked in marked_faces(folder).items():
        faces = analysed(pipeline, folder / name).faces
        assert len(faces) == len(marked), name
        for box, points in marked:
            face = max(faces, key=lambda face: face.box.iou(box))
            assert face.box.iou(box) > 0.4, f"{name}: {box} was not found"
            apart = np.linalg.norm(face.landmarks - points, axis=1).mean()
            errors.append(apart / np.linalg.norm(points[36] - points[45]))
    assert len(errors) == 43
    assert float(np.mean(errors)) < 0.02


def test_nine_of_ten_masked_or_hidden_faces_are_found(
    pipeline: Pipeline, group_photos: Path
) -> None:
    hits = marked = 0
    for name, boxes in list(faces_of_groups(group_photos).items())[::2]:
        found = [pixel_box(face.box) for face in found_in(pipeline, group_photos / name)]
        hits += sum(any(box.iou(other) >= 0.4 for other in found) for box in boxes)
        marked += len(boxes)
    assert marked > 100
    assert hits / marked > 0.87


def test_animals_and_things_have_no_face(pipeline: Pipeline, group_photos: Path) -> None:
    photos = sorted((group_photos / "no_face").iterdir())
    assert len(photos) == 60
    assert [photo.name for photo in photos if analysed(pipeline, photo).faces] == []


def test_people_alone_in_a_mask_are_found(pipeline: Pipeline, group_photos: Path) -> None:
    """Of 133; without the second network 118."""
    folder = group_photos.parent / "alone_dev"
    if not folder.is_dir():
        pytest.skip("the folder shared/data/alone_dev is not beside this checkout")
    masked = [
        (path, faces[0].box)
        for path, faces in sets.boxes(folder / "boxes.csv").items()
        if faces[0].kind == "con_mascarilla"
    ]
    found = [
        any(box.iou(pixel_box(face.box)) >= 0.4 for face in found_in(pipeline, path))
        for path, box in masked[::2]
    ]
    assert len(found) == 67
    assert sum(found) >= 62


def test_more_animals_and_things_have_no_face(pipeline: Pipeline, group_photos: Path) -> None:
    folder = group_photos.parent / "no_face_dev"
    if not folder.is_dir():
        pytest.skip("the folder shared/data/no_face_dev is not beside this checkout")
    imagined = [path.name for path in sorted(folder.iterdir())[::2] if found_in(pipeline, path)]
    assert len(imagined) <= 1


def test_all_faces_of_a_panorama_are_found(pipeline: Pipeline, shared_photos: Path) -> None:
    path = shared_photos.parent / "odd_files" / "panorama-faces-100px.jpg"
    if not path.is_file():
        pytest.skip("the folder shared/data/odd_files is not beside this checkout")
    assert len(analysed(pipeline, path).faces) == 8


@pytest.mark.parametrize("upright", [False, True])
def test_each_person_of_a_long_photo_is_found_once(
    pipeline: Pipeline, portrait: Path, tmp_path: Path, upright: bool
) -> None:
    strip = Image.new("RGB", (9000, 400), (110, 120, 130))
    places = (300, 1760, 2500, 4444, 6200, 8700)
    with Image.open(portrait) as image:
        for left in places:
            strip.paste(image.resize((240, 300)), (left, 60))
    if upright:
        strip = Image.new("RGB", (400, 9000), (110, 120, 130))
        with Image.open(portrait) as image:
            for top in places:
                strip.paste(image.resize((240, 300)), (60, top - 100))
    strip.save(tmp_path / "panorama.jpg")
    faces = analysed(pipeline, tmp_path / "panorama.jpg").faces
    starts = sorted(face.box.top + 100 if upright else face.box.left for face in faces)
    assert len(starts) == len(places)
    assert all(0 < start - place < 160 for start, place in zip(starts, places, strict=True))


def test_a_face_upright_in_the_photo_is_cut_out_as_it_is(portrait: Path) -> None:
    pixels = decode(portrait).pixels[:150, :150]
    points = (UPRIGHT * 150).astype(np.float32)
    assert np.abs(chip(pixels, points, UPRIGHT, 150).astype(int) - pixels).max() <= 1
    quarter = np.ascontiguousarray(np.rot90(pixels, -1))
    lying = np.stack([149 - points[:, 1], points[:, 0]], axis=1)
    assert np.abs(chip(quarter, lying, UPRIGHT, 150).astype(int) - pixels).max() <= 1


def test_a_certain_face_has_the_box_that_opencv_draws(pipeline: Pipeline, portrait: Path) -> None:
    pixels = decode(portrait).pixels
    scale = 1024 / max(pixels.shape)
    reduced = cv2.resize(pixels, None, fx=scale, fy=scale)
    original = cv2.FaceDetectorYN.create(
        f"{Weights().path('yunet')}", "", (reduced.shape[1], reduced.shape[0]), 0.8
    )
    [expected] = original.detect(cv2.cvtColor(reduced, cv2.COLOR_RGB2BGR))[1]
    [face] = pipeline.detector.detect(np.asarray(reduced, dtype=np.uint8))
    left, top, width, height = expected[:4]
    assert face.box.left == pytest.approx(left, abs=0.1)
    assert face.box.right == pytest.approx(left + width, abs=0.1)
    assert top < face.box.top < face.box.bottom < top + 1.1 * height
    assert face.score == pytest.approx(expected[14], abs=1e-3)


def test_a_small_copy_has_the_same_face_in_the_same_place(
    pipeline: Pipeline, portrait: Path, tmp_path: Path
) -> None:
    with Image.open(portrait) as image:
        small = tmp_path / "small.png"
        image.resize((image.width // 6, image.height // 6)).save(small)
    [large_face] = analysed(pipeline, portrait).faces
    [small_face] = analysed(pipeline, small).faces
    box = small_face.box
    scaled = Box(*(6 * edge for edge in (box.left, box.top, box.right, box.bottom)))
    assert scaled.iou(large_face.box) > 0.75


def test_a_face_that_fills_the_photo_is_found(pipeline: Pipeline, portrait: Path) -> None:
    [face] = found_in(pipeline, portrait)
    box = pixel_box(face.box)
    close = decode(portrait).pixels[box.top : box.bottom, box.left : box.right]
    large = cv2.resize(close, (900, 1100))
    assert len(pipeline.detector.detect(np.asarray(large, dtype=np.uint8))) == 1


def test_boxes_on_one_face_become_one_and_neighbours_stay_apart() -> None:
    face, shifted, inside, neighbour = (
        (0, 0, 40, 40),
        (4, 4, 44, 44),
        (2, 2, 22, 22),
        (30, 0, 70, 40),
    )
    faces = joined([_faces(neighbour, 0.7), _faces(inside, 0.8), _faces(shifted, 0.95)])
    kept = joined([faces, _faces(face, 0.9)]).without_overlaps()
    assert kept.boxes.tolist() == [list(shifted), list(neighbour)]
    assert kept.scores.tolist() == pytest.approx([0.95, 0.7])


def _faces(box: tuple[int, int, int, int], score: float) -> Faces:
    return Faces(
        np.array([box], dtype=np.float32),
        np.array([score], dtype=np.float32),
        np.zeros((1, 5, 2), dtype=np.float32),
    )


def test_detection_repeats_exactly(pipeline: Pipeline, portrait: Path) -> None:
    photo = decode(portrait)
    assert pipeline.detector.detect(photo.pixels) == pipeline.detector.detect(photo.pixels)


@pytest.mark.parametrize(
    "size", [(1, 1), (1, 20000), (20000, 1), (3, 2), (40, 30), (16, 700), (3000, 60)]
)
def test_an_empty_photo_of_any_shape_has_no_face(pipeline: Pipeline, size: tuple[int, int]) -> None:
    pixels = np.full((*size, 3), 200, dtype=np.uint8)
    assert pipeline.detector.detect(pixels) == []


def test_noise_has_no_face(pipeline: Pipeline) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (700, 900, 3), dtype=np.uint8)
    assert pipeline.detector.detect(noise) == []
