"""Says how far a roster can be trusted: who would be told right by what the others are known by.

Computed when it is asked for, from stored encodings, with a fixed number of queries but for one
for every few thousand known faces.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import Count, Min, Q
from numpy.typing import NDArray

from analysis import health
from analysis.health import Health, References, Tally
from analysis.matching import in_common, joined, stacked
from analysis.naming import Limits
from analysis.results import FIT
from gallery import installed
from gallery.models import KnownEncoding, Person, Roster, RosterNetwork
from gallery.models.person import KnownEncodingQuerySet
from gallery.services import levels
from gallery.services.rules import limits_of

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
    network: RosterNetwork | None = None

    @property
    def tried(self) -> Tried | None:
        """What became of faces that the roster's network had not seen, by the roster's limits."""
        if self.network is None:
            return None
        found = self.network.held_out.get(f"{self.roster.accepted}")
        return Tried.of(found) if found else None


@dataclass(frozen=True, slots=True)
class Tried:
    """What became of `several` and `alone`, as by the other ways; `strangers` is the share with a name."""

    several: Tally
    alone: Tally
    strangers: float

    @classmethod
    def of(cls, held_out: Mapping[str, Any]) -> Tried:
        tallies = Tally(**held_out["several"]), Tally(**held_out["alone"])
        return cls(*tallies, held_out["strangers"])


def examine(roster: Roster) -> Examined | None:
    """Examine the roster; None if nobody is known by a face in it."""
    of_roster = KnownEncoding.objects.of(roster)
    encoders = of_roster.values("encoder").annotate(
        known=Count("pk"), imported=Count("pk", filter=Q(face=None)), first=Min("pk")
    )
    # Of the encoder by which most are, and in doubt the first.
    counts = list(encoders.order_by("-known", "first"))
    encoder = counts[0]["encoder"] if counts else ""
    known = _Known.of(roster, of_roster.filter(encoder=encoder))
    if known is None:
        return None
    limits, population = limits_of(roster, encoder), installed.population()
    found = health.examine(known.references, limits)
    far = _worst(found.own, np.isfinite(found.own) & (found.own > limits.maybe))
    attracting = _worst(found.attracted, found.attracted >= ATTRACTS)
    poor = _worst(-known.scores, known.scores < FIT)
    shown = _Shown.of(known, found, [far, attracting, poor])
    few = Person.objects.filter(roster=roster).annotate(known_by=Count("encodings"))
    few = few.filter(known_by__lt=2).told_apart().order_by("folded_name", "pk")
    return Examined(
        roster=roster,
        limits=limits,
        is_mapped=not roster.is_plain and population is not None and population.encoder == encoder,
        health=found,
        known=len(known.keys),
        people=len(np.unique(known.references.people)),
        apart=sum(one["known"] for one in counts[1:]),
        imported=sum(one["imported"] for one in counts),
        mixed=shown.mixed(),
        far=shown.some(far),
        attracting=shown.some(attracting),
        poor=shown.some(poor),
        few=list(few[:SHOWN]),
        few_count=few.count(),
        network=RosterNetwork.objects.filter(roster=roster).first(),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """Known encodings of one encoder as arrays, in the order of their people: keys (k,), qualities (k,)."""

    keys: NDArray[np.int64]
    references: References
    scores: NDArray[np.float64]

    @classmethod
    def of(cls, roster: Roster, known: KnownEncodingQuerySet) -> _Known | None:
        """Read them; None if there are none."""
        # As arrays at once: rows of 20,000 would take as much again.
        parts = [
            (
                np.array([(one.pk, one.person_id) for one in rows], np.int64),
                np.array([one.level or 0.0 for one in rows], np.float32),
                stacked([one.encoding for one in rows]),
            )
            for rows in levels.in_parts(known)
        ]
        if not parts:
            return None
        pairs, of_rows, encodings = zip(*parts, strict=True)
        numbers, of_each = np.concatenate(pairs), np.concatenate(of_rows)
        vectors = in_common(joined(encodings))
        del parts
        order = np.argsort(numbers[:, 1], kind="stable")  # as the examination wants it
        keys, people = numbers[order].T
        ages, scores = _seen(known, keys)
        found = installed.population()
        references = References(
            people=people,
            vectors=vectors[order],
            levels=of_each[order],
            children=ages < (found.calibration.grown if found else 0.0),
            is_plain=roster.is_plain,
        )
        return cls(keys, references, scores)


def _seen(
    known: KnownEncodingQuerySet, keys: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return ages (k,) and qualities (k,) of the faces of those with the keys.

    What was imported without a face is nobody's child. It is given credit for its quality, as is a face of
    which that was never measured.
    """
    ages, scores = np.full(len(keys), np.inf), np.ones(len(keys))
    at = {key: number for number, key in enumerate(keys.tolist())}
    rows = known.with_faces().values_list("pk", "face__age_years", "face__quality_score")
    for key, age, score in rows.iterator():
        if key in at:
            ages[at[key]] = age
            scores[at[key]] = 1.0 if score is None else score
    return ages, scores


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
    def of(cls, known: _Known, found: Health, lists: list[list[int]]) -> _Shown:
        chosen = {at for some in lists for at in some[:SHOWN]}
        chosen |= {at for mixed in found.mixed[:SHOWN] for at in mixed.faces}
        keys = {int(known.keys[at]): at for at in chosen}
        encodings = KnownEncoding.objects.filter(pk__in=keys).select_related("face")
        encodings = encodings.defer("vector", "face__encoding")
        people = Person.objects.filter(pk__in={one.person_id for one in encodings})
        return cls(
            found,
            {keys[one.pk]: one for one in encodings},
            people.told_apart().in_bulk(),
        )

    def reference(self, at: int) -> Reference:
        known = self.known[at]
        assert known.person_id is not None  # Nobody is known by others.
        own, others = float(self.found.own[at]), int(self.found.attracted[at])
        return Reference(self.people[known.person_id], known, own, others)

    def some(self, which: list[int]) -> Some:
        return Some([self.reference(at) for at in which[:SHOWN]], len(which))

    def mixed(self) -> list[Pair]:
        return [
            Pair(self.reference(one.faces[0]), self.reference(one.faces[1]), one.distance)
            for one in self.found.mixed[:SHOWN]
        ]
