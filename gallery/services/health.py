"""Says how far a roster can be trusted: who would be told right by what the others are known by.

Computed when it is asked for, from stored encodings, with no more than a fixed number of queries.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count
from numpy.typing import NDArray

from analysis import health
from analysis.health import Health, References
from analysis.naming import Limits
from analysis.results import FIT
from gallery import installed
from gallery.models import KnownEncoding, Person, Roster
from gallery.services import levels, matching
from gallery.services.levels import Leveled

SHOWN = 24  # of each kind at most
ATTRACTS = 2  # other people, from which on a known face is near to too many


@dataclass(frozen=True, slots=True)
class Reference:
    """A known face that is worth a look: how far it is from others, or how many others it is near to."""

    person: Person
    known: KnownEncoding
    distance: float = 0.0
    others: int = 0


@dataclass(frozen=True, slots=True)
class Pair:
    """Two people who are near each other, and the known faces of theirs that are."""

    first: Reference
    second: Reference
    distance: float


@dataclass(frozen=True, slots=True)
class Some:
    """A few of what was found, and how many there are."""

    found: Sequence[Reference]
    count: int


@dataclass(frozen=True, slots=True)
class Examined:
    """What a roster says of itself.

    `known` is how many known faces of how many `people` were compared, `apart` how many are by another
    encoder than most, `imported` how many stand without a picture, `few` who is known by one face or none.
    """

    roster: Roster
    limits: Limits
    is_mapped: bool
    health: Health
    known: int
    people: int
    apart: int
    imported: int
    mixed: Sequence[Pair]
    far: Some
    attracting: Some
    poor: Some
    few: Sequence[Person]
    few_count: int


def examine(roster: Roster) -> Examined | None:
    """Examine the roster; None if nobody is known by a face in it."""
    everything = levels.of_known(KnownEncoding.objects.of(roster))
    if not everything:
        return None
    [(encoder, _)] = Counter(one.encoder for one in everything).most_common(1)
    known = [one for one in everything if one.encoder == encoder]
    known.sort(key=lambda one: one.person_id)  # as the examination wants it
    with_faces = KnownEncoding.objects.of(roster).with_faces()
    seen = {
        pk: (age, score)
        for pk, age, score in with_faces.values_list("pk", "face__age_years", "face__quality_score")
    }
    limits, population = matching.limits_of(roster, encoder), installed.population()
    found = health.examine(_references(roster, known, seen), limits)
    scores = np.array([_score(seen.get(one.pk)) for one in known])
    far = _worst(found.own, np.isfinite(found.own) & (found.own > limits.maybe))
    attracting = _worst(found.attracted, found.attracted >= ATTRACTS)
    poor = _worst(-scores, scores < FIT)
    shown = _Shown.of(known, found, [far, attracting, poor])
    few = Person.objects.filter(roster=roster).annotate(known_by=Count("encodings"))
    few = few.filter(known_by__lt=2).told_apart().order_by("folded_name", "pk")
    return Examined(
        roster=roster,
        limits=limits,
        is_mapped=not roster.is_plain and population is not None and population.encoder == encoder,
        health=found,
        known=len(known),
        people=len({one.person_id for one in known}),
        apart=len(everything) - len(known),
        imported=len(everything) - len(seen),
        mixed=shown.mixed(),
        far=shown.some(far),
        attracting=shown.some(attracting),
        poor=shown.some(poor),
        few=list(few[:SHOWN]),
        few_count=few.count(),
    )


def _references(
    roster: Roster, known: list[Leveled], seen: dict[int, tuple[float, float | None]]
) -> References:
    found = installed.population()
    grown = found.calibration.grown if found else 0.0
    return References(
        people=np.array([one.person_id for one in known], np.int64),
        vectors=np.stack([one.encoding for one in known]),
        levels=np.array([one.level or 0.0 for one in known], np.float32),
        children=np.array([one.pk in seen and seen[one.pk][0] < grown for one in known]),
        is_plain=roster.is_plain,
    )


def _score(seen: tuple[float, float | None] | None) -> float:
    """Return the quality of a face; one that was never measured is given credit, as is none at all."""
    return 1.0 if seen is None or seen[1] is None else seen[1]


def _worst(values: NDArray[Any], which: NDArray[np.bool_]) -> list[int]:
    """Return the indices of those, the largest values first."""
    some = np.flatnonzero(which)
    order: list[int] = some[np.argsort(-values[some], kind="stable")].tolist()
    return order


@dataclass(frozen=True, slots=True)
class _Shown:
    """The known faces that are shown, by their index, and their people."""

    found: Health
    known: dict[int, KnownEncoding]
    people: dict[int, Person]

    @classmethod
    def of(cls, known: list[Leveled], found: Health, lists: list[list[int]]) -> _Shown:
        chosen = {at for some in lists for at in some[:SHOWN]}
        chosen |= {at for mixed in found.mixed[:SHOWN] for at in mixed.faces}
        keys = {known[at].pk: at for at in chosen}
        encodings = KnownEncoding.objects.filter(pk__in=keys).select_related("face")
        people = Person.objects.filter(pk__in={known[at].person_id for at in chosen})
        return cls(
            found,
            {keys[one.pk]: one for one in encodings.defer("vector", "face__encoding")},
            people.told_apart().in_bulk(),
        )

    def reference(self, at: int) -> Reference:
        known = self.known[at]
        own, others = float(self.found.own[at]), int(self.found.attracted[at])
        return Reference(self.people[known.person_id], known, own, others)

    def some(self, which: list[int]) -> Some:
        return Some([self.reference(at) for at in which[:SHOWN]], len(which))

    def mixed(self) -> list[Pair]:
        return [
            Pair(self.reference(one.faces[0]), self.reference(one.faces[1]), one.distance)
            for one in self.found.mixed[:SHOWN]
        ]
