"""dlib's 68 landmarks (Kazemi and Sullivan, 2014, doi:10.1109/CVPR.2014.241).

The predictor hangs on its square and here and there breaks away on a small turned face. For a large one a
square is enough if the corners of the eyes come out where the alignment's own predictor put them;
else two that agree, and where those do not, the median of seven decides. Mean error (of the distance
between the outer corners of the eyes, in %) and squares asked, 2.4 ms each:

                                     43 marked   masked, in groups   squares
    the square alone                 1.79        3.1                 1
    the square and a smaller one     1.80        2.9                 2
    and five more if apart           1.75        1.7                 2.2 (masked 4.6)
    the same, one if eyes agree      1.75                            1.3 in portraits (here)
    median of three                  1.65        2.1                 3
    median of seven                  1.58        1.2                 7
    two, the second by the points    1.96        4.7                 2
    by the five points               2.01        10                  1

43 faces, most 40 px wide, whose points dlib's author marked with this predictor; 104 faces from 24 px,
against the median of 13 squares, of which the methods use some. Of 370 larger faces (LFW, All-Age-Faces)
none needs more than two. Enlarging small faces first moves their points by 2.5 %: the marks were found on
pixels as they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import dlib
import numpy as np

from analysis.alignment import AlignedFace, rectangle
from analysis.detection import Region
from analysis.results import Array

NUDGE = 0.06  # Of the square's side.
# The square and a smaller one, then those that are asked where the two disagree.
FIRST = ((0, 0, 0, 0), (0.5, 0.5, -0.5, -0.5))
MORE = ((1, 0, 1, 0), (-1, 0, -1, 0), (0, 1, 0, 1), (0, -1, 0, -1), (-0.5, -0.5, 0.5, 0.5))
AGREE = 0.04  # Mean distance of two sets of points, of that of the outer corners of the eyes.
OUTER_CORNERS = (36, 45)
EYES = (45, 42, 36, 39)  # Corners of the eyes, in the order of the alignment's first four points.
EYES_AGREE = 0.03  # As AGREE; nine in ten faces of portraits do, three in ten in masked groups.
LARGE = 80  # Pixels, a square's side: of smaller faces the eyes may agree by luck.

Moves = Sequence[tuple[float, float, float, float]]


class Landmarks68:
    """The 68-point predictor, trained on iBUG 300-W (not for commercial use)."""

    name = "dlib-68-agreed-2"

    def __init__(self, weights: Path) -> None:
        self._predictor = dlib.shape_predictor(str(weights))

    def find(self, faces: Sequence[AlignedFace]) -> list[Array]:
        """Return for each face float32 (68, 2), x and y in pixels of its photo."""
        return [self._find(face) for face in faces]

    def _find(self, face: AlignedFace) -> Array:
        alone = self._predict(face, FIRST[:1])
        is_large = face.square.right - face.square.left >= LARGE
        if is_large and _eyes_apart(alone[0], face.points) < EYES_AGREE:
            return np.asarray(alone[0], dtype=np.float32)
        found = np.concatenate([alone, self._predict(face, FIRST[1:])])
        if _apart(*found) < AGREE:
            return np.asarray(found.mean(axis=0), dtype=np.float32)
        all_seven = np.concatenate([found, self._predict(face, MORE)])
        return np.asarray(np.median(all_seven, axis=0), dtype=np.float32)

    def _predict(self, face: AlignedFace, moves: Moves) -> Array:
        """Return the points by each of the moved squares, (moves, 68, 2)."""
        shapes = [
            self._predictor(face.pixels, rectangle(square)) for square in _moved(face.square, moves)
        ]
        points = [[(point.x, point.y) for point in shape.parts()] for shape in shapes]
        return np.array(points, dtype=np.float32)


def _moved(square: Region, moves: Moves) -> list[Region]:
    step = NUDGE * (square.right - square.left)
    edges = np.array([square.left, square.top, square.right, square.bottom])
    return [Region(*(edges + step * np.array(move))) for move in moves]


def _eyes_apart(points: Array, five: Array) -> float:
    """Return how far the corners of the eyes are from those of the alignment, as `_apart` does."""
    return float(np.linalg.norm(points[list(EYES)] - five[:4], axis=1).mean()) / _eyes(points)


def _apart(one: Array, other: Array) -> float:
    """Return the mean distance of two sets of 68 points in distances of the eyes' outer corners."""
    return float(np.linalg.norm(one - other, axis=1).mean()) / _eyes(one)


def _eyes(points: Array) -> float:
    left, right = points[list(OUTER_CORNERS)]
    return max(1.0, float(np.linalg.norm(left - right)))
