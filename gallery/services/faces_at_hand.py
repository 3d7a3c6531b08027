"""The unknown faces of a large library, kept by the process in which its groups follow: 540 bytes each.

To read 300,000 from the database takes longer than to find the groups of a thousand new ones.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
from django.db.models import Max

from gallery import installed
from gallery.models import Face, Photo, Roster
from gallery.models.photo import PhotoQuerySet
from gallery.services import committed
from gallery.services.library_faces import KEPT
from gallery.services.nearest import few
from gallery.services.unknown_faces import (
    Columns,
    Numbers,
    Unknown,
    all_of,
    columns_of,
    merged,
    of,
)

# Where so many photos changed all are read.
MANY = 20_000
# Whoever changes a photo says when, by another clock.
LATE = timedelta(minutes=1)
_last: dict[tuple[int, str], FacesAtHand] = {}


def read(roster: Roster) -> list[Unknown]:
    """Return the roster's unknown faces by encoder; only what has changed since is read again.

    Encodings are rounded, as those of `library_faces` are.
    """
    found = installed.population()
    key = roster.pk, found.name if found else ""
    if key not in _last:
        _last.clear()  # One roster's are enough.
        _last[key] = FacesAtHand()
    libraries = _last[key].now(roster)
    return [part for some in libraries for part in some.by_what_they_have()]


def forget() -> None:
    """Have nothing at hand any more."""
    _last.clear()


class FacesAtHand:
    """A roster's unknown faces by encoder, as they were when they were looked at last."""

    def __init__(self) -> None:
        self._columns: dict[str, Columns] = {}
        self._seen: datetime | None = None  # until when all that was written is in it
        self._last_photo = 0

    def now(self, roster: Roster) -> list[Unknown]:
        seen = committed.until(self._seen)
        photos = Photo.objects.filter(owner__in=roster.members).order_by()
        last = photos.aggregate(last=Max("pk"))["last"] or 0
        changed = self._changed(photos)
        if changed is None:
            self._columns = {}  # Not both at once.
            self._columns = merged(all_of(roster, KEPT))
        elif len(changed):
            self._read_again(roster, changed)
        self._seen, self._last_photo = seen, last
        return [self._unknown(encoder, changed) for encoder in list(self._columns)]

    def _changed(self, photos: PhotoQuerySet) -> Numbers | None:
        """Return the keys of photos on which faces may have come or changed; None where all may."""
        if self._seen is None:
            return None
        newer = photos.filter(pk__gt=self._last_photo)
        touched = photos.filter(changed_at__gte=self._seen - LATE)
        found: set[int] = set()
        for some in (newer, touched):
            found |= set(some.values_list("pk", flat=True)[:MANY])
        return None if len(found) >= MANY else np.array(sorted(found), np.int64)

    def _read_again(self, roster: Roster, photos: Numbers) -> None:
        parts = [
            (encoder, some.where(~np.isin(some.photos, photos)))
            for encoder, some in self._columns.items()
        ]
        for on in few(photos.tolist()):
            parts += columns_of(of(roster).filter(photo__in=on), KEPT)
        self._columns = merged(parts)

    def _unknown(self, encoder: str, changed: Numbers | None) -> Unknown:
        columns = self._columns[encoder]
        found = Unknown.of(encoder, columns)
        if changed is None:
            return found
        # Nobody has looked at those that were deleted either.
        unsure = columns.keys[found.is_new & ~np.isin(columns.photos, changed)]
        gone = np.setdiff1d(unsure, _there(unsure))
        if not len(gone):
            return found
        self._columns[encoder] = columns.where(~np.isin(columns.keys, gone))
        return Unknown.of(encoder, self._columns[encoder])


def _there(faces: Numbers) -> Numbers:
    found: list[int] = []
    for some in few(faces.tolist()):
        found += Face.objects.filter(pk__in=some).values_list("pk", flat=True)
    return np.array(found, np.int64)
