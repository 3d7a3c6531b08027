"""Average link over a graph of neighbours: what is nearest is put together first."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.grouping.apart import Apart
from analysis.grouping.limits import Limits
from analysis.grouping.units import Flags, Numbers, Units
from analysis.results import Array

# How far beyond its limit a pair may be to be looked at again when more faces are with either: else a face
# goes with a group of strangers before its own has become one.
SLACK = 0.04


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """Pairs of units (m,), the lower number first, and how far `beyond` their limit: never above SLACK."""

    first: Numbers
    second: Numbers
    beyond: Array

    def __getitem__(self, chosen: Flags) -> Edges:
        return Edges(self.first[chosen], self.second[chosen], self.beyond[chosen])

    def __add__(self, other: Edges) -> Edges:
        return Edges(
            np.concatenate([self.first, other.first]),
            np.concatenate([self.second, other.second]),
            np.concatenate([self.beyond, other.beyond]),
        )


def between(units: Units, first: Numbers, second: Numbers, limits: Limits) -> Edges:
    """Return the pairs, each once, that are within their limits or nearly."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    keys = np.unique(low[low < high] * len(units) + high[low < high])
    low, high = np.divmod(keys, len(units))
    beyond = units.links(low, high) - limits.between(units.counts[low], units.counts[high])
    return Edges(low, high, beyond)[beyond <= SLACK]


def link(units: Units, edges: Edges, apart: Apart, whose: Numbers, limits: Limits) -> None:
    """Put units together until none with an edge are within their limit; `units` and `whose` change.

    `whose` (n,) says of which unit each face is. Wherever two are each other's nearest, counted from their
    limit, they become one, all such pairs at once: joining those brings hardly any others nearer
    (Murtagh, 1983), so the order of the faces makes no difference.
    """
    while (edges.beyond <= 0).any():
        chosen = _nearest_to_each_other(edges, len(units))
        first, second = edges.first[chosen], edges.second[chosen]
        may_be = ~apart.between(whose, first, second)
        into, gone = first[may_be], second[may_be]
        units.join(into, gone)
        to = np.arange(len(units))
        to[gone] = into
        whose[:] = to[whose]
        is_left = np.ones(len(edges.beyond), np.bool_)
        is_left[chosen] = False
        edges = _joined(units, edges[is_left], to, into, limits)


def _nearest_to_each_other(edges: Edges, count: int) -> Numbers:
    """Return the edges within the limit that are the best of both their units, none of which is in two."""
    best = np.full(count, np.inf, np.float32)
    for ends in (edges.first, edges.second):
        np.minimum.at(best, ends, edges.beyond)
    is_best = (edges.beyond == best[edges.first]) & (edges.beyond == best[edges.second])
    found = np.flatnonzero(is_best & (edges.beyond <= 0))
    # Of several as good the first: faces that are there twice are as far from all others.
    earliest = np.full(count, len(edges.beyond))
    for ends in (edges.first, edges.second):
        np.minimum.at(earliest, ends[found], found)
    is_first = (earliest[edges.first[found]] == found) & (earliest[edges.second[found]] == found)
    return np.asarray(found[is_first])


def _joined(units: Units, edges: Edges, to: Numbers, into: Numbers, limits: Limits) -> Edges:
    """Return the edges between what the units have become."""
    changed = np.zeros(len(units), np.bool_)
    changed[into] = True
    first, second = to[edges.first], to[edges.second]
    is_new = changed[first] | changed[second]
    return edges[~is_new] + between(units, first[is_new], second[is_new], limits)
