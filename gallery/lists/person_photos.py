"""The photos on which a human said that somebody is: all, those of a year, or those with somebody else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from analysis.dates import FIRST_YEAR, Source
from gallery.models import Face, Person, Photo
from gallery.models.face_queries import NamedBy
from gallery.models.photo import PhotoQuerySet

LAST_YEAR = 9998  # whose end a date can still say


@dataclass(frozen=True, slots=True)
class Narrowed:
    """Of which year, or with whom, somebody's photos are wanted; neither is all of them."""

    year: int | None = None
    other: Person | None = None

    @classmethod
    def read(cls, person: Person, said: Mapping[str, str]) -> Self:
        """Read it from an address: `year` or `with`; what is neither narrows nothing."""
        year, other = (
            int(text) if text.isdecimal() and len(text) < 19 else 0
            for text in (said.get("year", ""), said.get("with", ""))
        )
        return cls.to_year(year) if year else cls.to(person, other)

    @classmethod
    def to_year(cls, year: int) -> Self:
        return cls(year=year) if FIRST_YEAR <= year <= LAST_YEAR else cls()

    @classmethod
    def to(cls, person: Person, other: int) -> Self:
        """Return those with another of the person's roster, by their key."""
        others = Person.objects.filter(roster=person.roster_id).exclude(pk=person.pk)
        return cls(other=others.told_apart().filter(pk=other).first() if other else None)

    def __bool__(self) -> bool:
        return self.year is not None or self.other is not None

    @property
    def query(self) -> str:
        """What an address says to have it so."""
        if self.other is not None:
            return f"with={self.other.pk}"
        return f"year={self.year}" if self.year is not None else ""


ALL = Narrowed()


def said(
    person: Person, user: AbstractBaseUser | AnonymousUser, narrowed: Narrowed = ALL
) -> PhotoQuerySet:
    """Return the photos on which a human said that the person is, as far as they are wanted."""
    found = _with(Photo.objects.visible_to(user), person)
    if narrowed.other is not None:
        found = _with(found, narrowed.other)
    if narrowed.year is not None:
        first, end = (datetime(year, 1, 1) for year in (narrowed.year, narrowed.year + 1))
        found = found.filter(taken_at__gte=first, taken_at__lt=end)
        # An upload says nothing of the year in which a photo was taken.
        found = found.exclude(taken_from=Source.UPLOAD)
    return found


def _with(photos: PhotoQuerySet, person: Person) -> PhotoQuerySet:
    faces = Face.objects.filter(person=person, named_by=NamedBy.HUMAN)
    return photos.filter(pk__in=faces.values("photo"))
