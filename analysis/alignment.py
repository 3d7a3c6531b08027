"""Alignment: five points that say how a face lies, and chips cut upright by them.

The predictor is dlib's (Kazemi and Sullivan, 2014, doi:10.1109/CVPR.2014.241). It was trained on the
boxes of dlib's HOG detector, so it takes a detection's `square`, not its `box`.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import dlib
import numpy as np
from numpy.typing import NDArray

from analysis.detection import Detection, Region
from analysis.results import Array
from analysis.versions import ALIGNMENT

# The five points among dlib's 68, in their order.
FIVE_OF_68 = (45, 42, 36, 39, 33)


@dataclass(frozen=True, slots=True, eq=False)
class AlignedFace:
    """A face whose place and tilt are known: what every stage after detection is given.

    `pixels` is the whole photo, uint8 RGB (h, w, 3), shared by its faces; `box` and `square` are
    those of the detection, in its pixels, as are the `detected` points (5, 2) of the eyes, the tip of the
    nose and the corners of the mouth, where the detector tells them.
    """

    pixels: NDArray[np.uint8]
    box: Region
    square: Region
    shape: Any  # dlib.full_object_detection of five points
    detected: Array | None = None

    @property
    def points(self) -> Array:
        """The corners of the eyes and the base of the nose, float32 (5, 2), in `pixels`."""
        return np.array([(point.x, point.y) for point in self.shape.parts()], dtype=np.float32)

    def chip(self, size: int, padding: float) -> NDArray[np.uint8]:
        """Return the face as uint8 RGB (size, size, 3) with `padding` on each side, in its widths.

        dlib halves the photo until the face is less than twice the chip, so pixels of a large face
        are averaged and not skipped.
        """
        chip = dlib.get_face_chip(self.pixels, self.shape, size, padding)
        return np.asarray(chip, dtype=np.uint8)


class Aligner:
    """The five-point predictor: corners of the eyes and base of the nose."""

    name = ALIGNMENT

    def __init__(self, weights: Path) -> None:
        self._predictor = dlib.shape_predictor(str(weights))

    def align(self, pixels: NDArray[np.uint8], detection: Detection) -> AlignedFace:
        """Return the detected face of RGB `pixels` (h, w, 3)."""
        shape = self._predictor(pixels, rectangle(detection.square))
        return AlignedFace(pixels, detection.box, detection.square, shape, detection.points)


def rectangle(square: Region) -> Any:
    """Return a region as dlib's rectangle, which has whole pixels."""
    edges = (square.left, square.top, square.right, square.bottom)
    return dlib.rectangle(*(round(edge) for edge in edges))


def shape_of(square: Region, points: Array) -> Any:
    """Return five `points` (5, 2) as what the predictor finds in `square`, which has whole pixels too."""
    parts = [dlib.point(round(x), round(y)) for x, y in points.tolist()]
    return dlib.full_object_detection(rectangle(square), parts)
