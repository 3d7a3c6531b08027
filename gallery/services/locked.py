"""Tells which faces are to be left alone: those near the vectors of people who refused, and agreed to that.

A face counts as near where only one in a thousand pairs of strangers is nearer: of pairs of one person
95 are nearer in 100, more of a face and the mean of several. Who is kept out by mistake can still be named.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from analysis.matching import distances, normalised, stacked
from analysis.results import Array
from gallery import installed
from gallery.models import Face, LockedVector, Roster
from gallery.services import levels, matching
from gallery.services.nearest import few

STRANGERS = 1e-3
# Without a map nothing says how far strangers are: the distance of dlib's network at which it is as rare.
PLAIN = 0.5
COLUMNS = ("pk", "encoder", "encoding", "level", "population")


class Seen(NamedTuple):
    """What of a face is compared: of one without a row, `pk` is whatever tells it from others."""

    pk: int
    encoder: str
    encoding: Array
    level: float | None
    population: str


def near(roster: Roster, faces: Collection[int]) -> set[int]:
    """Return those of the faces, by key, that are near a locked vector of the roster."""
    locks = list(LockedVector.objects.filter(roster=roster))
    if not locks:
        return set()
    return {
        pk
        for some in few(faces)
        for pk in _near(
            [Seen(*row) for row in Face.everything.filter(pk__in=some).values_list(*COLUMNS)], locks
        )
    }


def seen_near(roster: Roster, rows: Sequence[Seen]) -> set[int]:
    """Return those of these faces that are near a locked vector of the roster, by what tells them apart."""
    locks = list(LockedVector.objects.filter(roster=roster)) if rows else []
    return set(_near(rows, locks)) if locks else set()


def unknown_near(roster: Roster, locks: Sequence[LockedVector]) -> set[int]:
    """Return the faces, by key, whom no human named and that are near one of these."""
    found: set[int] = set()
    last = 0
    while photos := matching.photos_after(roster, last):
        last = photos.stop - 1
        rows = matching.between(matching.unnamed(roster), photos).values_list(*COLUMNS)
        found |= set(_near([Seen(*row) for row in rows], locks))
    return found


def _near(rows: Sequence[Seen], locks: Sequence[LockedVector]) -> Iterator[int]:
    # What was never measured is nowhere.
    ordered = sorted((row for row in rows if row.encoder), key=lambda row: row.encoder)
    for encoder, group in groupby(levels.filled(ordered), key=lambda row: row.encoder):
        vectors = [lock.vector for lock in locks if lock.encoder == encoder]
        some = list(group)
        if vectors:
            apart, limit = _apart(encoder, some, stacked(vectors))
            yield from (some[at].pk for at in np.flatnonzero((apart < limit).any(axis=1)))


def _apart(encoder: str, rows: Sequence[Seen], locked: Array) -> tuple[Array, float]:
    """Return how far the rows are from each of the locked vectors, (n, k), and what counts as near."""
    plain = distances(stacked([row.encoding for row in rows]), locked)
    found = installed.population()
    if found is None or found.encoder != encoder:
        return plain, PLAIN
    of_rows = np.array([row.level or 0.0 for row in rows], np.float32)
    limit = found.calibration.distance_of_strangers(STRANGERS)
    return normalised(plain, of_rows, found.levels(locked)), limit
