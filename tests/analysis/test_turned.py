"""Photos that lie on a side or on the head: the same faces, in the pixels of the photo as it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from analysis import turning
from analysis.detection import Detection, Region
from analysis.images import DecodedPhoto, decode
from analysis.matching import distance
from analysis.pipeline import Pipeline
from analysis.results import FaceResult, PhotoResult

Pixels = NDArray[np.uint8]
TURNS = [90, 180, 270]


def lying(path: Path, degrees: int) -> Pixels:
    """Return a photo's pixels that must be turned clockwise by `degrees` to be upright."""
    with Image.open(path) as image:
        return np.asarray(image.convert("RGB").rotate(degrees, expand=True))


def photo_of(pixels: Pixels, scale: float = 1.0) -> DecodedPhoto:
    height, width = pixels.shape[:2]
    return DecodedPhoto(pixels, round(width / scale), round(height / scale), scale, "PNG")


@cache
def upright_face(pipeline: Pipeline, path: Path) -> FaceResult:
    result = pipeline.analyse(decode(path))
    assert result.turned == 0
    return result.faces[0]


def turned_back(
    points: NDArray[np.float32], degrees: int, size: tuple[int, int]
) -> NDArray[np.float32]:
    """Turn points of the upright photo, of which `size` is (w, h), to where they lie in `lying`."""
    x, y, (width, height) = points[:, 0], points[:, 1], size
    lying = {90: (y, width - x), 180: (width - x, height - y), 270: (height - y, x)}[degrees]
    return np.stack(lying, axis=1)


@pytest.mark.parametrize("degrees", TURNS)
@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_a_lying_portrait_has_the_same_face_where_it_lies(
    pipeline: Pipeline, portrait: Path, degrees: int, scale: float
) -> None:
    pixels = lying(portrait, degrees)
    result = pipeline.analyse(photo_of(pixels, scale))
    expected = upright_face(pipeline, portrait)
    [face] = result.faces
    assert result.turned == degrees
    assert (result.height, result.width) == tuple(side / scale for side in pixels.shape[:2])
    size = decode(portrait).pixels.shape[1::-1]
    box = expected.box
    corners = np.array([(box.left, box.top), (box.right, box.bottom)], dtype=np.float32)
    corners = turned_back(corners, degrees, size) / scale
    edges = (*corners.min(axis=0), *corners.max(axis=0))
    found = (face.box.left, face.box.top, face.box.right, face.box.bottom)
    assert found == pytest.approx(edges, abs=3 / scale)
    points = turned_back(expected.landmarks, degrees, size) / scale
    assert np.abs(face.landmarks - points).max() < 4 / scale
    assert distance(face.encoding, expected.encoding) < 0.1
    assert face.landmarks.dtype == np.float32


def test_a_lying_photo_is_mapped_back_exactly() -> None:
    corner = np.zeros((30, 50, 3), dtype=np.uint8)
    corner[4, 7] = 255
    for quarters in (0, 1, 2, 3):
        view = turning.turned(corner, quarters)
        [(y, x)] = np.argwhere(view.pixels[..., 0])
        assert view.upright_points(np.array([(x, y)], dtype=np.float32)).tolist() == [[7, 4]]
        assert view.upright(Region(x, y, x + 1, y + 1)) == Region(7, 4, 8, 5)
        assert view.degrees == 90 * quarters


def test_lying_faces_go_from_left_to_right_on_the_photo_as_it_is(
    pipeline: Pipeline, portrait: Path
) -> None:
    upright = np.asarray(Image.open(portrait).convert("RGB").resize((455, 568)))
    two = np.concatenate([upright, upright[:, ::-1]], axis=1)
    result = pipeline.analyse(photo_of(np.ascontiguousarray(np.rot90(two, 2))))
    assert result.turned == 180
    left, right = result.faces
    assert left.box.right < right.box.left


def test_photos_of_both_kinds_can_be_analysed_together(pipeline: Pipeline, portrait: Path) -> None:
    photos = [
        decode(portrait),
        photo_of(lying(portrait, 90)),
        photo_of(np.zeros((9, 9, 3), np.uint8)),
    ]
    results = pipeline.analyse_all(photos)
    assert [result.turned for result in results] == [0, 90, 0]
    assert [len(result.faces) for result in results] == [1, 1, 0]


