"""The photos that a search finds, in their order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np

from gallery import installed
from gallery.models import Album, AlbumPhoto, Preferences
from gallery.services import library_index
from gallery.services.library_index.columns import Library, Numbers
from gallery.services.search import address, people
from gallery.services.search.matching import NOTHING, Beside, Carried, Matcher
from gallery.services.search.people import Owner
from gallery.services.search.value import Order, Search, Shown

PAGE = 60


class Month(NamedTuple):
    """How many photos were taken in a month of a year."""

    year: int
    month: int
    photos: int


@dataclass(frozen=True, eq=False)
class Found:
    """The photos that a search is true of; `at` are their places in the library, in their order."""

    library: Library
    search: Search
    at: Numbers

    @property
    def keys(self) -> Numbers:
        """The photos' keys (n,), in their order."""
        return self.library.photos.keys[self.at]

    @property
    def count(self) -> int:
        return len(self.at)

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
        taken = self.library.photos.taken[self.at].astype("M8[us]").astype("M8[M]").astype(np.int64)
        months, counts = np.unique(taken, return_counts=True)
        return [
            Month(1970 + month // 12, month % 12 + 1, count)
            for month, count in zip(months[::-1].tolist(), counts[::-1].tolist(), strict=True)
        ]

    def _would_be(self, pk: int) -> int | None:
        """Return before how many of those found a photo of the library would be, were it among them."""
        at = self.library.places(np.array([pk], np.int64))
        if not len(at):
            return None
        ranks = np.argsort(_in_order(self.library, self.search.order))
        return int(np.searchsorted(ranks[self.at], ranks[at[0]]))


def found(user: Owner, search: Search) -> Found:
    """Return which of the user's photos the search is true of."""
    library, search = library_index.of(user.pk or 0), people.standing(user, search)
    beside = beside_of(user, search)
    order = _in_order(library, search.order)
    return Found(library, search, order[Matcher(library, beside).matching(search)[order]])


def beside_of(user: Owner, search: Search, *, all_states: bool = False) -> Beside:
    """Return what the search asks for that the library does not know."""
    carried: Carried = {}
    if all_states or Shown.OTHERWISE in search.states:
        carried = Preferences.objects.of(user.pk or 0).choice.carried(installed.weights())
    return Beside(carried, _albums(user, search))


def _albums(user: Owner, search: Search) -> Mapping[int, Numbers]:
    """Return the keys of the photos in those albums that the user may see."""
    there = Album.objects.readable_by(user).filter(pk__in=search.albums) if search.albums else ()
    return {album.pk: _in(user, album) for album in there}


def _in(user: Owner, album: Album) -> Numbers:
    if album.is_smart:
        # What somebody else's search finds is theirs; and no album is in itself.
        is_own = album.owner_id == user.pk
        return found(user, address.of(album.search).but(albums=())).keys if is_own else NOTHING
    photos = AlbumPhoto.objects.filter(album=album).order_by()
    return np.array([*photos.values_list("photo", flat=True)], np.int64)


def _in_order(library: Library, order: Order) -> Numbers:
    if order is Order.ADDED:
        return np.arange(len(library))[::-1]
    return library.newest_taken
