"""Photos that were taken on this day of other years."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils import timezone

from gallery.services.library_index import Library
from gallery.services.search import address
from gallery.services.search.value import Days, Search

YEARS = 4
EACH = 3  # photos of a year


@dataclass(frozen=True, slots=True)
class Year:
    """How many photos were taken on the day in a year, some of them by key, and what finds all."""

    day: date
    ago: int
    count: int
    photos: list[int]

    @property
    def query(self) -> str:
        return address.write(Search(days=Days(self.day, self.day)))


def of(library: Library, today: date | None = None) -> list[Year]:
    """Return the last years with photos of this day, the last first."""
    today = today or timezone.localdate()
    photos = library.photos
    days = photos.taken.astype("M8[us]").astype("M8[D]")
    months = days.astype("M8[M]")
    is_today = (months.astype(np.int64) % 12 == today.month - 1) & photos.is_dated
    is_today &= photos.taken_to == 0  # Of a month alone no day is known.
    is_today &= (days - months).astype(np.int64) == today.day - 1
    years = months.astype("M8[Y]").astype(np.int64) + 1970
    is_today &= years < today.year
    found = []
    for year in np.unique(years[is_today])[::-1][:YEARS].tolist():
        keys = photos.keys[is_today & (years == year)]
        some = keys[:: max(1, len(keys) // EACH)][:EACH].tolist()
        found.append(Year(today.replace(year=year), today.year - year, len(keys), some))
    return found
