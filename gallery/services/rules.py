"""By which rules a roster's people are told: its limits, and what it makes of whom faces are near."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from django.conf import settings

from analysis import matching, naming
from analysis.naming import Likeness, Limits, Named, Seen, Way
from analysis.results import Array
from analysis.roster_network import RosterNetwork, Told
from gallery import installed
from gallery.models import KnownEncoding, Roster
from gallery.services import roster_networks
from gallery.services.guesses import Guess, Row


@dataclass(frozen=True, slots=True)
class Rules:
    """What names follow from, beside the people whom a face is near: good while the roster's turn lasts."""

    way: Way
    is_plain: bool
    grown: float
    roster: Roster
    network: RosterNetwork | None = None
    _limits: dict[str, Limits] = field(default_factory=dict)

    @classmethod
    def of(cls, roster: Roster) -> Rules:
        """Return the rules of the roster as it is, saved or not."""
        found = installed.population()
        grown = found.calibration.grown if found else 0.0
        network = roster_networks.in_force(roster)
        return cls(Way(roster.way), roster.is_plain, grown, roster, network)

    def limits(self, encoder: str) -> Limits:
        """Return up to which distance faces of that encoder are named."""
        if encoder not in self._limits:
            limits = limits_of(self.roster, encoder)
            is_told = self.network is not None and self.network.encoder == encoder
            self._limits[encoder] = limits.without_margin() if is_told else limits
        return self._limits[encoder]

    def counted(self, plain: Array, levels: Array, known_levels: Array) -> Array:
        """Return the distances that count, (n, k): normalised ones, unless it is the study's way."""
        return plain.copy() if self.is_plain else matching.normalised(plain, levels, known_levels)

    @property
    def is_by_distance(self) -> bool:
        """Whether the nearest are who have the nearest known faces, whatever anybody else has."""
        return self.way is Way.NEAREST and self.network is None

    def told(self, encodings: Array, encoder: str) -> Told | None:
        """Return what the roster's network says of n faces, where people are told by one."""
        found = installed.population()
        if found is None or self.network is None or self.network.encoder != encoder:
            return None
        return self.network.tell(encodings, found.calibration)

    def guesses(
        self,
        rows: Sequence[Row],
        near: Mapping[int, Sequence[Likeness]],
        taken: Mapping[int, Collection[int]],
    ) -> Iterator[tuple[Row, Guess]]:
        """Yield what is guessed of each row, photo by photo.

        `near` is whom each of them is near, by its key, `taken` whom humans named on each photo.
        """
        for photo_id, group in groupby(rows, key=lambda row: row.photo_id):
            of_photo = list(group)
            if not any(self.may_be_somebody(row, near) for row in of_photo):
                yield from ((row, Guess()) for row in of_photo)
                continue
            gone = set(taken.get(photo_id, ()))
            for encoder in sorted({row.encoder for row in of_photo}):
                some = [row for row in of_photo if row.encoder == encoder]
                seen = [self.seen(row, near.get(row.pk, ())) for row in some]
                named = self._name(encoder, some[0].is_collage, seen, gone)
                # Nobody twice by two encoders either.
                gone |= {one.likeness.person for one in named if one}
                yield from zip(some, map(Guess.of, named), strict=True)

    def seen(self, row: Row, nearest: Sequence[Likeness]) -> Seen:
        """Return the face as naming takes it."""
        # The study knew neither doubt nor age.
        is_doubtful = row.is_doubtful and not self.is_plain
        return Seen(nearest, is_doubtful, is_child=row.age < self.grown)

    def may_be_somebody(self, row: Row, near: Mapping[int, Sequence[Likeness]]) -> bool:
        """Return whether the face may be anybody of whom it is near; else it is nobody in any case."""
        nearest = near.get(row.pk)
        return bool(nearest) and self.limits(row.encoder).may_be_somebody(nearest or ())

    def _name(
        self, encoder: str, is_collage: bool, seen: list[Seen], taken: Collection[int]
    ) -> list[Named | None]:
        limits = self.limits(encoder)
        if self.is_plain or is_collage:
            return naming.name_each(seen, limits, self.way)
        return naming.name_photo(seen, limits, taken, self.way)


def limits_of(roster: Roster, encoder: str) -> Limits:
    """Return up to which distance faces of that encoder are named by the roster's people."""
    found = installed.population()
    if roster.is_plain:
        return Limits.plain(settings.MATCH_TOLERANCE)
    if found is None or found.encoder != encoder:
        return Limits.unsure(settings.MATCH_TOLERANCE)
    return Limits.of(found.calibration, roster.counted, 1 / roster.accepted)


def people_of(roster: Roster) -> int:
    """Return how many people are known by anything."""
    return KnownEncoding.objects.of(roster).values("person").distinct().count()


def count(roster: Roster, people: int) -> bool:
    """Have the limits follow the number of people, once that has doubled or halved; return if they do."""
    if not people or roster.counted / 2 < people < roster.counted * 2:
        return False
    roster.counted = people
    roster.save(update_fields=["counted"])
    return True
