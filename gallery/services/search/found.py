"""The photos that a search finds, in their order."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import NamedTuple, Self

import numpy as np

from gallery import installed
from gallery.models import Album, AlbumPhoto, Preferences
from gallery.services import confirmed, library_index
from gallery.services.library_index.columns import Library, Numbers
from gallery.services.search import address, people
from gallery.services.search.matching import Beside, Carried, Matcher
from gallery.services.search.people import Owner
from gallery.services.search.value import Order, Search, Shown

PAGE = 60
Albums = tuple[Mapping[int, Numbers], Set[int]]
NO_ALBUMS: Albums = {}, set()


class Month(NamedTuple):
    """How many photos were taken in a month of a year; of month 0 the year alone is known."""

    year: int
    month: int
    photos: int

    @property
    def key(self) -> str:
        return f"{self.year:04}-{self.month:02}"

    @property
    def first(self) -> date:
        return date(self.year, self.month or 1, 1)

    @classmethod
    def of(cls, stretch: int, photos: int) -> Self:
        """Return one of those that `Photos.stretches` counts."""
        month, is_month = divmod(stretch, 2)
        return cls(1970 + month // 12, month % 12 + 1 if is_month else 0, photos)


@dataclass(frozen=True, eq=False)
class Found:
    """The photos that a search is true of; `at` are their places in the library, in their order."""

    library: Library
    search: Search
    at: Numbers
    beside: Beside

    @property
    def keys(self) -> Numbers:
        """The photos' keys (n,), in their order."""
        return self.library.photos.keys[self.at]

    @property
    def count(self) -> int:
        return len(self.at)

    @property
    def keys_to_come(self) -> Numbers:
        """The keys of those that nobody has looked at yet, whose place may change soon."""
        return self.library.photos.keys[self.at[self.library.photos.is_new[self.at]]]

    def page(self, at: int = 0, size: int = PAGE) -> Numbers:
        """Return the keys of a page of photos, from that place on."""
        return self.library.photos.keys[self.at[max(at, 0) : max(at, 0) + size]]

    def position_of(self, pk: int) -> int | None:
        """Return at which place the photo is; None where it is not among those found."""
        places = np.flatnonzero(self.keys == pk)
        return int(places[0]) if len(places) else None

    def around(self, pk: int) -> tuple[int | None, int | None]:
        """Return the keys of the photos before and after one, which need not be among those found any more.

        Of a photo that is gone altogether nobody knows where it was.
        """
        there = self.position_of(pk)
        if there is not None:
            before, after = there - 1, there + 1
        else:
            place = self._would_be(pk)
            if place is None:
                return None, None
            before, after = place - 1, place
        keys = self.keys
        return (
            int(keys[before]) if before >= 0 else None,
            int(keys[after]) if after < len(keys) else None,
        )

    @cached_property
    def months(self) -> list[Month]:
        """In which months the photos were taken, and how many in each, the last first."""
        found = self.library.photos.stretches(self.at)
        months, counts = np.unique(found, return_counts=True)
        return [
            Month.of(month, count)
            for month, count in zip(months[::-1].tolist(), counts[::-1].tolist(), strict=True)
        ]

    def _would_be(self, pk: int) -> int | None:
        """Return before how many of those found a photo of the library would be, were it among them."""
        at = self.library.places(np.array([pk], np.int64))
        if not len(at):
            return None
        order = _in_order(self.library, self.search, self.beside)
        ranks = np.full(len(self.library), len(order))
        ranks[order] = np.arange(len(order))
        return int(np.searchsorted(ranks[self.at], ranks[at[0]]))


def found(user: Owner, search: Search) -> Found:
    """Return which of the user's photos the search is true of."""
    return found_each(user, [search])[0]


def found_each(user: Owner, searches: Sequence[Search]) -> list[Found]:
    """Return what each of the searches finds, by as many queries as one alone."""
    if not searches:
        return []
    library = library_index.of(user.pk or 0)
    standing = people.standing(user, searches)
    beside = beside_of(user, library, *standing)
    matcher = Matcher(library, beside)
    return [_found(library, beside, matcher, search) for search in standing]


def _found(library: Library, beside: Beside, matcher: Matcher, search: Search) -> Found:
    if search.order is Order.ALBUM and search.album not in beside.albums:
        search = search.but(order=Order.TAKEN)
    order = _in_order(library, search, beside)
    return Found(library, search, order[matcher.matching(search)[order]], beside)


def beside_of(user: Owner, library: Library, *searches: Search, all_states: bool = False) -> Beside:
    """Return what the searches ask for that the library does not know."""
    carried: Carried = {}
    if all_states or any(Shown.OTHERWISE in search.said("states") for search in searches):
        carried = Preferences.objects.of(user.pk or 0).choice.carried(installed.weights())
    asked = {album for search in searches for album in search.said("albums")}
    is_far = any(search.distance for search in searches)
    distances = confirmed.distances(library) if is_far else library.faces.distances
    albums, by_date = _albums(user, asked) if asked else NO_ALBUMS
    return Beside(carried, albums, distances, by_date)


def _albums(user: Owner, asked: Collection[int]) -> Albums:
    """Return the keys of the photos in those albums, by key, that the user may see; and those by date."""
    there = list(Album.objects.readable_by(user).filter(pk__in=asked))
    held: dict[int, list[int]] = {album.pk: [] for album in there}
    rows = AlbumPhoto.objects.filter(album__in=[album for album in there if not album.is_smart])
    for album, photo in rows.order_by("position", "photo").values_list("album", "photo"):
        held[album].append(photo)
    # What somebody else's search finds is theirs; and no album is in itself.
    smart = [album for album in there if album.is_smart and album.owner_id == user.pk]
    each = found_each(user, [address.of(album.search).without_albums() for album in smart])
    by_search = {album.pk: one.keys for album, one in zip(smart, each, strict=True)}
    by_date = {album.pk for album in there if not (album.is_smart or album.is_by_hand)}
    return {key: np.array(keys, np.int64) for key, keys in held.items()} | by_search, by_date


def _in_order(library: Library, search: Search, beside: Beside) -> Numbers:
    if search.order is Order.ADDED:
        return np.arange(len(library))[::-1]
    if search.order is Order.ALBUM and search.album is not None:
        if search.album in beside.by_date:
            return library.newest_taken[::-1]
        return library.places(beside.albums[search.album])
    return library.newest_taken
