"""Boxes with scores and landmarks as arrays, and which of them are one and the same face."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from analysis.results import Array

# Two boxes are one face if they share so much of both together, or of the smaller one.
SHARED_OF_BOTH = 0.3
SHARED_OF_SMALLER = 0.6


@dataclass(frozen=True, slots=True, eq=False)
class Faces:
    """n faces: `boxes` (n, 4) as left, top, right, bottom, `scores` (n,), `points` (n, 5, 2).

    The points are the eyes, the tip of the nose and the corners of the mouth as x, y.
    """

    boxes: Array
    scores: Array
    points: Array

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def sizes(self) -> Array:
        """The geometric mean of width and height, (n,)."""
        width, height = np.maximum(1, self.boxes[:, 2:] - self.boxes[:, :2]).T
        return np.asarray(np.sqrt(width * height), dtype=np.float32)

    @property
    def rolls(self) -> Array:
        """By how many degrees each is turned clockwise, from -180 to 180, by eyes and mouth, (n,)."""
        down = (self.points[:, 3:].sum(axis=1) - self.points[:, :2].sum(axis=1)).T
        return np.asarray(np.degrees(np.arctan2(-down[0], down[1])), dtype=np.float32)

    @classmethod
    def none(cls) -> Self:
        """Return no faces."""
        return cls(*(np.empty((0, *shape), np.float32) for shape in ((4,), (), (5, 2))))

    def moved(self, right: float, down: float) -> Self:
        """Return the same further to the right and down."""
        by = np.array([right, down], dtype=np.float32)
        return replace(self, boxes=self.boxes + np.tile(by, 2), points=self.points + by)

    def at(self, which: NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        """Return the faces of these indices, or where it is true."""
        return replace(
            self, boxes=self.boxes[which], scores=self.scores[which], points=self.points[which]
        )

    def scored(self, scores: Array) -> Self:
        """Return the same with other scores."""
        return replace(self, scores=scores)

    def scaled(self, across: float, down: float) -> Self:
        """Return the same with x times `across` and y times `down`."""
        factors = np.array([across, down], dtype=np.float32)
        return replace(self, boxes=self.boxes * np.tile(factors, 2), points=self.points * factors)

    def without_overlaps(self) -> Self:
        """Return the faces that share too little with any of a higher score, best first."""
        best_first = np.argsort(-self.scores, kind="stable")
        boxes = self.boxes[best_first]
        rest = np.arange(len(boxes))
        kept = []
        while len(rest):
            best, rest = rest[0], rest[1:]
            kept.append(best)
            rest = rest[~_same(boxes[best], boxes[rest])]
        return self.at(best_first[np.array(kept, dtype=np.intp)])


def joined(parts: Sequence[Faces]) -> Faces:
    """Return the faces of all parts, of which there is at least one."""
    return Faces(
        np.concatenate([part.boxes for part in parts]),
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.points for part in parts]),
    )


def iou(first: Array, second: Array) -> Array:
    """Return intersection over union of boxes (..., 4), pair by pair."""
    shared = _shared(first, second)
    return np.asarray(shared / (_areas(first) + _areas(second) - shared), dtype=np.float32)


def _same(box: Array, boxes: Array) -> NDArray[np.bool_]:
    smaller = np.minimum(_areas(box), _areas(boxes))
    contained = _shared(box, boxes) > SHARED_OF_SMALLER * smaller
    return np.asarray(contained | (iou(box, boxes) > SHARED_OF_BOTH), dtype=np.bool_)


def _shared(first: Array, second: Array) -> Array:
    start = np.maximum(first[..., :2], second[..., :2])
    sides = np.maximum(0, np.minimum(first[..., 2:], second[..., 2:]) - start)
    return np.asarray(sides[..., 0] * sides[..., 1], dtype=np.float32)


def _areas(boxes: Array) -> Array:
    sides = np.maximum(1e-3, boxes[..., 2:] - boxes[..., :2])
    return np.asarray(sides[..., 0] * sides[..., 1], dtype=np.float32)
