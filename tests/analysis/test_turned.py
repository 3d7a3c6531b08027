"""Photos that lie on a side or on the head: the same faces, in the pixels of the photo as it is."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from analysis import turning
from analysis.detection import Detection, Region
from analysis.images import DecodedPhoto, decode
from analysis.pipeline import Pipeline
from analysis.results import FaceResult, PhotoResult
from analysis.turning import View

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
    assert np.linalg.norm(face.encoding - expected.encoding) < 0.1
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
    view, found = turning.find(detector, np.zeros((20, 30, 3), dtype=np.uint8))
    assert detector.seen == looks
    assert view.degrees == 0
    assert len(found) == 1


def test_a_photo_without_a_face_is_not_turned(pipeline: Pipeline) -> None:
    result: PhotoResult = pipeline.analyse(photo_of(np.full((300, 400, 3), 90, np.uint8)))
    assert (result.turned, result.faces) == (0, ())
    assert isinstance(turning.find(pipeline.detector, np.zeros((1, 9, 3), np.uint8))[0], View)
