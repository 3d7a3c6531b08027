"""Boxes that humans gave and that wait to be measured, as a photo's page shows them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef

from gallery.models import Face, Photo
from gallery.models.face_queries import Mark
from gallery.models.photo import PhotoQuerySet


def knowing_of_boxes(photos: PhotoQuerySet) -> PhotoQuerySet:
    """Return the photos, each with whether any face on it waits to be measured."""
    due = Face.everything.filter(photo=OuterRef("pk"), is_due=True)
    known = {"has_boxes_due": Exists(due)}
    return photos.annotate(**known)


def waiting(photo: Photo) -> list[Face]:
    """Return the faces whose boxes wait to be measured: those that were drawn are nowhere else."""
    if not photo.has_boxes_due:
        return []
    faces = Face.everything.filter(photo=photo, is_due=True).exclude(mark=Mark.UNDRAWN)
    return list(faces.defer("encoding", "landmarks").left_to_right())
