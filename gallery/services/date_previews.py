"""What dating many photos by hand would change, to be read before anybody says yes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.contrib.auth.models import User

from analysis.dates import Source, Taken
from gallery.services import library_index
from gallery.services.library_index.columns import Numbers
from gallery.services.library_index.reading import microseconds
from gallery.services.photo_words import bounds

MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Change:
    """What a photo's clock showed, and what it is said to have shown."""

    before: Taken
    after: Taken | None


@dataclass(frozen=True, slots=True)
class Preview:
    """The dates of some photos: `days` of them are known of `timed`, from the first to the last.

    The others are of a month or a year alone (`rough`), or nothing but their upload dates them (`undated`).
    `ends` are the first and the last of the timed ones, and what shifting makes of them. `far` of them
    would be of the future, or of before there were photos.
    """

    count: int
    timed: int
    days: int
    rough: int
    undated: int
    ends: tuple[Change, ...]
    far: int

    @property
    def left(self) -> int:
        """How many photos shifting leaves as they are."""
        return self.count - self.timed + self.far


def of(*, owner: User, photos: Collection[int], by: timedelta = timedelta()) -> Preview:
    """Return how the owner's photos, by key, are dated, and what shifting them would make of that."""
    library = library_index.of(owner.pk)
    at = library.places(np.unique(np.array([*photos], np.int64)))
    columns = library.photos
    is_dated, to = columns.is_dated[at], columns.taken_to[at]
    timed: Numbers = np.sort(columns.taken[at[is_dated & (to == 0)]])
    ends = [_moment(int(one)) for one in timed[[0, -1]]] if len(timed) else []
    first, end = map(microseconds, bounds())
    moved = by // MICROSECOND
    return Preview(
        count=len(at),
        timed=len(timed),
        days=len(np.unique(timed.astype("M8[us]").astype("M8[D]"))),
        rough=int(np.count_nonzero(to)),
        undated=int(np.count_nonzero(~is_dated)),
        ends=tuple(Change(_said(one), _said(one + by) if by else None) for one in ends),
        far=int(np.count_nonzero((timed + moved < first) | (timed + moved >= end))) if by else 0,
    )


def _moment(microseconds: int) -> datetime:
    return datetime(1970, 1, 1) + microseconds * MICROSECOND


def _said(at: datetime) -> Taken:
    return Taken(at, Source.EXIF)
