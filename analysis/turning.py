"""Photos that lie on a side or on the head, and heads that do: how to look at them, and the way back.

A detector is sure of upright faces only, so a photo with no face that it's sure of is looked at turned,
on a small copy, and turned if that shows a face that it is sure of. Measured with YuNet: of 169 photos
(portraits, LFW, counted ones) turned by 90, by 180 and by 270 degrees, 169, 158 and 169 are turned back
(the others show a face that looks upright), of 30 photos of masked crowds 18 each; of 61 photos without
a human face, in each of the four positions, none is turned. The three looks cost 28 ms on a busy machine.

A face whose head is tilted far, or lies beside upright ones, gets a view of its own: the square around it,
turned upright. dlib's predictors were trained on upright faces and lose the eyes from about 40 degrees on.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import ceil, hypot
from typing import NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.detection import Detection, Detector, Glancing, Region, resized
from analysis.results import Array

SURE = 0.9
COPY_SIDE = 256  # Half of all photos have no face: the further looks must be cheap.

FAR_TILTED = 30  # degrees
# YuNet's landmarks tell about half of a tilt of 45 degrees, so a doubtful face is turned until it looks
# upright: a second and a third time, if need be.
TILTED = 15
MOST_TURNS = 3
VIEW_SIDE = 3.0  # Of a view of one face, in sides of its square.
# Upright, the face must be seen in its place again: so far off, in sides of the square, at most.
SAME_PLACE = 0.35

Pixels = NDArray[np.uint8]
IDENTITY = np.array([(1, 0, 0), (0, 1, 0)], dtype=np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """A photo, or a part of it, turned clockwise by `degrees`, as `pixels`, uint8 RGB (h, w, 3).

    `back` (2, 3) brings x, y of the view, from 0 to its sides, to those of the photo before it was turned.
    """

    pixels: Pixels
    degrees: int = 0
    back: Array = field(default_factory=lambda: IDENTITY)

    def upright(self, region: Region) -> Region:
        """Return what a region of `pixels` was before the photo was turned by whole quarters."""
        corners = np.array([(region.left, region.top), (region.right, region.bottom)], np.float32)
        ends = corners @ self.back[:, :2].T + self.back[:, 2]
        return Region(*ends.min(axis=0).tolist(), *ends.max(axis=0).tolist())

    def turned(self, region: Region) -> Region:
        """Return where a region of the unturned photo is in `pixels`, turned by whole quarters."""
        corners = np.array([(region.left, region.top), (region.right, region.bottom)], np.float32)
        ends = (corners - self.back[:, 2]) @ self.back[:, :2]
        return Region(*ends.min(axis=0).tolist(), *ends.max(axis=0).tolist())

    def upright_points(self, points: Array) -> Array:
        """Return points (n, 2), of which (0, 0) is a pixel's centre, as those of the unturned photo."""
        moved = (points + 0.5) @ self.back[:, :2].T + self.back[:, 2] - 0.5
        return np.asarray(moved, dtype=np.float32)


class Seen(NamedTuple):
    """A face, in the pixels of the view that shows it upright, and its box on the photo as it is."""

    view: View
    face: Detection
    box: Region


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A photo's faces, in no particular order, and by how many degrees (0, 90, 180, 270) it was turned."""

    turned: int
    faces: list[Seen]


def find(detector: Detector, pixels: Pixels) -> Found:
    """Return the faces that the detector finds, each as it is seen upright."""
    found = detector.detect(pixels)
    best = _best(found)
    view = View(pixels)
    if best < SURE and (quarters := _lying(detector, pixels)):
        other = turned(pixels, quarters)
        seen = detector.detect(other.pixels)
        if _best(seen) > best and len(seen) >= len(found):  # Else one who lies down would turn all.
            view, found = other, seen
    return Found(view.degrees, [upright(detector, view, face) for face in found])


