"""Photos as pages list them."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Prefetch
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from analysis.dates import Source
from gallery import times
from gallery.models import Face, Photo
from gallery.models.face_queries import Mark
from gallery.models.photo import PhotoQuerySet


def cards(photos: PhotoQuerySet) -> PhotoQuerySet:
    """Return the photos with all that a card shows, newest first, in two queries."""
    faces = Face.objects.filter(mark=Mark.NONE).select_related("person").left_to_right()
    # Without the vectors, a kilobyte a face.
    faces = faces.only(
        *("photo_id", "left", "top", "right", "bottom", "named_by", "mark"),
        *("suggestion_id", "lost", "person__name", "person__is_hidden"),
    )
    others = Face.everything.put_aside(Mark.STRANGER, Mark.PRIVATE).filter(photo=OuterRef("pk"))
    told = {"has_others": Exists(others)}
    newest_first = photos.select_related("job").annotate(**told).order_by("-pk")
    return newest_first.prefetch_related(Prefetch("faces", queryset=faces))


def in_words(photo: Photo) -> str:
    """Say what a card shows to whoever can't see it: "Ada and one unknown face, 3 May 2019".

    That is who is on the photo, guesses as such, nobody who is hidden; and when it was taken, unless
    nobody knows better than by its upload. Of a photo that was never analysed it is the file's name.
    """
    if not photo.has_picture:
        return photo.filename
    said = [_who(photo) or (_("nobody to name") if photo.has_others else _("no face"))]
    if (taken := photo.taken) and taken.source is not Source.UPLOAD:
        said.append(times.day(taken))
    return capfirst(", ".join(said))


def _who(photo: Photo) -> str:
    people: dict[int, str] = {}
    for face in photo.faces.all():
        if face.person is None or face.person.is_hidden:
            continue
        name = face.person.name
        told = name if face.is_named else _("perhaps %(name)s") % {"name": name}
        before = people.setdefault(face.person.pk, told)
        people[face.person.pk] = told if face.is_named else before
    named = sum(bool(face.person and face.person.pk in people) for face in photo.faces.all())
    parts = [*people.values()]
    if unknown := photo.face_count - named:
        words = ngettext("one unknown face", "%(count)s unknown faces", unknown)
        parts.append(words % {"count": unknown})
    if len(parts) < 2:
        return "".join(parts)
    return _("%(others)s and %(last)s") % {"others": ", ".join(parts[:-1]), "last": parts[-1]}
