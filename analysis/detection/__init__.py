"""Where the faces are. One file per detector, all behind the `Detector` protocol."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle with fractional edges, in pixels of the array that was searched."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True)
class Detection:
    """One face: its bounding box (it may leave the photo) and the detector's score (0..1).

    `square` is what dlib's HOG detector would have drawn around the same face. dlib's landmark
    predictors were trained on its boxes, so each detector maps its own geometry to that.
    """

    box: Region
    score: float
    square: Region


class Detector(Protocol):
    """Finds the faces of a photo."""

    name: str

    def detect(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Return the faces in RGB `pixels` (h, w, 3), in no particular order."""
        ...