def turned(pixels: Pixels, quarters: int) -> View:
    """Return the photo turned clockwise by so many quarters of a circle."""
    height, width = pixels.shape[:2]
    back = {
        0: IDENTITY,
        1: np.array([(0, 1, 0), (-1, 0, height)], np.float32),
        2: np.array([(-1, 0, width), (0, -1, height)], np.float32),
        3: np.array([(0, -1, width), (1, 0, 0)], np.float32),
    }[quarters]
    return View(np.ascontiguousarray(np.rot90(pixels, -quarters)), 90 * quarters, back)


def tilted(view: View, square: Region, degrees: float) -> View:
    """Return the part of a view around a square, turned clockwise by `degrees`; edges are repeated."""
    x, y = (square.left + square.right) / 2, (square.top + square.bottom) / 2
    side = max(16, ceil(VIEW_SIDE * (square.right - square.left)))
    there = np.asarray(cv2.getRotationMatrix2D((0, 0), -degrees, 1), dtype=np.float64)
    there[:, 2] = side / 2 - there[:, :2] @ (x, y)
    # OpenCV counts from the centre of the first pixel, a view from its edge.
    shift = there.copy()
    shift[:, 2] += there[:, :2] @ (0.5, 0.5) - 0.5
    pixels = cv2.warpAffine(view.pixels, shift, (side, side), borderMode=cv2.BORDER_REPLICATE)
    turn = there[:, :2].T
    back = np.concatenate([turn, (-turn @ there[:, 2])[:, None]], axis=1)
    whole = np.concatenate([back, [(0, 0, 1)]])
    return View(
        np.asarray(pixels, dtype=np.uint8),
        round(view.degrees + degrees) % 360,
        np.asarray(_with_row(view.back) @ whole, dtype=np.float32)[:2],
    )


def _with_row(matrix: Array) -> NDArray[np.float64]:
    return np.concatenate([matrix.astype(np.float64), [(0, 0, 1)]])


def upright(detector: Detector, view: View, face: Detection) -> Seen:
    """Return the face in a view that shows it upright, if it isn't nearly so and is seen again there."""
    as_it_is = Seen(view, face, view.upright(face.box))
    turn = -face.roll
    if abs(turn) < (FAR_TILTED if face.score >= SURE else TILTED):
        return as_it_is
    for _ in range(MOST_TURNS):
        own = tilted(view, face.square, turn)
        again = _central(detector.detect(own.pixels), own, face.square)
        if again is None:
            break
        if abs(again.roll) < TILTED:
            if abs(turn) < FAR_TILTED:
                break
            return Seen(own, replace(again, score=max(again.score, face.score)), as_it_is.box)
        turn -= again.roll
    return as_it_is


def _central(found: list[Detection], view: View, square: Region) -> Detection | None:
    """Return the face in the middle of a view that was made around a square, or None."""
    side = square.right - square.left

    def away(face: Detection) -> float:
        x, y = face.square.left + face.square.right, face.square.top + face.square.bottom
        return hypot(x - view.pixels.shape[1], y - view.pixels.shape[0]) / (2 * side)

    nearest = min(found, key=away, default=None)
    return nearest if nearest is not None and away(nearest) <= SAME_PLACE else None


def _lying(detector: Detector, pixels: Pixels) -> int:
    """Return the quarters by which to turn a photo for a face that the detector is sure of, or 0."""
    height, width = pixels.shape[:2]
    scale = min(1.0, COPY_SIDE / max(height, width))
    copy = resized(pixels, (max(1, round(width * scale)), max(1, round(height * scale))))
    best = {n: _surest(detector, turned(copy, n).pixels) for n in (1, 2, 3)}
    likeliest = max(best, key=lambda quarters: best[quarters])
    return likeliest if best[likeliest] >= SURE else 0


def _surest(detector: Detector, pixels: Pixels) -> float:
    if isinstance(detector, Glancing):
        return detector.glance(pixels)
    return _best(detector.detect(pixels))


def _best(found: list[Detection]) -> float:
    """Return the best score of an upright face."""
    return max((face.score for face in found if abs(face.roll) < FAR_TILTED), default=0.0)
