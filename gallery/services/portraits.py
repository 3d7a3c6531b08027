"""A portrait is an ordinary photo of the library whose only face is a known one."""

from __future__ import annotations

from django.core.files.base import File

from gallery.models import Person
from gallery.services import people, photos
from gallery.services.photos import UploadRefused

WAITING = "The portrait is being looked at."
ADDED = "{filename}, which was in your library already, is now a known face of {name}."


def add(*, person: Person, file: File[bytes]) -> str:
    """Upload a portrait and return what happens next, as a sentence; raises UploadRefused.

    Its job says later whether it holds exactly one face. A photo that is in the library already, done
    and with one face, is used at once.
    """
    try:
        photos.upload(owner=person.owner, file=file, portrait_of=person)
    except UploadRefused as refusal:
        photo = refusal.photo
        if photo is None or photo.faces.count() != 1:
            raise
        people.name_face(face=photo.faces.get(), name=person.name)
        return ADDED.format(filename=photo.filename, name=person.name)
    return WAITING
