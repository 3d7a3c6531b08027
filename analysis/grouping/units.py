"""Units that are put together: single faces and groups, each by its mean and how far it spreads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.results import Array

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

# How much of how far faces lie from their mean counts in a link.
SPREAD = 0.2
AT_A_TIME = 1 << 16  # pairs of units, 2 x 32 MB of means


@dataclass(frozen=True, slots=True, eq=False)
class Units:
    """n units: of how many faces each is, their mean, mean squared distance to it and mean level.

    That is all that the link of two units depends on, so that a unit of thousands of faces is as quickly
    compared as a single one.
    """

    counts: Array
    means: Array
    spreads: Array
    levels: Array

    @classmethod
    def of_faces(cls, encodings: Array, levels: Array) -> Units:
        """Return a unit for each of n faces."""
        means = np.array(encodings, np.float32)
        ones, nothing = (np.full(len(means), value, np.float32) for value in (1, 0))
        return cls(ones, means, nothing, np.array(levels, np.float32))

    def __len__(self) -> int:
        return len(self.counts)

    def __getitem__(self, chosen: NDArray[Any]) -> Units:
        return Units(
            self.counts[chosen], self.means[chosen], self.spreads[chosen], self.levels[chosen]
        )

    def links(self, first: Numbers, second: Numbers) -> Array:
        """Return how far two units each are: (m,) for m pairs.

        The root of the squared distance of their means and of SPREAD of either's spread, less the mean of
        their levels, as in the normalised distance. For two single faces it is that.
        """
        parts: list[Array] = [np.empty(0, np.float32)]
        for start in range(0, len(first), AT_A_TIME):
            one, other = first[start : start + AT_A_TIME], second[start : start + AT_A_TIME]
            squares = _squares(self.means[one] - self.means[other])
            squares += SPREAD * (self.spreads[one] + self.spreads[other])
            apart = np.sqrt(squares) - (self.levels[one] + self.levels[other]) / 2
            parts.append(np.asarray(apart, np.float32))
        return np.concatenate(parts)

    def join(self, into: Numbers, gone: Numbers) -> None:
        """Have each of the units `into` take in the one of `gone` beside it; none is there twice."""
        share = self.counts[gone] / (self.counts[into] + self.counts[gone])
        between = self.means[gone] - self.means[into]
        for values in (self.spreads, self.levels):
            values[into] += share * (values[gone] - values[into])
        self.spreads[into] += share * (1 - share) * _squares(between)
        self.means[into] += share[:, None] * between
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

    means = mean(faces.means)
    around = mean(faces.spreads + _squares(faces.means)) - _squares(means)
    return Units(counts, means, np.maximum(around, 0, out=around), mean(faces.levels))


def _squares(vectors: Array) -> Array:
    return np.asarray(np.einsum("ij,ij->i", vectors, vectors), np.float32)
