"""Units that are put together: single faces and groups, each by its mean and how far it spreads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.results import Array

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

AT_A_TIME = 1 << 16  # pairs of units, 2 x 32 MB of means


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """n units: of how many faces each is, their mean (n, 128), mean squared length and mean level.

    That is all that the link of two units depends on, so that a unit of thousands of faces is as quickly
    compared as a single one.
    """

    counts: Array
    means: Array
    squares: Array
    levels: Array

    @classmethod
    def of_faces(cls, encodings: Array, levels: Array) -> Units:
        """Return a unit for each of n faces."""
        means = np.array(encodings, np.float32)
        squares: Array = np.einsum("ij,ij->i", means, means)
        return cls(np.ones(len(means), np.float32), means, squares, np.array(levels, np.float32))

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, chosen: NDArray[Any]) -> Units:
        return Units(
            self.counts[chosen], self.means[chosen], self.squares[chosen], self.levels[chosen]
        )

    def links(self, first: Numbers, second: Numbers) -> Array:
        """Return how far two units each are: (m,) for m pairs.

        The root of the mean square of their faces' plain distances, less the mean of their levels, as in
        the normalised distance. For two single faces it is that.
        """
        parts = [np.empty(0, np.float32)]
        for start in range(0, len(first), AT_A_TIME):
            one, other = first[start : start + AT_A_TIME], second[start : start + AT_A_TIME]
            product = np.einsum("ij,ij->i", self.means[one], self.means[other])
            squares = self.squares[one] + self.squares[other] - 2 * product
            plain = np.sqrt(np.maximum(squares, 0, out=squares))
            parts.append(plain - (self.levels[one] + self.levels[other]) / 2)
        return np.concatenate(parts)

    def join(self, into: Numbers, gone: Numbers) -> None:
        """Have each of the units `into` take in the one of `gone` beside it; none is there twice."""
        share = self.counts[gone] / (self.counts[into] + self.counts[gone])
        for values in (self.squares, self.levels):
            values[into] += share * (values[gone] - values[into])
        self.means[into] += share[:, None] * (self.means[gone] - self.means[into])
        self.counts[into] += self.counts[gone]


def gathered(faces: Units, whose: Numbers, count: int) -> Units:
    """Return `count` units of the faces, `whose` (n,) says of which unit each is."""
    order = np.argsort(whose, kind="stable")
    starts = np.searchsorted(whose[order], np.arange(count))
    counts = np.bincount(whose, minlength=count).astype(np.float32)

    # Most are single faces, for which a sum over all would take ten times as long.
    several = np.flatnonzero(counts > 1)
    ends = starts[several] + counts[several].astype(int)
    lots = [order[start:end] for start, end in zip(starts[several], ends, strict=True)]

    def mean(values: Array) -> Array:
        found = np.asarray(values[order[starts]], np.float32)
        for unit, faces in zip(several, lots, strict=True):
            found[unit] = values[faces].mean(axis=0)
        return found

    return Units(counts, mean(faces.means), mean(faces.squares), mean(faces.levels))
