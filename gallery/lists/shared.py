"""What those with whom an album is shared see of its photos: pictures, boxes, and names where they may.

Only what a human said is a name here, and of nobody who is hidden or does not want to be recognised.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Prefetch
from django.utils.translation import gettext as _

from analysis.dates import Taken
from gallery.models import Face, Photo
from gallery.models.face_queries import Mark

COLUMNS = (
    "photo_id", "left", "top", "right", "bottom", "named_by", "mark", "person__name",
    "person__is_hidden", "person__gone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SharedFace:
    """Where a face is, and who it is, where that may be read and anybody said it."""

    left: int
    top: int
    width: int
    height: int
    name: str = ""
    colour: int | None = None

    @property
    def state(self) -> str:
        return "named" if self.name else "unknown"


@dataclass(frozen=True, slots=True)
class SharedPhoto:
    """A photo as a reader of an album sees it; without names `title` and `caption` are empty."""

    pk: int
    owner_id: int
    width: int
    height: int
    taken: Taken | None
    has_picture: bool
    has_small: bool
    faces: Sequence[SharedFace]
    title: str
    caption: str

    @property
    def aspect(self) -> float:
        return self.width / self.height if self.width and self.height else 1.5

    @property
    def words(self) -> str:
        """What is said of the picture to whoever does not see it."""
        names = [face.name for face in self.faces if face.name]
        return self.caption or ", ".join(names) or self.title or _("Photo")


def photos(found: Sequence[int], reads_names: Callable[[Photo], bool]) -> list[SharedPhoto]:
    """Return photos, by key and in that order, as somebody reads them; by two queries."""
    faces = Face.objects.filter(mark__in=[Mark.NONE, Mark.STRANGER, Mark.PRIVATE])
    faces = faces.select_related("person").only(*COLUMNS).left_to_right()
    rows = Photo.objects.filter(pk__in=found).prefetch_related(Prefetch("faces", queryset=faces))
    there: Mapping[int, Photo] = {photo.pk: photo for photo in rows}
    return [_shown(there[key], reads_names(there[key])) for key in found if key in there]


def _shown(photo: Photo, reads_names: bool) -> SharedPhoto:
    taken = photo.taken
    is_dated = taken is not None and taken.source != "upload"
    return SharedPhoto(
        pk=photo.pk,
        owner_id=photo.owner_id,
        width=photo.width or 0,
        height=photo.height or 0,
        taken=taken if is_dated else None,
        has_picture=photo.has_picture,
        has_small=photo.has_small,
        faces=[_face(face, reads_names) for face in photo.faces.all()],
        title=photo.filename if reads_names else "",
        caption=photo.caption if reads_names else "",
    )


def _face(face: Face, reads_names: bool) -> SharedFace:
    place = face.left, face.top, face.width, face.height
    person = face.person if reads_names and face.is_named and face.mark == Mark.NONE else None
    if person is None or person.is_hidden or person.gone:
        return SharedFace(*place)
    return SharedFace(*place, person.name, person.colour)
