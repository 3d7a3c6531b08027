"""A part of a list of photos as the library shows it: by the months in which they were taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import numpy as np

from gallery import lists
from gallery.models import Photo
from gallery.services.search import Found, Order
from gallery.services.search.found import Month

PAGE = 60
FIRST = 4


class Edge(NamedTuple):
    """The photo at an end of a part, and its place, which is right as long as nothing comes or goes."""

    key: int
    place: int


@dataclass(frozen=True, slots=True)
class Stretch:
    """Photos of one month that follow each other; of none where they are not in the order of months.

    The month counts its photos in all.
    """

    photos: Sequence[Photo]
    month: Month | None = None

    @property
    def key(self) -> str:
        return self.month.key if self.month else ""


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
    months: Sequence[Month]

    @property
    def count(self) -> int:
        return sum(month.photos for month in self.months)


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


def some(found: Found, keys: Sequence[int]) -> Part:
    """Return those of a list with these keys, in its order, without a way on."""
    places = np.flatnonzero(np.isin(found.keys, np.array(keys, np.int64))).tolist()
    cards = {card.pk: card for card in lists.photos.cards(Photo.objects.filter(pk__in=keys))}
    asked = [(found.keys[place], place) for place in places]
    return Part(
        [*_stretches(found, [(cards[key], at) for key, at in asked if key in cards])], None, None
    )


def years(found: Found) -> list[Year]:
    """Return in which years and months the photos were taken, the last first."""
    if found.search.order is not Order.TAKEN:
        return []
    return [Year(year, [*some]) for year, some in groupby(found.months, key=lambda one: one.year)]


def place_of_month(found: Found, year: int, month: int) -> int:
    """Return at which place the photos of that month begin, or of the next before it that has any.

    Month 0 are those of which the year alone is known.
    """
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
    places = np.array([place for _photo, place in shown], np.int64)
    stretches = found.library.photos.stretches(found.at[places]).tolist()
    by_month = groupby(zip(shown, stretches, strict=True), key=lambda one: one[1])
    counts = {one.key: one for one in found.months}
    for stretch, some in by_month:
        photos = [photo for (photo, _place), _stretch in some]
        month = Month.of(stretch, len(photos))
        yield Stretch(photos, counts.get(month.key, month))
