"""Photos as pages list them."""

from __future__ import annotations

from django.db.models import Prefetch

from gallery.models import Face
from gallery.models.face_queries import Mark
from gallery.models.photo import PhotoQuerySet


def cards(photos: PhotoQuerySet) -> PhotoQuerySet:
    """Return the photos with all that a card shows, newest first, in two queries."""
    faces = Face.objects.filter(mark=Mark.NONE).select_related("person").left_to_right()
    # Without the vectors, a kilobyte a face.
    faces = faces.only("photo_id", "left", "top", "named_by", "person__name", "person__is_hidden")
    newest_first = photos.select_related("job").order_by("-pk")
    return newest_first.prefetch_related(Prefetch("faces", queryset=faces))
