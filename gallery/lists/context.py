"""The list in which one goes from photo to photo, as an address names it: `?in=person:7`.

A new kind of list is one function and its line in KINDS.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from gallery.models import Face, Person, Photo
from gallery.models.face_queries import NamedBy
from gallery.models.photo import PhotoQuerySet

Owner = AbstractBaseUser | AnonymousUser
PARAMETER = "in"


@dataclass(frozen=True, slots=True)
class Context:
    """Photos through which one goes, newest first.

    `key` is what an address says of the list, empty for the whole library; `name` what the way back is
    called, empty where that is the library; `page` the address that shows the list, and `part` of it where
    the list is no wall of photos.
    """

    photos: PhotoQuerySet
    page: str
    key: str = ""
    name: str = ""
    part: str = ""

    @property
    def query(self) -> str:
        """What is added to addresses that stay in the list."""
        return f"?{urlencode({PARAMETER: self.key}, safe=':')}" if self.key else ""

    @property
    def way_back(self) -> str:
        return (
            _("Back to %(name)s") % {"name": self.name} if self.name else _("Back to the library")
        )

    def address_of(self, photo: Photo, **more: object) -> str:
        """Return the photo's address within the list; `more` is said in it besides."""
        said = ({PARAMETER: self.key} if self.key else {}) | more
        query = f"?{urlencode(said, safe=':')}" if said else ""
        return f"{photo.get_absolute_url()}{query}"

    def back_from(self, pk: int) -> str:
        """Return the address of the list where it shows that photo."""
        return f"{self.page}#{self.part}" if self.part else f"{self.page}?around={pk}#photo-{pk}"

    def around(self, pk: int) -> tuple[Photo | None, Photo | None]:
        """Return the photos before and after one, which need not be in the list any more."""
        newer = self.photos.filter(pk__gt=pk).order_by("pk").first()
        older = self.photos.filter(pk__lt=pk).select_related("job").order_by("-pk").first()
        return newer, older


def of(user: Owner, text: str) -> Context:
    """Return the list that an address names; the whole library where it names none of the user's."""
    kind, _colon, key = text.partition(":")
    find = KINDS.get(kind) if key.isdecimal() and len(key) < 19 else None
    found = find(user, int(key)) if find else None
    return found or Context(Photo.objects.visible_to(user), reverse("library"))


def of_person(user: Owner, person: Person) -> Context:
    """Return the photos on which a human said that the person is."""
    said = Q(person=person, named_by=NamedBy.HUMAN)
    return _about(user, person, f"person:{person.pk}", said)


def asked_about(user: Owner, person: Person) -> Context:
    """Return the photos with a face that is guessed to be the person, or of which that is asked."""
    said = Q(person=person, named_by=NamedBy.MACHINE) | Q(suggestion=person)
    return _about(user, person, f"asked:{person.pk}", said, part="person-faces")


def _about(user: Owner, person: Person, key: str, said: Q, part: str = "") -> Context:
    faces = Face.objects.filter(said)
    photos = Photo.objects.visible_to(user).filter(pk__in=faces.values("photo"))
    return Context(photos, person.get_absolute_url(), key, person.shown_name, part)


def _found(make: Callable[[Owner, Person], Context]) -> Callable[[Owner, int], Context | None]:
    def find(user: Owner, pk: int) -> Context | None:
        people = Person.objects.visible_to(user).told_apart().filter(pk=pk)
        return next((make(user, person) for person in people), None)

    return find


KINDS: Mapping[str, Callable[[Owner, int], Context | None]] = {
    "person": _found(of_person),
    "asked": _found(asked_about),
}
