"""Faces of which something is said, and which the last analysis of their photo did not find."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from gallery.models import Face, Photo
from gallery.models.face_queries import FaceQuerySet, Lost, NamedBy

MOST = 30  # photos that are named; all are meant


@dataclass(frozen=True, slots=True)
class Question:
    """Whether `count` faces stay; `names` stay in any case on the photos, of which some are named."""

    count: int
    names: int
    photos: Sequence[Photo] = ()


def asked(user: AbstractBaseUser | AnonymousUser) -> FaceQuerySet:
    """Return the faces of which it is asked whether they stay."""
    return Face.objects.visible_to(user).filter(lost=Lost.ASKED)


def of_photo(faces: Sequence[Face]) -> Question | None:
    """Return what is asked about the faces of a photo, if anything."""
    count = sum(face.lost == Lost.ASKED for face in faces)
    return (
        Question(count, sum(face.is_named and not face.lost for face in faces)) if count else None
    )


def of_all(user: AbstractBaseUser | AnonymousUser) -> Question | None:
    """Return what is asked about all of a user's photos, if anything."""
    count = asked(user).count()
    if not count:
        return None
    photos = Photo.objects.filter(pk__in=asked(user).values("photo")).order_by("-pk")
    named = Face.objects.filter(photo__in=photos.order_by().values("pk"), named_by=NamedBy.HUMAN)
    return Question(count, named.filter(lost=Lost.FOUND).count(), list(photos[:MOST]))
