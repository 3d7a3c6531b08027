"""When a photo was taken: by what it says itself, or by a human's word."""

from __future__ import annotations

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from analysis import dates
from analysis.dates import Precision, Source, Taken
from gallery.fields import ClockField

SHOWN = ("taken_at", "taken_offset", "taken_from")
READ = ("read_at", "read_offset", "read_from")
TAKEN = (*SHOWN, *READ)
# Written over a human's date, they have what machines read be shown again; the other way about by `AWAY`.
BACK = dict(zip(TAKEN, (*map(F, READ), None, None, ""), strict=True)) | {"taken_to": ""}
AWAY = dict(zip(READ, map(F, SHOWN), strict=True))


# What `taken_to` says of a date whose day is not known.
VAGUE: dict[Precision, str] = {one: one.value for one in Precision if one is not Precision.DAY}


def taken(
    at: datetime | None, source: str | None, to: str | None, offset: int | None = None
) -> Taken | None:
    """Return the date that columns say, None while nobody has looked."""
    if at is None or not source:
        return None
    return Taken(at, Source(source), offset, Precision(to) if to else Precision.DAY)


def _by_a_source(names: tuple[str, str, str]) -> Q:
    at, offset, source = names
    return Q(**{source: "", at: None, offset: None}) | Q(
        **{f"{source}__in": [*map(str, Source)], f"{at}__isnull": False}
    )


class Dated(models.Model):
    """`taken_at` is what a clock showed at the place, `taken_offset` by how many minutes that was ahead of
    UTC, if known, and `taken_from` a `Source`, or "" while nobody has looked. Where a human knows no more
    than the month or the year, `taken_to` says so, and `taken_at` is its beginning.

    Where a human said it, `read_at` and the others keep what machines say, for an undoing.
    A human's date follows from the record of words (`models.record`).
    """

    taken_at = ClockField(null=True)
    taken_offset = models.SmallIntegerField(null=True)
    taken_from = models.CharField(max_length=9, blank=True, default="")
    taken_to = models.CharField(max_length=5, blank=True, default="")
    read_at = ClockField(null=True)
    read_offset = models.SmallIntegerField(null=True)
    read_from = models.CharField(max_length=9, blank=True, default="")

    created_at: models.DateTimeField[datetime, datetime]

    class Meta:
        abstract = True

    @property
    def is_dated_by_hand(self) -> bool:
        return self.taken_from == Source.HAND

    @property
    def known_month(self) -> str:
        """In which month it was taken, in digits, where that is known."""
        return f"{self.taken_at.month}" if self.taken_at and self.taken_to != Precision.YEAR else ""

    @property
    def known_day(self) -> str:
        """On which day of that."""
        return f"{self.taken_at.day}" if self.taken_at and not self.taken_to else ""

    @property
    def taken(self) -> Taken | None:
        """When it was taken, None while nobody has looked."""
        return taken(self.taken_at, self.taken_from, self.taken_to, self.taken_offset)

    @taken.setter
    def taken(self, taken: Taken) -> None:
        self.taken_at, self.taken_offset = taken.at, taken.offset
        self.taken_from, self.taken_to = taken.source.value, VAGUE.get(taken.to, "")

    @property
    def read(self) -> Taken | None:
        """When machines say that it was taken, whatever a human said."""
        if not self.is_dated_by_hand:
            return self.taken
        if self.read_at is None:
            return None
        return Taken(self.read_at, Source(self.read_from), self.read_offset)

    @read.setter
    def read(self, taken: Taken) -> None:
        if self.is_dated_by_hand:
            self.read_at, self.read_offset = taken.at, taken.offset
            self.read_from = taken.source.value
        else:
            self.taken = taken

    def date_by(self, modified: datetime | None) -> None:
        """Date it as it is uploaded: by when its file was last written, if that is to be believed."""
        of_file = dates.of_file(modified, self.created_at) if modified else None
        self.taken = of_file or self._of_upload

    def redate(self, found: Taken | None) -> None:
        """Date it by what it says itself, which is no later than its upload; else as it came.

        What a human said stays.
        """
        before = self.read
        if found and not dates.is_later(found, self.created_at):
            self.read = found
        elif before is None or before.source not in {Source.FILE, Source.UPLOAD}:
            self.read = self._of_upload

    @property
    def _of_upload(self) -> Taken:
        return dates.of_upload(timezone.localtime(self.created_at))


def _in_a_zone(name: str) -> Q:
    return Q(**{name: None}) | Q(**{f"{name}__range": (-dates.FURTHEST, dates.FURTHEST)})


CONSTRAINTS = [
    models.CheckConstraint(condition=_by_a_source(SHOWN), name="photo_taken_by_a_source"),
    models.CheckConstraint(condition=_in_a_zone("taken_offset"), name="photo_taken_in_a_zone"),
    models.CheckConstraint(
        condition=Q(taken_to="") | Q(taken_to__in=[*VAGUE.values()], taken_from=Source.HAND),
        name="photo_taken_roughly_by_hand",
    ),
    # It is kept aside only while a human says something else.
    models.CheckConstraint(
        condition=_by_a_source(READ) & ~Q(read_from=Source.HAND)
        & (Q(read_from="") | Q(taken_from=Source.HAND)),
        name="photo_read_aside",
    ),
    models.CheckConstraint(condition=_in_a_zone("read_offset"), name="photo_read_in_a_zone"),
]  # fmt: skip
