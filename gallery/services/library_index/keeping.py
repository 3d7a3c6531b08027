"""Keeps libraries at hand, and brings one up to date before it is used.

What has come since is asked of two indexes of the database: how many photos there are, and which were
touched. A photo is read again whose time of change is another than when it was read. Others see a change
only once it is committed, which may be long after a later one (`committed`), and by other clocks: so far is
looked back. What was deleted shows by how many photos there are; that one went as another came without
saying so shows by the sum of their keys, which takes twice as long and is asked for once a minute.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta

import numpy as np
from django.db.models import Count, Sum
from django.utils import timezone

from gallery.models import Photo
from gallery.services import committed
from gallery.services.library_index import reading
from gallery.services.library_index.columns import Library, Numbers
from gallery.services.nearest import few

# Where so many photos changed all are read.
MANY = 20_000
AT_A_TIME = 5000
LATE = timedelta(minutes=1)
# Libraries of accounts that have not asked for longest go where all together take more.
MOST_BYTES = 256 * 2**20
_kept: OrderedDict[int, _Kept] = OrderedDict()
_turn = threading.Lock()


def of(owner: int) -> Library:
    """Return the account's library as it is now. Not inside of a transaction that may be rolled back."""
    with _turn:
        kept = _kept.setdefault(owner, _Kept(owner))
        _kept.move_to_end(owner)
    with kept.turn:
        library = kept.now()
    with _turn:
        _make_room()
    return library


def warm(owners: Iterable[int]) -> int:
    """Read libraries before anybody asks, as long as they take half of the room; return how many."""
    count = 0
    for owner in owners:
        with _turn:
            if owner in _kept:
                continue
            if sum(one.nbytes for one in _kept.values()) > MOST_BYTES // 2:
                break
        of(owner)
        count += 1
    return count


def forget() -> None:
    """Have nothing at hand any more."""
    with _turn:
        _kept.clear()


def _make_room() -> None:
    while len(_kept) > 1 and sum(one.nbytes for one in _kept.values()) > MOST_BYTES:
        _kept.popitem(last=False)


class _Kept:
    """One account's library, as it was when it was looked at last."""

    def __init__(self, owner: int) -> None:
        self.turn = threading.Lock()
        self._owner = owner
        self._library: Library | None = None
        self._seen: datetime | None = None  # until when all that was written is in it
        self._summed_at: datetime | None = None

    @property
    def nbytes(self) -> int:
        return self._library.nbytes if self._library else 0

    def now(self) -> Library:
        began, library, since = timezone.now(), self._library, self._seen
        seen = committed.until(since)
        if library is None or since is None:
            self._library = reading.all_of(self._owner)
        else:
            with_sum = self._summed_at is None or began - self._summed_at >= LATE
            self._library = _brought_up_to_date(library, since, with_sum=with_sum)
            self._summed_at = began if with_sum else self._summed_at
        self._seen = seen
        return self._library


def _brought_up_to_date(library: Library, since: datetime, *, with_sum: bool) -> Library:
    photos = Photo.objects.filter(owner=library.owner).order_by()
    told = {"count": Count("*")} | ({"sum": Sum("pk")} if with_sum else {})
    there = photos.aggregate(**told)
    touched = reading.rows(
        photos.filter(changed_at__gte=since - LATE).values_list("pk", "changed_at")
    )
    library = _read_again(library, _others(library, touched))
    held = {"count": len(library), "sum": int(library.photos.keys.sum())}
    if all(held[name] == (value or 0) for name, value in there.items()):
        return library
    keys = np.array(sorted(photos.values_list("pk", flat=True)), np.int64)
    gone = np.setdiff1d(library.photos.keys, keys, assume_unique=True)
    return _read_again(library, np.setdiff1d(keys, library.photos.keys, assume_unique=True), gone)


def _others(library: Library, touched: list[tuple[int, datetime]]) -> Numbers:
    """Return the keys of those that are not as they were read."""
    if not touched:
        return np.zeros(0, np.int64)
    keys = np.array([key for key, _ in touched], np.int64)
    changed = np.array([reading.microseconds(at) for _, at in touched], np.int64)
    at = np.searchsorted(library.photos.keys, keys).clip(max=max(len(library) - 1, 0))
    if not len(library):
        return np.sort(keys)
    same = (library.photos.keys[at] == keys) & (library.photos.changed[at] == changed)
    return np.sort(keys[~same])


def _read_again(library: Library, keys: Numbers, gone: Numbers | None = None) -> Library:
    if len(keys) >= MANY:
        return reading.all_of(library.owner)
    without = np.zeros(0, np.int64) if gone is None else gone
    if not len(keys) and not len(without):
        return library
    for some in few(keys.tolist(), AT_A_TIME) if len(keys) else [[]]:
        part, said = reading.some_of(library, some)
        library = library.with_photos(part, without).saying(said.as_tuples())
        without = without[:0]
    return library