class Unsure:
    """A detector that finds one face anywhere, never sure of it, and counts the photos it is given."""

    name = "unsure"

    def __init__(self, score: float) -> None:
        self.score = score
        self.seen = 0

    def detect(self, pixels: Pixels) -> list[Detection]:
        self.seen += 1
        place = Region(1, 1, 5, 5)
        return [Detection(place, self.score, place)]


@pytest.mark.parametrize(("score", "looks"), [(0.95, 1), (0.5, 4)])
def test_only_a_photo_without_a_sure_face_is_looked_at_turned(score: float, looks: int) -> None:
    detector = Unsure(score)
    found = turning.find(detector, np.zeros((20, 30, 3), dtype=np.uint8))
    assert detector.seen == looks
    assert found.turned == 0
    assert len(found.faces) == 1


def test_a_photo_without_a_face_is_not_turned(pipeline: Pipeline) -> None:
    result: PhotoResult = pipeline.analyse(photo_of(np.full((300, 400, 3), 90, np.uint8)))
    assert (result.turned, result.faces) == (0, ())
    assert turning.find(pipeline.detector, np.zeros((1, 9, 3), np.uint8)).faces == []


def on_canvas(path: Path, degrees: float) -> tuple[Pixels, NDArray[np.float64]]:
    """Return a portrait turned clockwise on a large grey square, and the matrix that did it."""
    with Image.open(path) as image:
        small = np.asarray(image.convert("RGB").resize((455, 568)))
    turn = np.asarray(cv2.getRotationMatrix2D((227.5, 284), -degrees, 1), dtype=np.float64)
    turn[:, 2] += 400 - np.array([227.5, 284])
    canvas = cv2.warpAffine(small, turn, (800, 800), borderValue=(120, 120, 120))
    return np.asarray(canvas, dtype=np.uint8), turn


@pytest.mark.parametrize("degrees", [-45, 40, 50])
def test_a_head_tilted_far_has_its_landmarks_where_they_are(
    pipeline: Pipeline, portrait: Path, degrees: int
) -> None:
    upright, plain = on_canvas(portrait, 0)
    [expected] = pipeline.analyse(photo_of(upright)).faces
    pixels, turn = on_canvas(portrait, degrees)
    result = pipeline.analyse(photo_of(pixels))
    [face] = result.faces
    there = (expected.landmarks - plain[:, 2]) @ turn[:, :2].T + turn[:, 2]
    eyes = float(np.linalg.norm(there[36] - there[45]))
    assert np.linalg.norm(face.landmarks - there, axis=1).mean() < 0.05 * eyes
    assert distance(face.encoding, expected.encoding) < 0.3
    assert face.quality is not None
    assert face.quality.roll == pytest.approx(degrees, abs=8)
    assert result.turned == 0


@pytest.mark.parametrize("degrees", [90, 180])
def test_a_lying_face_is_found_beside_an_upright_one(
    pipeline: Pipeline, portrait: Path, degrees: int
) -> None:
    upright, _ = on_canvas(portrait, 0)
    other = np.ascontiguousarray(np.rot90(upright[:, ::-1], -degrees // 90))
    result = pipeline.analyse(photo_of(np.concatenate([upright, other], axis=1)))
    left, right = result.faces
    assert result.turned == 0
    [mirrored] = pipeline.analyse(photo_of(np.ascontiguousarray(upright[:, ::-1]))).faces
    expected = turned_back(mirrored.landmarks, 360 - degrees, (800, 800)) + np.array([800, 0])
    assert np.abs(right.landmarks - expected).mean() < 5
    assert left.quality is not None
    assert right.quality is not None
    assert abs(left.quality.roll) < 10
    assert abs(right.quality.roll) > 60


def test_a_tilted_view_is_mapped_back_exactly() -> None:
    pixels = np.zeros((60, 80, 3), dtype=np.uint8)
    pixels[30:33, 40:43] = 255
    view = turning.tilted(turning.View(pixels), Region(30, 20, 50, 40), 37)
    y, x = np.argwhere(view.pixels[..., 0] > 128).mean(axis=0)
    [point] = view.upright_points(np.array([(x, y)], dtype=np.float32))
    assert point.tolist() == pytest.approx([41, 31], abs=0.3)
