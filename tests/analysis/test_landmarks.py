"""Landmarks: near dlib's own, steady under a moved box, and in the right places."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import dlib
import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.alignment import AlignedFace, rectangle
from analysis.detection import Detection, Region
from analysis.images import decode
from analysis.landmarks.dlib5 import Landmarks5
from analysis.pipeline import Pipeline
from analysis.results import Array
from analysis.weights import Weights
from tests.analysis.test_detection import marked_faces

# Which point of the mirrored face each of the 68 is: jaw, brows, nose, eyes, mouth.
MIRRORED = [
    *range(16, -1, -1),
    *range(26, 16, -1),
    *range(27, 31),
    *range(35, 30, -1),
    *(45, 44, 43, 42, 47, 46, 39, 38, 37, 36, 41, 40),
    *range(54, 47, -1),
    *range(59, 54, -1),
    *range(64, 59, -1),
    *range(67, 64, -1),
]


@pytest.fixture(scope="module")
def face(pipeline: Pipeline, portrait: Path) -> AlignedFace:
    return only_face(pipeline, decode(portrait).pixels)


def only_face(pipeline: Pipeline, pixels: NDArray[np.uint8]) -> AlignedFace:
    [found] = pipeline.detector.detect(pixels)
    return pipeline.aligner.align(pixels, found)


def error(found: Array, expected: Array) -> float:
    """Return the mean distance over that of the outer corners of the eyes (300-W's measure)."""
    eyes = np.linalg.norm(expected[36] - expected[45])
    return float(np.linalg.norm(found - expected, axis=1).mean() / eyes)


def moved(square: Region, across: float, down: float, larger: float) -> Region:
    side = square.right - square.left
    return Region(
        square.left + (across - larger / 2) * side,
        square.top + (down - larger / 2) * side,
        square.right + (across + larger / 2) * side,
        square.bottom + (down + larger / 2) * side,
    )


def test_points_are_where_dlib_sees_them(pipeline: Pipeline, face: AlignedFace) -> None:
    predictor = dlib.shape_predictor(str(Weights().path("landmarks68")))
    shape = predictor(face.pixels, rectangle(face.square))
    expected = np.array([(point.x, point.y) for point in shape.parts()], dtype=np.float32)
    [found] = pipeline.landmarks.find([face])
    assert found.shape == (68, 2)
    assert found.dtype == np.float32
    assert error(found, expected) < 0.02


@pytest.mark.parametrize(
    "move", [(0.07, 0, 0), (-0.07, 0, 0), (0, 0.07, 0), (0, -0.07, 0), (0, 0, 0.1), (0, 0, -0.1)]
)
def test_a_moved_square_hardly_moves_the_points(
    pipeline: Pipeline, face: AlignedFace, move: tuple[float, float, float]
) -> None:
    other = replace(face, square=moved(face.square, *move))
    found, again = pipeline.landmarks.find([face, other])
    assert error(again, found) < 0.02


def test_a_mirrored_photo_has_mirrored_points(pipeline: Pipeline, face: AlignedFace) -> None:
    mirrored = only_face(pipeline, np.ascontiguousarray(face.pixels[:, ::-1]))
    found, other = pipeline.landmarks.find([face, mirrored])
    back = other[MIRRORED] * np.array([-1, 1]) + np.array([face.pixels.shape[1] - 1, 0])
    assert error(back, found) < 0.03


def test_five_points_are_those_of_the_alignment(face: AlignedFace) -> None:
    [found] = Landmarks5().find([face])
    np.testing.assert_array_equal(found, face.points)


def test_no_marked_face_breaks_away(pipeline: Pipeline, shared_photos: Path) -> None:
    """43 faces, many of them turned and 40 px wide, by the squares of YuNet."""
    errors = []
    for name, marked in marked_faces(shared_photos / "dlib_faces").items():
        pixels = decode(shared_photos / "dlib_faces" / name).pixels
        found = pipeline.detector.detect(pixels)
        faces = [pipeline.aligner.align(pixels, nearest(found, points)) for _, points in marked]
        points = pipeline.landmarks.find(faces)
        errors += [error(one, two) for one, (_, two) in zip(points, marked, strict=True)]
    assert len(errors) == 43
    assert float(np.mean(errors)) < 0.02
    assert max(errors) < 0.08


def nearest(found: list[Detection], points: Array) -> Detection:
    """Return the detection whose middle is nearest to that of the points."""
    x, y = points.mean(axis=0)
    return min(
        found,
        key=lambda one: float(
            np.hypot(
                (one.square.left + one.square.right) / 2 - x,
                (one.square.top + one.square.bottom) / 2 - y,
            )
        ),
    )
