"""How far what people are known by can be trusted: each known face taken out and told by the others.

NumPy alone, in blocks of which only what is shown is kept: memory grows neither with pairs of faces nor
with pairs of people. 20,000 faces of 2,000 people take 10 MB beside their encodings.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analysis.closest import Closest, Numbers
from analysis.matching import is_whole, joint, stretched
from analysis.naming import BY_DISTANCE, Answer, Limits, Ranking, Seen, Way, best_of, name_each
from analysis.results import Array

Sample = tuple[int, np.random.Generator]

DISTANCES = 1_000_000  # computed at a time, 4 MB
SAMPLED = 100_000  # pairs at most of each kind, for the histograms
EDGES = np.round(np.arange(0.0, 1.51, 0.05), 2)
MOST = 200  # pairs of people that are listed as mixed up


@dataclass(frozen=True, eq=False)
class References:
    """k known faces of one encoder: whose each is, its encoding, its level, and if it's a child's.

    The encodings are (k, 128), or (k, 256) if all are whole.

    They stand in the order of their people. With `is_plain` distances are not normalised.
    """

    people: Numbers
    vectors: Array
    levels: Array
    children: NDArray[np.bool_]
    is_plain: bool = False

    @cached_property
    def is_whole(self) -> bool:
        return is_whole(self.vectors)

    @cached_property
    def places(self) -> Array:
        """The encodings, of which the Euclidean distance says how far they are apart."""
        return joint(self.vectors) if self.is_whole else self.vectors

    @cached_property
    def squares(self) -> Array:
        """The squared length of each of these places (k,)."""
        squares: Array = np.einsum("ij,ij->i", self.places, self.places)
        return squares

    def apart(self, rows: slice, columns: slice) -> Array:
        """Return the distances of some of the faces to others.

        In float32, in half the time of `matching.distances`: wrong by 1e-3 between a face and its copy, and
        by 1e-6 where it matters.
        """
        squares = (-2.0 * self.places[rows]) @ self.places[columns].T
        squares += self.squares[rows][:, None]
        squares += self.squares[columns][None, :]
        apart: Array = np.sqrt(np.maximum(squares, 0.0, out=squares), out=squares)
        if self.is_whole:
            apart = stretched(apart)
        if not self.is_plain:
            apart -= self.levels[rows][:, None] / 2
            apart -= self.levels[columns][None, :] / 2
        return apart

    def pairs(self, first: Numbers, second: Numbers) -> Array:
        """Return the distances of faces to one other each."""
        step = DISTANCES // 128
        parts = [np.empty(0, np.float32)]
        for start in range(0, len(first), step):
            some, others = first[start : start + step], second[start : start + step]
            plain = np.linalg.norm(self.places[some] - self.places[others], axis=1)
            plain = stretched(plain) if self.is_whole else plain
            between = (self.levels[some] + self.levels[others]) / 2
            parts.append(np.asarray(plain if self.is_plain else plain - between, np.float32))
        return np.concatenate(parts)


@dataclass(slots=True)
class Tally:
    """What becomes of faces that are taken out: `first` is how often their own person comes first."""

    faces: int = 0
    first: int = 0
    right: int = 0
    asked: int = 0
    asked_wrongly: int = 0
    wrong: int = 0
    nobody: int = 0


@dataclass(frozen=True, slots=True)
class Mixed:
    """Two people who are near each other, by the two known faces (indices) that are."""

    first: int
    second: int
    distance: float
    faces: tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Histogram:
    """How many pairs of faces lie between one of EDGES and the next; those beyond are in the last.

    `pairs` is how many there are, of which `counted` were looked at.
    """

    counts: Numbers
    counted: int
    pairs: int


@dataclass(frozen=True, slots=True, eq=False)
class Health:
    """What known faces say of themselves.

    `several` is by way, BY_DISTANCE, what becomes of the faces of people with several, `alone` of those
    whose person has no other: to the rest they are a stranger's. `own` (k,) is how far the nearest other
    face of the same person is, infinite without one; `attracted` (k,) how many other people each is near.
    """

    several: dict[Way, Tally]
    alone: dict[Way, Tally]
    same: Histogram
    different: Histogram
    mixed: list[Mixed]
    mixed_up: int
    own: Array
    attracted: Numbers


@dataclass(slots=True, eq=False)
class _Found:
    """What is gathered block by block."""

    own: Array
    attracted: Numbers
    closest: Closest
    several: dict[Way, Tally] = field(default_factory=lambda: {way: Tally() for way in BY_DISTANCE})
    alone: dict[Way, Tally] = field(default_factory=lambda: {way: Tally() for way in BY_DISTANCE})


def examine(
    known: References, limits: Limits, *, at_a_time: int = DISTANCES, sampled: int = SAMPLED
) -> Health:
    """Take each known face out and tell it by the others, within the limits of so many people."""
    ids, starts, counts = np.unique(known.people, return_index=True, return_counts=True)
    whose = np.repeat(np.arange(len(ids)), counts)
    found = _Found(
        own=np.full(len(whose), np.inf, np.float32),
        attracted=np.zeros(len(whose), np.int64),
        closest=Closest(limits.maybe, MOST),
    )
    for rows in _blocks((0, len(whose)), len(whose), at_a_time):
        _look_at(known, limits, rows, (ids, starts, counts, whose), found)
    found.closest.finish()
    random = np.random.default_rng(0)
    return Health(
        several=found.several,
        alone=found.alone,
        same=_same(known, starts, counts, (sampled, random)),
        different=_different(known, whose, counts, (sampled, random)),
        mixed=[*_mixed(known, (ids, starts, counts), found.closest, at_a_time)],
        mixed_up=found.closest.count,
        own=found.own,
        attracted=found.attracted,
    )


def _blocks(rows: tuple[int, int], columns: int, at_a_time: int) -> Iterator[slice]:
    """Yield some of the rows at a time, of so many columns each."""
    first, end = rows
    step = max(1, at_a_time // max(1, columns))
    for start in range(first, end, step):
        yield slice(start, min(start + step, end))


def _look_at(
    known: References,
    limits: Limits,
    rows: slice,
    people: tuple[Numbers, Numbers, Numbers, Numbers],
    found: _Found,
) -> None:
    """Take some of the faces out, one at a time."""
    ids, starts, counts, whose = people
    mine = whose[rows]
    each = np.arange(len(mine))
    fair = known.apart(rows, slice(None))
    fair[each, each + rows.start] = np.inf
    away = np.minimum.reduceat(fair, starts, axis=1)
    # Few of the faces are near: counted one by one they take a third of the time of a sum over all.
    row, column = np.divmod(np.flatnonzero(fair <= limits.maybe), fair.shape[1])
    votes = np.bincount(row * len(ids) + whose[column], minlength=away.size).reshape(away.shape)
    found.own[rows] = away[each, mine]
    near = away <= limits.maybe
    near[each, mine] = False
    found.attracted[rows] = near.sum(axis=1)
    theirs, firsts = np.unique(mine, return_index=True)
    found.closest.add(theirs, np.minimum.reduceat(away, firsts, axis=0))
    for way in BY_DISTANCE:
        ranking = _best(ids, away, votes, way)
        tallies = found.several[way], found.alone[way]
        count(ranking, ids[mine], counts[mine] > 1, known.children[rows], limits, way, tallies)


def _best(ids: Numbers, away: Array, votes: Numbers, way: Way) -> Ranking:
    """Return the nearest people as `naming.rank` does, from their nearest faces and votes (n, p)."""
    best = best_of(away, votes if way is Way.VOTE else None)
    near = np.take_along_axis(away, best, 1)
    people = np.where(np.isfinite(near), ids[best], -1)
    return Ranking(people, near, near, np.take_along_axis(votes, best, 1))


def count(
    ranking: Ranking,
    mine: Numbers,
    is_of_several: NDArray[np.bool_],
    children: NDArray[np.bool_],
    limits: Limits,
    way: Way,
    tallies: tuple[Tally, Tally],
) -> None:
    """Count what becomes of faces of people `mine` (n,) in the tallies of several and of alone."""
    several, alone = tallies
    is_near = ranking.within(limits)
    is_first = ranking.people[:, 0] == mine
    several.first += int((is_first & is_of_several).sum())
    for row in range(len(mine)):
        tally = several if is_of_several[row] else alone
        tally.faces += 1
        if not is_near[row]:
            tally.nobody += 1
            continue
        [named] = name_each([Seen(ranking.of(row), is_child=bool(children[row]))], limits, way)
        if named is None:
            tally.nobody += 1
            continue
        is_right = named.likeness.person == int(mine[row])
        if named.answer is Answer.SURE:
            tally.right += is_right
            tally.wrong += not is_right
        else:
            tally.asked += is_right
            tally.asked_wrongly += not is_right


def _mixed(
    known: References, people: tuple[Numbers, Numbers, Numbers], closest: Closest, at_a_time: int
) -> Iterator[Mixed]:
    """Yield the closest pairs of people with those of their faces that are nearest to each other."""
    ids, starts, counts = people
    ends = starts + counts
    for first, second in zip(closest.first.tolist(), closest.second.tolist(), strict=True):
        theirs = slice(starts[second], ends[second])
        found = (
            _nearest(known, rows, theirs)
            for rows in _blocks((starts[first], ends[first]), counts[second], at_a_time)
        )
        distance, *faces = min(found)
        yield Mixed(int(ids[first]), int(ids[second]), distance, (faces[0], faces[1]))


def _nearest(known: References, rows: slice, columns: slice) -> tuple[float, int, int]:
    """Return how far the two nearest of some faces and others are apart, and which they are."""
    apart = known.apart(rows, columns)
    row, column = np.unravel_index(int(np.argmin(apart)), apart.shape)
    return float(apart[row, column]), int(rows.start + row), int(columns.start + column)


def _same(known: References, starts: Numbers, counts: Numbers, sample: Sample) -> Histogram:
    """Return the histogram of pairs of one person, everybody's as often as there are of them."""
    most, random = sample
    pairs = counts * (counts - 1) // 2
    total = int(pairs.sum())
    ends = np.cumsum(pairs)
    numbers = np.arange(total) if total <= most else random.integers(total, size=most)
    person = np.searchsorted(ends, numbers, side="right")
    within = numbers - (ends - pairs)[person]
    # The pairs of a person are numbered by rows: (1, 0), (2, 0), (2, 1), (3, 0) and so on.
    row = ((np.sqrt(8.0 * within + 1) + 1) / 2).astype(np.int64)
    column = within - row * (row - 1) // 2
    return _histogram(known, starts[person] + row, starts[person] + column, total)


def _different(known: References, whose: Numbers, counts: Numbers, sample: Sample) -> Histogram:
    """Return the histogram of pairs of two people: all of them where they are few, else a sample."""
    most, random = sample
    count = len(whose)
    total = (count * (count - 1) - int((counts * (counts - 1)).sum())) // 2
    if count * (count - 1) // 2 <= most:
        first, second = np.triu_indices(count, k=1)
    else:
        first, second = random.integers(count, size=(2, most))
    differs = whose[first] != whose[second]
    return _histogram(known, first[differs], second[differs], total)


def _histogram(known: References, first: Numbers, second: Numbers, total: int) -> Histogram:
    apart = np.clip(known.pairs(first, second), EDGES[0], EDGES[-1])
    counts, _ = np.histogram(apart, EDGES)
    return Histogram(counts.astype(np.int64), len(first), total)
