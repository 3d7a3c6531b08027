"""dlib's 68 landmarks (Kazemi and Sullivan, 2014, doi:10.1109/CVPR.2014.241)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import dlib
import numpy as np

from analysis.alignment import AlignedFace, rectangle
from analysis.detection import Region
from analysis.results import Array

NUDGE = 0.06  # Of the square's side.
MOVES = (
    (0, 0, 0, 0),
    (1, 0, 1, 0),
    (-1, 0, -1, 0),
    (0, 1, 0, 1),
    (0, -1, 0, -1),
    (0.5, 0.5, -0.5, -0.5),
    (-0.5, -0.5, 0.5, 0.5),
)


class Landmarks68:
    """The 68-point predictor, trained on iBUG 300-W (not for commercial use)."""

    name = "dlib-68-median7"

    def __init__(self, weights: Path) -> None:
        self._predictor = dlib.shape_predictor(str(weights))

    def find(self, faces: Sequence[AlignedFace]) -> list[Array]:
        """Return for each face float32 (68, 2), x and y in pixels of its photo."""
        return [self._find(face) for face in faces]

    def _find(self, face: AlignedFace) -> Array:
        found = [
            [(point.x, point.y) for point in self._predictor(face.pixels, rectangle(near)).parts()]
            for near in _nearby(face.square)
        ]
        return np.median(np.array(found, dtype=np.float32), axis=0)


def _nearby(square: Region) -> list[Region]:
    """Return the square, moved four ways, and smaller and larger.

    The predictor hangs on its box, and here and there breaks away on a small turned face. The median
    over seven boxes lowers the mean error on 43 annotated faces, most of them 40 px wide, from 1.8 to
    1.6 % of the distance between the outer corners of the eyes (with one box by YuNet's own
    centre it is 5.1 %, as four faces break away).
    """
    step = NUDGE * (square.right - square.left)
    edges = np.array([square.left, square.top, square.right, square.bottom])
    return [Region(*(edges + step * np.array(move))) for move in MOVES]
