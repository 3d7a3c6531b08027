"""A portrait is an ordinary photo of the library whose only face is a known one."""

from __future__ import annotations

from django.core.files.base import File
from django.db import transaction

from gallery.models import Face, Person, Photo
from gallery.services import people, photos, turns
from gallery.services.photos import UploadRefused

WAITING = "The portrait is being looked at."
ADDED = "Added as a known face of {name}."
NO_FACE = "No face was found on this photo. Try one that shows the face from the front."
POOR = (
    "Added as a known face of {name}, but it is a poor reference: {faults}. Add a better one too."
)
SEVERAL = "This photo shows {count} faces. Open it and name the one that is {name}."
BUSY = "{filename} is in your library already and is being looked at. Try again in a moment."
TAKEN = (
    "{filename} is in your library already, and its face is named {other}. Open it to change that."
)


def add(*, person: Person, file: File[bytes]) -> str:
    """Upload a portrait and return what happens next, as a sentence; raises UploadRefused.

    Its job says later whether it shows exactly one face; a photo that is in the library already is
    used at once.
    """
    try:
        photos.upload(owner=person.owner, file=file, portrait_of=person)
    except UploadRefused as refusal:
        if refusal.photo is None:
            raise
        return _use(refusal.photo, person)
    return WAITING


def settle(faces: list[Face], person: Person) -> str:
    """Name the only face of a portrait; the answer is a sentence, also when there is none or several."""
    if len(faces) == 1:
        people.name_as(face=faces[0], person=person)
        said = ADDED if faces[0].is_fit_for_reference else POOR
        return said.format(name=person.name, faults=", ".join(faces[0].faults))
    return SEVERAL.format(count=len(faces), name=person.name) if faces else NO_FACE


@transaction.atomic
def _use(photo: Photo, person: Person) -> str:
    turns.take(photo.owner_id)
    faces = list(Face.objects.filter(photo=photo).select_related("person", "photo"))
    if photo.job.is_open:
        raise UploadRefused("duplicate", BUSY.format(filename=photo.filename), photo)
    if len(faces) == 1 and faces[0].is_named and faces[0].person != person:
        other = faces[0].person
        raise UploadRefused("duplicate", TAKEN.format(filename=photo.filename, other=other), photo)
    answer = settle(faces, person)
    if len(faces) != 1:
        raise UploadRefused("duplicate", answer, photo)
    return answer
