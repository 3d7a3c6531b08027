"""Whose face is it: distances between encodings, in NumPy alone, so also in the web process."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.results import Array


def distances(probes: Array, known: Array) -> Array:
    """Return the Euclidean distances of n probes (n, 128) to k known encodings (k, 128) as (n, k).

    The squares are expanded, so that one matrix product does the work. In float32 that would cost
    three digits near zero; in float64 it is right to 1e-7.
    """
    left, right = probes.astype(np.float64), known.astype(np.float64)
    squares = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1)[None, :]
    # Rounding can bring the square of a face's distance to itself below 0, which has no root.
    return np.asarray(np.sqrt(np.maximum(squares - 2.0 * (left @ right.T), 0.0)), np.float32)


def nearest_people(
    probes: Array, known: Array, people: NDArray[np.int64]
) -> tuple[NDArray[np.int64], Array]:
    """Return the people (p,), ascending, and each probe's distance to the nearest encoding of each.

    `people` (k,) says whose each known encoding is. The distances are (n, p).
    """
    order = np.argsort(people, kind="stable")
    ids, starts = np.unique(people[order], return_index=True)
    if not len(ids):
        return ids, np.empty((len(probes), 0), dtype=np.float32)
    return ids, np.minimum.reduceat(distances(probes, known[order]), starts, axis=1)
