"""Groups of unknown faces, as pages list them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import BigIntegerField, Count, F, Value, Window
from django.db.models.functions import Coalesce, RowNumber
from django.db.models.lookups import Exact

from gallery.lists import company
from gallery.lists.company import Companion, When
from gallery.models import Album, Face, FaceGroup
from gallery.models.face import QUALITY
from gallery.models.face_queries import CLEAR, FaceQuerySet

SHOWN = 12  # groups on a page
CROPS = 4  # of a group's faces, the best
# As many are looked at for who is beside them: of thousands it would be most of what a page takes.
LOOKED_AT = 60
LEAST = 2


@dataclass(frozen=True, slots=True)
class Stack:
    """A group: how many faces on how many photos, the keys of its best ones, and with whom it is seen."""

    group: FaceGroup
    count: int
    photos: int
    best: Sequence[int]
    company: Sequence[Companion] = ()


def count(user: AbstractBaseUser | AnonymousUser) -> int:
    """Return how many groups there are to name."""
    return FaceGroup.objects.visible_to(user).filter(count__gte=LEAST).count()


def largest(
    user: AbstractBaseUser | AnonymousUser, after: int = 0, shown: int = SHOWN
) -> list[Stack]:
    """Return the largest groups, the first `after` of them left out, by five queries."""
    groups = FaceGroup.objects.visible_to(user).filter(count__gte=LEAST).order_by("-count", "pk")
    return stacks(list(groups[after : after + shown]))


def front(user: AbstractBaseUser | AnonymousUser) -> dict[str, Any]:
    """Return what the front of People shows of groups: the largest, and how many there are."""
    return {"stacks": largest(user), "group_count": count(user)}


def stacks(groups: Sequence[FaceGroup]) -> list[Stack]:
    """Return the groups as they are now, without those of which less than two faces are left."""
    keys = [one.pk for one in groups]
    counts = _counts(keys)
    best = _best(keys)
    beside = company.of(
        Face.objects.filter(pk__in=[face for some in best.values() for face in some])
    )
    return [
        Stack(one, *counts[one.pk], best.get(one.pk, [])[:CROPS], beside.get(one.pk, ()))
        for one in groups
        if one.pk in counts and counts[one.pk][0] >= LEAST
    ]


def faces(group: FaceGroup) -> FaceQuerySet:
    """Return the faces of the group, the best first, with what a grid of crops shows."""
    shown = ("photo__filename", *QUALITY)
    found = _unknown([group.pk]).select_related("photo").only(*shown)
    return found.order_by(F("quality_score").desc(nulls_last=True), "pk")


def albums_of(group: FaceGroup) -> Sequence[tuple[Album, int]]:
    """Return in which albums the group's photos are, with how many are in each, most first."""
    return company.albums(_unknown([group.pk]), group.roster.owner_id)


def company_of(group: FaceGroup) -> Sequence[Companion]:
    """Return with whom the group is on photos, most often first."""
    return company.of(_unknown([group.pk])).get(group.pk, ())


def when(group: FaceGroup) -> When | None:
    """Return when the photos of the group were taken, as far as these say so."""
    return company.when(_unknown([group.pk]))


def _unknown(keys: Collection[int]) -> FaceQuerySet:
    """Return the unknown faces of these groups.

    SQLite takes few faces to be nobody's, and would look through all of those: so by an expression
    of which it has no index.
    """
    nobodys = Coalesce("person_id", Value(0), output_field=BigIntegerField())
    faces = Face.objects.filter(grouped__group__in=keys).unnamed()
    return faces.filter(CLEAR, Exact(nobodys, 0))


def _counts(keys: Collection[int]) -> dict[int, tuple[int, int]]:
    rows = _unknown(keys).order_by().values("grouped__group")
    found = rows.annotate(count=Count("pk"), photos=Count("photo", distinct=True))
    return {row["grouped__group"]: (row["count"], row["photos"]) for row in found}


def _best(keys: Collection[int]) -> dict[int, list[int]]:
    """Return the best faces of these groups, by key, LOOKED_AT of each at most."""
    ranked = _unknown(keys).annotate(
        group_key=F("grouped__group"),
        rank=Window(
            RowNumber(),
            partition_by=F("grouped__group"),
            order_by=[F("quality_score").desc(nulls_last=True), F("pk").asc()],
        ),
    )
    found: dict[int, list[int]] = {}
    rows = ranked.filter(rank__lte=LOOKED_AT).order_by("group_key", "rank")
    for group, face in rows.values_list("group_key", "pk"):
        found.setdefault(group, []).append(face)
    return found
