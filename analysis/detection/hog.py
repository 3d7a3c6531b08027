"""dlib's frontal face detector (King, 2015, arXiv:1502.00046; HOG features, Dalal and Triggs, 2005).

The same boxes, to the pixel, as `face_recognition.face_locations(pixels, upsample, "hog")`.
"""

from __future__ import annotations

from functools import partial

import dlib
import numpy as np
from numpy.typing import NDArray

from analysis.detection import (
    LEAST_WEIGHED,
    Detection,
    Region,
    Weighed,
    find_reduced,
    logistic,
    raw_score,
)

# Larger photos are searched at this side: all 24 faces of a group photo are found at any from 1024 to
# 4000 px, and with one doubling 3000 x 2334 takes 4.9 s and 290 MB, 4000 x 3112 8.2 s and 510 MB.
LONGEST_SIDE = 3000
THRESHOLD = 0.0  # face_recognition's, of dlib's own score.
USUAL_HIT = 1.6


class Hog:
    """The detector; the photo is doubled `upsample` times first: 1 for faces from 40 px, 0 from 80."""

    def __init__(self, upsample: int) -> None:
        self.name = f"dlib-hog-{upsample}"
        self._detector = dlib.get_frontal_face_detector()
        self._upsample = upsample

    def detect(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Return the faces in RGB `pixels` (h, w, 3), in no particular order."""
        return find_reduced(pixels, LONGEST_SIDE, self._find)

    def weigh(self, pixels: NDArray[np.uint8]) -> list[Weighed]:
        """Return the same, and what scored less."""
        least = THRESHOLD + raw_score(LEAST_WEIGHED, USUAL_HIT)
        found = find_reduced(pixels, LONGEST_SIDE, partial(self._find, least=least))
        return [Weighed(face, face.score >= logistic(0, USUAL_HIT)) for face in found]

    def _find(self, pixels: NDArray[np.uint8], least: float = THRESHOLD) -> list[Detection]:
        pixels = np.ascontiguousarray(pixels)  # dlib misreads a mirrored view, without a word.
        found, scores, _ = self._detector.run(pixels, self._upsample, least)
        return [
            _detection(rectangle, raw, pixels.shape)
            for rectangle, raw in zip(found, scores, strict=True)
        ]


def _detection(rectangle: dlib.rectangle, raw: float, shape: tuple[int, ...]) -> Detection:
    """Return a detection: the box cut off at the photo's edges as face_recognition does, the square not.

    face_recognition also predicts landmarks from the whole rectangle, unless it is given boxes.
    """
    square = Region(rectangle.left(), rectangle.top(), rectangle.right(), rectangle.bottom())
    box = Region(
        left=max(0, square.left),
        top=max(0, square.top),
        right=min(shape[1], square.right),
        bottom=min(shape[0], square.bottom),
    )
    return Detection(box, logistic(raw - THRESHOLD, USUAL_HIT), square)
