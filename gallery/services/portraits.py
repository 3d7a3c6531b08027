"""A portrait is an ordinary photo of the library whose only face is a known one."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import transaction

from gallery.models import Face, Person, Photo
from gallery.services import people, photos, turns
from gallery.services.photos import UploadRefused
from gallery.words import Words, say


def add(*, owner: User, person: Person, file: File[bytes]) -> Words:
    """Upload a portrait for its owner and return what happens next, as a sentence; raises UploadRefused.

    Its job says later whether it shows exactly one face; a photo that is in the library already is
    used at once.
    """
    try:
        photos.upload(owner=owner, file=file, portrait_of=person)
    except UploadRefused as refusal:
        if refusal.photo is None:
            raise
        return use(refusal.photo, person)
    return say("portrait_waiting")


def settle(faces: list[Face], person: Person) -> Words:
    """Name the only face of a portrait; the answer is a sentence, also when there is none or several."""
    if not faces:
        return say("portrait_without_face")
    if len(faces) > 1:
        return say("portrait_of_several", count=len(faces), name=person.name)
    people.name_as(face=faces[0], person_id=person.pk)
    # Whoever adds a portrait says by which face somebody is to be known, however poor it is.
    people.add_reference(face=faces[0])
    if faces[0].is_fit_for_reference:
        return say("portrait_added", name=person.name)
    return say("portrait_poor", name=person.name, faults=faces[0].faults)


@transaction.atomic
def use(photo: Photo, person: Person) -> Words:
    """Name the only face of a photo that is there; raises UploadRefused if it is busy or another's."""
    turns.take_of(photo.owner_id)
    faces = list(Face.objects.filter(photo=photo).select_related("person", "photo"))
    if photo.job.is_open:
        raise UploadRefused("duplicate", say("portrait_busy", filename=photo.filename), photo)
    if len(faces) == 1 and faces[0].is_named and faces[0].person != person:
        taken = say("portrait_taken", filename=photo.filename, other=f"{faces[0].person}")
        raise UploadRefused("duplicate", taken, photo)
    answer = settle(faces, person)
    if len(faces) != 1:
        raise UploadRefused("duplicate", answer, photo)
    return answer
