"""When a roster's people were born and how old they were on known photos, for matching."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis import growing
from analysis.born import YEAR, Born
from analysis.dates import Precision, Taken
from gallery.models import dated
from gallery.models.person import KnownEncodingQuerySet

Floats = NDArray[np.float64]
NO_DAY = float("nan")


class Dated(NamedTuple):
    """What a face's photo says of when it was taken, and how old the face looks."""

    taken: Taken | None
    looks: float

    @property
    def day(self) -> float:
        return float(self.taken.last.toordinal()) if self.taken else NO_DAY

    @property
    def is_of_the_shot(self) -> bool:
        """Whether it was taken that day. Of a month or year alone it is known that it was not later."""
        return bool(self.taken and self.taken.source.is_of_the_shot and not self.taken.is_vague)


@dataclass(frozen=True, slots=True)
class Lives:
    """Of k known encodings: their people's first and last days of birth, and their ages on them in years.

    NaN is what nobody said. `of` returns those of some of the known encodings.
    """

    first: Floats
    last: Floats
    ages: Floats

    def of(self, at: NDArray[np.bool_]) -> Lives:
        """Return those of the known encodings that are marked."""
        return Lives(self.first[at], self.last[at], self.ages[at])

    def against(self, faces: Sequence[Dated]) -> tuple[NDArray[np.bool_], Floats]:
        """Return (n, k): whom the faces can't be, and by how much further the others count."""
        taken = np.array([face.day for face in faces])
        of_the_shot = np.array([face.is_of_the_shot for face in faces])
        looks = np.array([face.looks for face in faces])
        never = growing.impossible(taken, of_the_shot, looks, self.first, self.last)
        known = np.where(of_the_shot, taken, NO_DAY)
        ages = (known[:, None] - (self.first + self.last)[None, :] / 2) / YEAR
        return never, growing.weakness(ages, self.ages)


def of(known: KnownEncodingQuerySet) -> dict[int, tuple[float, float, float]]:
    """Return first and last day of birth, and age, of known encodings of people whose birth is known."""
    rows = known.filter(person__born_on__isnull=False)
    fields = (
        "person__born_on",
        "person__born_to",
        "face__photo__taken_at",
        "face__photo__taken_from",
        "face__photo__taken_to",
    )
    found = {}
    for pk, born_on, born_to, *said in rows.values_list("pk", *fields):
        born = Born.on(born_on, Precision(born_to))
        first, last = float(born.earliest.toordinal()), float(born.latest.toordinal())
        photo = Dated(dated.taken(*said), 0.0)
        day = photo.day if photo.is_of_the_shot else NO_DAY
        found[pk] = first, last, (day - (first + last) / 2) / YEAR
    return found


def lives_of(keys: Sequence[int], known: dict[int, tuple[float, float, float]]) -> Lives | None:
    """Return the lives behind the known encodings with these keys; None where nothing is known of any."""
    if not any(key in known for key in keys):
        return None
    nothing = (NO_DAY, NO_DAY, NO_DAY)
    numbers = np.array([known.get(key, nothing) for key in keys], dtype=np.float64)
    return Lives(numbers[:, 0], numbers[:, 1], numbers[:, 2])
