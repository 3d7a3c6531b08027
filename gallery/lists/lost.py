"""Faces of which something is said, and which the last analysis of their photo did not find."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from gallery.models import Face, Photo
from gallery.models.face_queries import FaceQuerySet, Lost, NamedBy

MOST = 30  # photos that are named; all are meant
SHOWN = 12  # faces that are shown likewise


@dataclass(frozen=True, slots=True)
class Question:
    """Whether `count` faces stay, of which some are shown; `names` stay in any case on the photos."""

    count: int
    names: int
    faces: Sequence[Face]
    photos: Sequence[Photo] = ()


def asked(user: AbstractBaseUser | AnonymousUser) -> FaceQuerySet:
    """Return the faces of which it is asked whether they stay."""
    return Face.objects.visible_to(user).filter(lost=Lost.ASKED)


def of_photo(faces: Sequence[Face]) -> Question | None:
    """Return what is asked about the faces of a photo, if anything."""
    lost = [face for face in faces if face.lost == Lost.ASKED]
    names = sum(face.is_named and not face.lost for face in faces)
    return Question(len(lost), names, _seen(lost)) if lost else None


def of_all(user: AbstractBaseUser | AnonymousUser) -> Question | None:
    """Return what is asked about all of a user's photos, if anything."""
    count = asked(user).count()
    if not count:
        return None
    photos = Photo.objects.filter(pk__in=asked(user).values("photo")).order_by("-pk")
    named = Face.objects.filter(photo__in=photos.order_by().values("pk"), named_by=NamedBy.HUMAN)
    shown = asked(user).select_related("person").defer("encoding", "landmarks")
    lost = _seen(shown.order_by("-photo", "pk")[:SHOWN])
    return Question(count, named.filter(lost=Lost.FOUND).count(), lost, list(photos[:MOST]))


def _seen(faces: Iterable[Face]) -> list[Face]:
    return [face for face in faces if not face.is_private][:SHOWN]
