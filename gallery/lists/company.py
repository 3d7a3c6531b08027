"""What helps to tell who a group of unknown faces is: with whom, and when, it is on photos."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from django.db.models import Count, Max, Min
from django.db.models.functions import ExtractYear

from analysis.dates import Precision, Source, Taken
from gallery.lists import people
from gallery.models import Album, AlbumPhoto, Person
from gallery.models.face_queries import FaceQuerySet

MOST = 3  # people said beside a group
YEARS = 4  # that are still read at a glance
OF_THE_SHOT = [source.value for source in Source if source.is_of_the_shot]


class Companion(NamedTuple):
    """Somebody whom a human named, or who surely is on so many photos of a group."""

    person: Person
    photos: int


@dataclass(frozen=True, slots=True)
class When:
    """The first and last day of photos whose dates are those of the shots, and how many each year has."""

    first: date
    last: date
    years: Sequence[tuple[int, int]]

    @property
    def is_one_day(self) -> bool:
        return self.first == self.last

    @property
    def are_few(self) -> bool:
        return len(self.years) <= YEARS


def of(faces: FaceQuerySet) -> Mapping[int, Sequence[Companion]]:
    """Return with whom these faces of groups are on photos, by group, most often first; by two queries."""
    beside = {"photo__faces__person__gone": "", "photo__faces__person__is_hidden": False}
    on = faces.order_by().filter(**beside)
    rows = on.values("grouped__group", "photo__faces__person")
    counted = rows.annotate(photos=Count("photo", distinct=True))
    found: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for group, person, photos in counted.values_list(
        "grouped__group", "photo__faces__person", "photos"
    ):
        found[group].append((-photos, person))
    most = {group: sorted(some)[:MOST] for group, some in found.items()}
    known = _people({person for some in most.values() for _, person in some})
    return {
        group: [Companion(known[key], -count) for count, key in some if key in known]
        for group, some in most.items()
    }


def albums(faces: FaceQuerySet, owner: int) -> Sequence[tuple[Album, int]]:
    """Return the owner's albums that photos of these faces are in, with how many, most first."""
    inside = AlbumPhoto.objects.filter(photo__in=faces.order_by().values("photo"))
    mine = inside.filter(album__owner=owner, album__is_gone=False)
    counted = mine.values("album").annotate(photos=Count("photo")).order_by("-photos", "album")
    rows = list(counted.values_list("album", "photos")[:MOST])
    there = Album.objects.in_bulk([album for album, _photos in rows]) if rows else {}
    return [(there[album], photos) for album, photos in rows if album in there]


def when(faces: FaceQuerySet) -> When | None:
    """Return when the photos of these faces were taken; None where no date is that of a shot.

    Of a month or a year alone it is taken to be any day of that.
    """
    dated = faces.order_by().filter(photo__taken_from__in=OF_THE_SHOT)
    by_year = dated.annotate(year=ExtractYear("photo__taken_at")).values("year")
    counted = by_year.annotate(
        photos=Count("photo", distinct=True),
        first=Min("photo__taken_at"),
        last=Max("photo__taken_at"),
        # By the letters "year" comes after "month".
        to=Max("photo__taken_to"),
    )
    columns = "year", "photos", "first", "last", "to"
    rows = list(counted.order_by("year").values_list(*columns))
    if not rows:
        return None
    *_rest, at, to = rows[-1]
    last = Taken(at, Source.HAND, to=Precision(to)).last if to else at.date()
    return When(rows[0][2].date(), last, [(row[0], row[1]) for row in rows])


def _people(keys: Collection[int]) -> dict[int, Person]:
    found = Person.objects.filter(pk__in=keys).told_apart().annotate(cover_id=people.cover())
    return {person.pk: person for person in found} if keys else {}
