"""The faces that were put aside: what a human said is no face, or a stranger's."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import OuterRef, Subquery

from gallery.models import Face, Word
from gallery.models.face_queries import FaceQuerySet, Mark
from gallery.models.record import Topic

KINDS = (Mark.STRANGER, Mark.NO_FACE)


def of(user: AbstractBaseUser | AnonymousUser, mark: Mark) -> FaceQuerySet:
    """Return the user's faces of one kind, with their photos, what was put aside last first."""
    said = Word.objects.counting().filter(topic=Topic.MARK, subject=OuterRef("pk"))
    last = Subquery(said.order_by("-pk").values("pk")[:1])
    faces = Face.everything.visible_to(user).put_aside(mark).select_related("photo")
    # Without the vectors, a kilobyte a face.
    return faces.only("mark", "photo__filename").order_by(last.desc(), "-pk")


def count(user: AbstractBaseUser | AnonymousUser) -> int:
    return Face.everything.visible_to(user).put_aside(*KINDS).count()
