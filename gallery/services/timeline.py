"""A part of a list of photos as the library shows it: by the months in which they were taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import NamedTuple

import numpy as np

from gallery import lists
from gallery.models import Photo
from gallery.services.search import Found, Order

PAGE = 60
FIRST = 4
Month = tuple[int, int]


class Edge(NamedTuple):
    """The photo at an end of a part, and its place, which is right as long as nothing comes or goes."""

    key: int
    place: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Photos of one month that follow each other; of none where they are not in the order of months."""

    photos: Sequence[Photo]
    month: date | None = None
    count: int = 0  # of the month's photos in all

    @property
    def key(self) -> str:
        return f"{self.month:%Y-%m}" if self.month else ""


@dataclass(frozen=True, slots=True)
class Part:
    """What is shown of a list, and from where it goes on above and below."""

    stretches: Sequence[Stretch]
    newer: Edge | None
    older: Edge | None

    @property
    def first(self) -> list[int]:
        """The keys of those whose pictures are wanted before anything else, scripts included."""
        photos = [
            photo.pk for stretch in self.stretches[:FIRST] for photo in stretch.photos[:FIRST]
        ]
        return photos[:FIRST]


@dataclass(frozen=True, slots=True)
class Year:
    """The months of a year with photos, the last first, and how many each has."""

    year: int
    months: Sequence[tuple[date, int]]

    @property
    def count(self) -> int:
        return sum(count for _month, count in self.months)


def part(found: Found, first: int, size: int = PAGE) -> Part:
    """Return `size` photos from a place on, as cards."""
    first = max(0, min(first, found.count - 1))
    keys = found.page(first, size).tolist()
    cards = {card.pk: card for card in lists.photos.cards(Photo.objects.filter(pk__in=keys))}
    # One that was deleted since is in no list any more.
    shown = [(cards[key], place) for place, key in enumerate(keys, start=first) if key in cards]
    last = first + len(keys)
    return Part(
        [*_stretches(found, shown)],
        Edge(keys[0], first) if first > 0 and keys else None,
        Edge(keys[-1], last - 1) if last < found.count and keys else None,
    )


def years(found: Found) -> list[Year]:
    """Return in which years and months the photos were taken, the last first."""
    if found.search.order is not Order.TAKEN:
        return []
    months = [(date(one.year, one.month, 1), one.photos) for one in found.months]
    return [Year(year, [*some]) for year, some in groupby(months, key=lambda month: month[0].year)]


def place_of_month(found: Found, year: int, month: int) -> int:
    """Return at which place the photos of that month begin, or of the next before it that has any."""
    place = 0
    for one in found.months if found.search.order is Order.TAKEN else []:
        if (one.year, one.month) <= (year, month):
            break
        place += one.photos
    return place


def _stretches(found: Found, shown: Sequence[tuple[Photo, int]]) -> Iterator[Stretch]:
    if not shown:
        return
    if found.search.order is not Order.TAKEN:
        yield Stretch([photo for photo, _place in shown])
        return
    counts = {(one.year, one.month): one.photos for one in found.months}
    months = _months(found, [place for _photo, place in shown])
    by_month = groupby(zip(shown, months, strict=True), key=lambda one: one[1])
    for month, some in by_month:
        photos = [photo for (photo, _place), _month in some]
        first = date(month[0], month[1], 1)
        yield Stretch(photos, first, counts.get(month, len(photos)))


def _months(found: Found, places: Sequence[int]) -> list[Month]:
    taken = found.library.photos.taken[found.at[np.array(places, np.int64)]]
    months = taken.astype("M8[us]").astype("M8[M]").astype(np.int64).tolist()
    return [(1970 + month // 12, month % 12 + 1) for month in months]
