"""Compares faces with all that a roster's people are known by, by stored encodings."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis import naming
from analysis.matching import distances, stacked
from analysis.naming import NEAREST, Likeness, Ranking
from analysis.results import Array
from gallery.models import Roster
from gallery.services import knowledge
from gallery.services.guesses import Row
from gallery.services.knowledge import Known
from gallery.services.rules import Rules

DISTANCES = 500_000  # computed at a time, 4 MB in float64: memory must not grow with the roster


@dataclass(frozen=True, slots=True)
class Matcher:
    """Everything that faces are compared with, by encoder, and by which rules."""

    rules: Rules
    known: Mapping[str, Known]

    @classmethod
    def of(cls, roster: Roster) -> Matcher:
        """Return one by what the roster's people are known by now; call it in the roster's turn."""
        return cls(Rules.of(roster), knowledge.now(roster))

    def near(
        self, rows: Sequence[Row], refused: Mapping[int, Set[int]]
    ) -> dict[int, list[Likeness]]:
        """Return whom each row is near, best first, by its key: NEAREST people at most, within reach.

        Whom humans `refused` for it, by its key, and whom dates rule out are not among them.
        """
        found: dict[int, list[Likeness]] = {row.pk: [] for row in rows}
        for encoder, known in self.known.items():
            reach = self.rules.limits(encoder).reach
            some = [row for row in rows if row.encoder == encoder]
            step = max(1, DISTANCES // len(known.people))
            for start in range(0, len(some), step):
                part = some[start : start + step]
                ranking = self.ranking(part, known, encoder, refused, reach)
                found |= {row.pk: ranking.of(number) for number, row in enumerate(part)}
        return found

    def updated(
        self,
        rows: Sequence[Row],
        kept: Mapping[int, Sequence[Likeness]],
        people: Collection[int],
        refused: Mapping[int, Set[int]],
    ) -> dict[int, list[Likeness]]:
        """Return the same where it follows from whom rows were near before `people` were known by others.

        That is where nobody else than these and those whom a row was near can be among the nearest.
        """
        if not self.rules.is_by_distance:
            return {}
        changed = {encoder: known.of_people(people) for encoder, known in self.known.items()}
        known = {encoder: known for encoder, known in changed.items() if len(known.people)}
        found = {}
        for pk, near in Matcher(self.rules, known).near(rows, refused).items():
            before = kept.get(pk, ())
            others = [one for one in before if one.person not in people]
            now = sorted([*others, *near], key=lambda one: one.normalised)[:NEAREST]
            furthest = before[-1].normalised if len(before) == NEAREST else np.inf
            is_known = len(before) < NEAREST or len(now) == NEAREST
            if is_known and all(one.normalised <= furthest for one in now):
                found[pk] = now
        return found

    def ranking(
        self,
        rows: Sequence[Row],
        known: Known,
        encoder: str,
        refused: Mapping[int, Set[int]],
        reach: float = np.inf,
    ) -> Ranking:
        """Return the nearest people of rows of one encoder."""
        plain, counted, never = self.apart(rows, known)
        if never is not None:
            counted[never] = np.inf
        for number, row in enumerate(rows):
            if row.pk in refused:
                # Refused people alone: the next best may still be guessed.
                counted[number, np.isin(known.people, list(refused[row.pk]))] = np.inf
        limit = self.rules.limits(encoder).maybe
        return naming.rank(plain, counted, known.people, limit, self.rules.way, reach)

    def apart(
        self, rows: Sequence[Row], known: Known
    ) -> tuple[Array, Array, NDArray[np.bool_] | None]:
        """Return (n, k): plain distances, those that count, and whom dates rule out, if anybody.

        What counts is the normalised distance, and more as `Known.counted` says.
        """
        plain = distances(stacked([row.encoding for row in rows]), known.vectors)
        counted = self.fair(plain, rows, known)
        if self.rules.is_plain:
            return plain, counted, None
        return plain, *known.counted(counted, (row.dated for row in rows))

    def fair(self, plain: Array, rows: Sequence[Row], known: Known) -> Array:
        """Return plain distances (n, k) normalised, and as a network says of whom it knows."""
        levels = np.array([row.level or 0.0 for row in rows], np.float32)
        found = self.rules.counted(plain, levels, known.levels)
        encodings = stacked([row.encoding for row in rows])
        told = self.rules.told(encodings, rows[0].encoder)
        return told.counted(found, known.people) if told else found
