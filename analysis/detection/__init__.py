"""Where the faces are. One file per detector, all behind the `Detector` protocol."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import log, sqrt
from typing import NamedTuple, Protocol, Self, runtime_checkable

import cv2
import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle with fractional edges, in pixels of the array that was searched."""

    left: float
    top: float
    right: float
    bottom: float

    def scaled(self, across: float, down: float) -> Self:
        """Return the same with its horizontal and its vertical edges times a factor each."""
        return replace(
            self,
            left=self.left * across,
            top=self.top * down,
            right=self.right * across,
            bottom=self.bottom * down,
        )

    def moved(self, across: float, down: float) -> Self:
        return replace(
            self,
            left=self.left + across,
            top=self.top + down,
            right=self.right + across,
            bottom=self.bottom + down,
        )

    def square(self, side: float, across: float, down: float) -> Region:
        """Return a square of `side` times the geometric mean of this one's sides.

        Its centre is moved from this one's by `across` (to the right) and `down`, in those means.
        """
        mean = sqrt(max(1.0, self.right - self.left) * max(1.0, self.bottom - self.top))
        x = (self.left + self.right) / 2 + across * mean
        y = (self.top + self.bottom) / 2 + down * mean
        half = side * mean / 2
        return Region(x - half, y - half, x + half, y + half)


@dataclass(frozen=True, slots=True)
class Detection:
    """One face: its bounding box (it may leave the photo) and the detector's score (0..1).

    `square` is what dlib's HOG detector would have drawn around the same face. dlib's landmark
    predictors were trained on its boxes, so each detector maps its own geometry to that. `roll` is by how
    many degrees the head is turned clockwise, -180 to 180, as far as the detector tells; else 0. `points`
    (5, 2) are the eyes, the tip of the nose and the corners of the mouth, where it tells these.
    """

    box: Region
    score: float
    square: Region
    roll: float = 0.0
    points: NDArray[np.float32] | None = field(default=None, compare=False)

    def scaled(self, across: float, down: float) -> Self:
        """Return the same with its horizontal and its vertical places times a factor each."""
        factors = across, down
        points = None if self.points is None else self.points * np.array(factors, np.float32)
        box, square = self.box.scaled(*factors), self.square.scaled(*factors)
        return replace(self, box=box, square=square, points=points)

    def moved(self, across: float, down: float) -> Self:
        points = None if self.points is None else self.points + np.array((across, down), np.float32)
        box, square = self.box.moved(across, down), self.square.moved(across, down)
        return replace(self, box=box, square=square, points=points)


class Detector(Protocol):
    """Finds the faces of a photo."""

    name: str

    def detect(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Return the faces in RGB `pixels` (h, w, 3), in no particular order."""
        ...


class Weighed(NamedTuple):
    """What may be a face, and whether the detector takes it for one."""

    face: Detection
    is_found: bool


@runtime_checkable
class Weighing(Protocol):
    """A detector that also says what it nearly took for a face."""

    def weigh(self, pixels: NDArray[np.uint8]) -> list[Weighed]:
        """Return all that `detect` does, and what scored less, down to LEAST_WEIGHED."""
        ...


# What nobody would take for a face scores less; below, most detectors see faces everywhere.
LEAST_WEIGHED = 0.2


@runtime_checkable
class Glancing(Protocol):
    """A detector that can say quickly, of a small copy, whether it shows a face that nobody doubts."""

    def glance(self, pixels: NDArray[np.uint8]) -> float:
        """Return the score of the surest upright face in RGB `pixels`, 0 if there is none."""
        ...


def logistic(above: float, usual: float) -> float:
    """Return a score of 0.5 at a detector's threshold and 0.95 at `usual`, its median hit above that."""
    return float(1 / (1 + 19 ** (-above / usual)))


def raw_score(score: float, usual: float) -> float:
    """Return what `logistic` makes `score` of: how far above the threshold that is."""
    return usual * log(score / (1 - score)) / log(19)


def resized(pixels: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Return a copy of RGB `pixels` of `size` (w, h): halved by area while it can be, then bilinear.

    By area in one step takes 8 times as long where the factor is not whole: as long as a search.
    """
    while pixels.shape[1] >= 2 * size[0] and pixels.shape[0] >= 2 * size[1]:
        height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
        even = pixels[: 2 * height, : 2 * width]
        half = cv2.resize(even, (width, height), interpolation=cv2.INTER_AREA)
        pixels = np.asarray(half, dtype=np.uint8)
    if pixels.shape[1::-1] == size:
        return pixels
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8)


def find_reduced(
    pixels: NDArray[np.uint8],
    longest_side: int,
    find: Callable[[NDArray[np.uint8]], list[Detection]],
) -> list[Detection]:
    """Return what `find` finds in a copy no longer than `longest_side`, in pixels of the original."""
    height, width = pixels.shape[:2]
    scale = longest_side / max(height, width)
    if scale >= 1:
        return find(pixels)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    reduced = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), dtype=np.uint8)
    factors = (width / size[0], height / size[1])
    return [found.scaled(*factors) for found in find(reduced)]
