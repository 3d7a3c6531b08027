"""How old somebody is on a photo, by dates alone: what they prove, and no more.

Only some dates are those of the shot (`Source.is_of_the_shot`); a scan, a change, a file or an upload says
that the photo is not newer. So such a photo of a grown person may show the child.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple, Self

from analysis.dates import Precision, Taken

YEAR = 365.2425  # days
# A camera's clock may be of another zone than the birth, or still be set to another country.
SLACK = timedelta(days=1)
WRITTEN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


@dataclass(frozen=True, slots=True)
class Born:
    """A date of birth as far as it is known: a year, a month of it, or a day of that.

    Raises ValueError where there is no such day.
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.day is not None and self.month is None:
            raise ValueError("A day is one of a month.")
        date(*self._first)  # It knows which days there are.

    @classmethod
    def read(cls, text: str) -> Self:
        """Return what 2015, 2015-04 or 2015-04-30 says; raises ValueError."""
        found = WRITTEN.fullmatch(text)
        if found is None:
            raise ValueError(text)
        return cls(*(int(number) for number in found.groups() if number))

    @classmethod
    def on(cls, first: date, precision: Precision) -> Self:
        """Return the date of birth whose first possible day is `first`."""
        numbers = first.year, first.month, first.day
        return cls(*numbers[: 1 + [*Precision].index(precision)])

    def __str__(self) -> str:
        """Write it as `read` reads it."""
        numbers = [f"{number:02}" for number in (self.month, self.day) if number is not None]
        return "-".join([f"{self.year:04}", *numbers])

    @property
    def precision(self) -> Precision:
        if self.day is not None:
            return Precision.DAY
        return Precision.YEAR if self.month is None else Precision.MONTH

    @property
    def earliest(self) -> date:
        """The first day on which it may have been."""
        return date(*self._first)

    @property
    def latest(self) -> date:
        """The last one."""
        month = 12 if self.month is None else self.month
        return date(self.year, month, self.day or monthrange(self.year, month)[1])

    def may_be(self, other: Born) -> bool:
        """Return whether both may be said of one birth: of 1990 and 1990-04-30, not of 1990 and 1991."""
        return self.earliest <= other.latest and other.earliest <= self.latest

    @property
    def _first(self) -> tuple[int, int, int]:
        return (
            self.year,
            1 if self.month is None else self.month,
            1 if self.day is None else self.day,
        )


class Ages(NamedTuple):
    """Between which ages, in years, somebody is."""

    low: float
    high: float


def ages(born: Born, taken: Taken | None) -> Ages | None:
    """Return between which ages somebody is on a photo; None without a date, or before their birth."""
    if taken is None or is_before_birth(born, taken):
        return None
    first = taken.at.date()
    low = _years(born.latest, first - SLACK) if taken.source.is_of_the_shot else 0.0
    return Ages(max(0.0, low), max(0.0, _years(born.earliest, taken.last + SLACK)))


def is_before_birth(born: Born, taken: Taken | None) -> bool:
    """Whether a photo can't show somebody, who was not born yet when it was there.

    That it is dated after the birth proves nothing but for dates of the shot.
    """
    return taken is not None and taken.last + SLACK < born.earliest


def _years(start: date, end: date) -> float:
    return (end - start).days / YEAR
