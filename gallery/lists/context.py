"""The list in which one goes from photo to photo, as an address names it: `?in=person:7`.

A new kind of list is one function and its line in KINDS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q
from django.utils.translation import gettext as _

from gallery.lists import person_photos
from gallery.lists.person_photos import ALL, Narrowed
from gallery.models import Album, Face, FaceGroup, Person, Photo
from gallery.models.face_queries import NamedBy
from gallery.models.photo import PhotoQuerySet

Owner = AbstractBaseUser | AnonymousUser
PARAMETER = "in"


@dataclass(frozen=True, slots=True)
class Context:
    """Photos through which one goes, newest first.

    `key` is what an address says of the list, empty for the whole library; `name` what the way back is
    called, empty where that is the library; `page` the address that shows the list, `narrowed` what that
    says besides, and `part` of it where the list is no wall of photos.
    """

    photos: PhotoQuerySet
    page: str
    key: str = ""
    name: str = ""
    part: str = ""
    narrowed: str = ""

    @property
    def query(self) -> str:
        """What is added to addresses that stay in the list."""
        return f"?{urlencode({PARAMETER: self.key}, safe=':')}" if self.key else ""

    @property
    def way_back(self) -> str:
        return (
            _("Back to %(name)s") % {"name": self.name} if self.name else _("Back to the library")
        )

    @property
    def keys(self) -> Sequence[int]:
        """The photos' keys in their order."""
        return [*self.photos.order_by("-pk").values_list("pk", flat=True)]

    def address_of(self, photo: Photo, **more: object) -> str:
        """Return the photo's address within the list; `more` is said in it besides."""
        said = ({PARAMETER: self.key} if self.key else {}) | more
        query = f"?{urlencode(said, safe=':')}" if said else ""
        return f"{photo.get_absolute_url()}{query}"

    def back_from(self, pk: int) -> str:
        """Return the address of the list where it shows that photo."""
        if self.part:
            return f"{self.page}#{self.part}"
        narrowed = f"{self.narrowed}&" if self.narrowed else ""
        return f"{self.page}?{narrowed}around={pk}#photo-{pk}"

    def around(self, pk: int) -> tuple[Photo | None, Photo | None]:
        """Return the photos before and after one, which need not be in the list any more."""
        newer = self.photos.filter(pk__gt=pk).order_by("pk").first()
        older = self.photos.filter(pk__lt=pk).select_related("job").order_by("-pk").first()
        return newer, older


def of(user: Owner, text: str) -> Context | None:
    """Return the list that an address names; None where it names none of the user's."""
    kind, *keys = text.split(":")
    are_numbers = all(key.isdecimal() and len(key) < 19 for key in keys)
    return _find(user, kind, [int(key) for key in keys]) if are_numbers else None


def _find(user: Owner, kind: str, keys: Sequence[int]) -> Context | None:
    find, count = KINDS.get(kind, (None, 0))
    return None if find is None or len(keys) != count else find(user, *keys)


def _somebodys(find: Callable[..., Context]) -> Callable[..., Context | None]:
    """Return what finds a list of one of the user's people, by key."""

    def found(user: Owner, key: int, *more: int) -> Context | None:
        person = Person.objects.visible_to(user).told_apart().filter(pk=key).first()
        return find(user, person, *more) if person else None

    return found


def of_person(user: Owner, person: Person, narrowed: Narrowed = ALL) -> Context:
    """Return the photos on which a human said that the person is, as far as they are wanted."""
    what, _is, which = narrowed.query.partition("=")
    return Context(
        person_photos.said(person, user, narrowed),
        person.get_absolute_url(),
        f"{what}:{person.pk}:{which}" if narrowed else f"person:{person.pk}",
        person.shown_name,
        narrowed=narrowed.query,
    )


def _of_year(user: Owner, person: Person, year: int) -> Context:
    return of_person(user, person, Narrowed.to_year(year))


def _with(user: Owner, person: Person, other: int) -> Context:
    return of_person(user, person, Narrowed.to(person, other))


def asked_about(user: Owner, person: Person) -> Context:
    """Return the photos with a face that is guessed to be the person, or of which that is asked."""
    said = Q(person=person, named_by=NamedBy.MACHINE) | Q(suggestion=person)
    faces = Face.objects.filter(said)
    photos = Photo.objects.visible_to(user).filter(pk__in=faces.values("photo"))
    key = f"asked:{person.pk}"
    return Context(photos, person.get_absolute_url(), key, person.shown_name, part="person-faces")


def of_group(user: Owner, key: int) -> Context | None:
    """Return the photos with a face of a group of unknown ones."""
    group = FaceGroup.objects.visible_to(user).filter(pk=key).first()
    if group is None:
        return None
    faces = Face.objects.filter(grouped__group=group).unknown()
    photos = Photo.objects.visible_to(user).filter(pk__in=faces.values("photo"))
    page, name = group.get_absolute_url(), _("the group")
    return Context(photos, page, f"group:{key}", name, part="group-faces")


@dataclass(frozen=True, slots=True)
class _InAlbum(Context):
    """The user's photos in an album, in its order; those of others have pages of the album's own."""

    album: Album = field(kw_only=True)
    user: Owner = field(kw_only=True)

    @property
    def keys(self) -> Sequence[int]:
        mine = self.album.in_order().visible_to(self.user)
        return list(mine.values_list("pk", flat=True))

    def around(self, pk: int) -> tuple[Photo | None, Photo | None]:
        keys = self.keys
        if pk not in keys:
            return None, None
        at = keys.index(pk)
        beside = [keys[at - 1] if at else 0, keys[at + 1] if at + 1 < len(keys) else 0]
        found = self.photos.select_related("job").in_bulk(beside)
        return found.get(beside[0]), found.get(beside[1])


def of_album(user: Owner, key: int) -> Context | None:
    """Return the user's photos in an album that they read, by hand or by date."""
    album = Album.objects.readable_by(user).filter(pk=key, search="").first()
    if album is None:
        return None
    photos = Photo.objects.visible_to(user).filter(album_photos__album=album)
    return _InAlbum(
        photos, album.get_absolute_url(), f"album:{key}", album.name, album=album, user=user
    )


# Of each kind how its list is found, and how many numbers name it.
KINDS: Mapping[str, tuple[Callable[..., Context | None], int]] = {
    "person": (_somebodys(of_person), 1),
    "asked": (_somebodys(asked_about), 1),
    "year": (_somebodys(_of_year), 2),
    "with": (_somebodys(_with), 2),
    "group": (of_group, 1),
    "album": (of_album, 1),
}
