"""Counts the photos that a search would find that asks for one thing more.

So the number on a bar is that of the photos behind it: a search that asks for somebody and for a happy face
finds a happy face of theirs, and so it is counted (`tests/gallery/test_plots.py`).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from numpy.typing import NDArray

from gallery.services import search as searching
from gallery.services.library_index.columns import NOBODY, Flags, Library, Numbers
from gallery.services.search import address
from gallery.services.search.matching import Matcher
from gallery.services.search.value import Days, Order, Search, Span

Owner = AbstractBaseUser | AnonymousUser
NONE = -1  # of a face that no bin is of


@dataclass(frozen=True, eq=False)
class Asked:
    """What a search finds: which `photos` (n,), which faces (m,) fit, and which of them are each group's.

    `is_named` says of which faces it is known whose they are, as surely as the search wants it.
    """

    user: Owner
    library: Library
    search: Search
    photos: Flags
    fits: Flags
    is_named: Flags
    groups: tuple[Flags, ...]

    @property
    def count(self) -> int:
        return int(np.count_nonzero(self.photos))

    def with_bins(self, bins: NDArray[Any], number: int) -> Flags:
        """Return which photos (number, n) have a face of each bin, and of everybody asked for such a one.

        `bins` (m,) says of which bin each face is.
        """
        there = np.repeat(self.photos[None], number, axis=0)
        for group in self.groups:
            some = group & (bins >= 0) & (bins < number)
            one = np.zeros((number, len(self.library)), np.bool_)
            one[bins[some], self.library.faces.photos[some]] = True
            there &= one
        return there

    def counts(self, bins: NDArray[Any], number: int) -> list[int]:
        """Return how many photos (number,) `with_bins` has of each."""
        found: list[int] = np.count_nonzero(self.with_bins(bins, number), axis=1).tolist()
        return found

    def of_people(self, hidden: Collection[int]) -> tuple[Numbers, Numbers]:
        """Return whose faces are on which photos (k,) (k,), each once: people's keys, and places of photos.

        Nobody who is hidden, and where only some are asked for, nobody else.
        """
        faces, search = self.library.faces, self.search
        some = self.fits & self.is_named & self.photos[faces.photos] & (faces.people != NOBODY)
        if hidden:
            some &= ~np.isin(faces.people, [*hidden])
        if search.only:
            some &= np.isin(faces.people, [key for group in search.people for key in group])
        people, at = np.unique(faces.people[some], return_inverse=True)
        pairs = np.unique(at * np.int64(max(len(self.library), 1)) + faces.photos[some])
        whose, photos = np.divmod(pairs, max(len(self.library), 1))
        return people[whose], photos


def of(user: Owner, wanted: Search) -> Asked:
    found = searching.found(user, wanted.but(order=Order.TAKEN))
    library, search = found.library, found.search
    photos = np.zeros(len(library), np.bool_)
    photos[found.at] = True
    matcher = Matcher(library, found.beside)
    fits, is_named = matcher.asked_for(search), matcher.named(search)
    groups = [fits & is_named & np.isin(library.faces.people, group) for group in search.people]
    if search.unnamed:
        groups.append(fits & (library.faces.people == NOBODY))
    return Asked(user, library, search, photos, fits, is_named, tuple(groups or [fits]))


def with_people(search: Search, *people: int) -> Search | None:
    """Return the search for these besides; None where no address could say it."""
    groups = tuple(dict.fromkeys([*search.people, *((key,) for key in people)]))
    return search.but(people=groups) if len(groups) <= address.MOST else None


def within(one: Span, other: Span) -> Span:
    """Return what is in both."""
    return Span(_last(one.least, other.least), _first(one.most, other.most))


def days_within(one: Days, other: Days) -> Days:
    return Days(_last(one.first, other.first), _first(one.last, other.last))


def _last(one: Any, other: Any) -> Any:
    return max((end for end in (one, other) if end is not None), default=None)


def _first(one: Any, other: Any) -> Any:
    return min((end for end in (one, other) if end is not None), default=None)
