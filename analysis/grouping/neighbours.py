"""Which units are near each other, without comparing all with all."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from analysis.grouping.units import SPREAD, Numbers, Units
from analysis.results import Array

MOST = 24  # neighbours kept of a unit
FEW = 1_500_000_000  # pairs of units are all compared, in five seconds
OF_A_CELL = 150  # units, on average
LOOKED_INTO = 24  # cells next to each unit's own
ROUNDS = 6  # of k-means, which need not end: cells say where to look, and nothing else
SAMPLE = 40  # units a cell that it is made of
SCORES = 1 << 22  # computed at a time, 16 MB
ROWS = 1024  # of them


def near(units: Units, probes: Numbers, limit: float) -> tuple[Numbers, Numbers]:
    """Return the pairs of probes and any units that are within the limit: of each its MOST nearest.

    Of many some are missed: units are compared where they lie near each other (`LOOKED_INTO`).
    """
    if len(probes) * len(units) <= FEW:
        return near_to(units, probes, np.arange(len(units)), limit)
    is_probe = np.zeros(len(units), np.bool_)
    is_probe[probes] = True
    cells = _cells(units.means)
    found = [
        near_to(units, mine[is_probe[mine]], others, limit)
        for mine, others in _neighbourhoods(units.means, cells)
    ]
    first, second = map(np.concatenate, zip(*found, strict=True))
    return first, second


def near_to(
    units: Units, probes: Numbers, others: Numbers, limit: float
) -> tuple[Numbers, Numbers]:
    """Return the pairs of `probes` and `others` that are not further apart than the limit.

    Of each probe these are the MOST nearest among every few thousand others.

    That the root of a squared distance less two halves of levels is at most the limit is a comparison of
    one scalar product, once lengths and levels stand beside the means: so a matrix product does it all.
    """
    left, right = _ready(units[probes], limit), _ready(units[others], limit)
    # What stands beside the means trades places on one side.
    left[:, [-2, -1]] = left[:, [-1, -2]]
    firsts, seconds = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    # Some of either at a time: a few rows at once would have all the others read anew for each few.
    high = min(ROWS, max(1, len(probes)))
    wide = SCORES // high
    for top in range(0, len(probes), high):
        for start in range(0, len(others), wide):
            scores = left[top : top + high] @ right[start : start + wide].T
            rows, columns = _best(scores, -(limit**2))
            firsts.append(probes[top + rows])
            seconds.append(others[start + columns])
    return np.concatenate(firsts), np.concatenate(seconds)


def _ready(units: Units, limit: float) -> Array:
    """Return (n, 131) whose products are above -limit**2 where two are within it.

    From |a|^2 + |b|^2 - 2ab <= (limit + (la + lb) / 2)^2, of which all terms are products of a's and b's;
    their share of the spreads counts with |a|^2 and |b|^2.
    """
    lengths = np.einsum("ij,ij->i", units.means, units.means) + SPREAD * units.spreads
    alone = limit * units.levels + units.levels**2 / 4 - lengths
    found = np.empty((len(units), units.means.shape[1] + 3), np.float32)
    np.multiply(units.means, np.float32(np.sqrt(2)), out=found[:, :-3])
    found[:, -3] = units.levels / np.sqrt(2)
    found[:, -2], found[:, -1] = alone, 1.0
    return found


def _best(scores: Array, least: float) -> tuple[Numbers, Numbers]:
    """Return the rows and columns of scores above the least, MOST + 1 of each row: one is itself."""
    rows, columns = np.divmod(np.flatnonzero(scores >= least), scores.shape[1])
    counts = np.bincount(rows, minlength=len(scores))
    if counts.max(initial=0) <= MOST + 1:
        return rows, columns
    many = counts > MOST + 1
    is_few = ~many[rows]
    chosen = np.argpartition(-scores[many], MOST, axis=1)[:, : MOST + 1]
    return (
        np.concatenate([rows[is_few], np.repeat(np.flatnonzero(many), MOST + 1)]),
        np.concatenate([columns[is_few], chosen.ravel()]),
    )


def _neighbourhoods(means: Array, cells: Array) -> Iterator[tuple[Numbers, Numbers]]:
    """Yield the units of each cell, and those of the cells next to it, itself among them."""
    whose = _nearest(means, cells)
    order = np.argsort(whose, kind="stable")
    ends = np.cumsum(np.bincount(whose, minlength=len(cells)))
    units = np.split(order, ends[:-1])
    few = min(LOOKED_INTO, len(cells))
    around = np.argpartition(_squares(cells, cells), few - 1, axis=1)[:, :few]
    for mine, looked_into in zip(units, around.tolist(), strict=True):
        if len(mine):
            yield mine, np.concatenate([units[cell] for cell in looked_into])


def _cells(means: Array) -> Array:
    """Return the centres of cells of about OF_A_CELL units, by k-means of some (Lloyd, 1982)."""
    random = np.random.default_rng(1)
    count = max(1, len(means) // OF_A_CELL)
    some = means[random.permutation(len(means))[: count * SAMPLE]]
    cells = some[:count].copy()
    for _ in range(ROUNDS):
        whose = _nearest(some, cells)
        order = np.argsort(whose, kind="stable")
        filled, starts = np.unique(whose[order], return_index=True)
        sums = np.add.reduceat(some[order], starts, axis=0)
        cells[filled] = sums / np.bincount(whose)[filled, None]
    return cells


def _nearest(means: Array, cells: Array) -> Numbers:
    step = max(1, SCORES // len(cells))
    starts = range(0, len(means), step)
    return np.concatenate(
        [_squares(means[start : start + step], cells).argmin(axis=1) for start in starts]
    )


def _squares(means: Array, cells: Array) -> Array:
    """Return squared distances (n, k), but for what is the same in each row."""
    return np.asarray(np.einsum("ij,ij->i", cells, cells)[None, :] - 2 * (means @ cells.T))
