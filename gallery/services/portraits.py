"""A portrait is an ordinary photo of the library whose only face is a known one.

Where it shows several faces it waits until a human chooses the one (`choose`) or says that none is.
"""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext

from analysis.naming import Answer
from gallery.models import AnalysisJob, Face, GroupPortrait, Person, Photo
from gallery.models.record import Did
from gallery.services import explaining, people, photos, turns, unused
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


# What is said of one that was added although something speaks against it.
DOUBTS = {"portrait_of_another", "portrait_unlike"}


def settle(faces: list[Face], person: Person) -> Words:
    """Name the only face of a portrait; the answer is a sentence, also when there is none or several."""
    if not faces:
        return say("portrait_without_face")
    if len(faces) > 1:
        GroupPortrait.objects.get_or_create(photo_id=faces[0].photo_id, person=person)
        return say("portrait_of_several", count=len(faces), name=person.name)
    doubt = _doubt(faces[0], person)
    # Whoever adds a portrait says by which face somebody is to be known, however poor it is.
    people.name_as(face=faces[0], person_id=person.pk, did=Did.PORTRAIT, is_known=True)
    people.add_reference(face=faces[0])  # Had it the name before, without being one.
    if doubt is not None:
        return doubt
    if faces[0].is_fit_for_reference:
        return say("portrait_added", name=person.name)
    return say("portrait_poor", name=person.name, faults=faces[0].faults)


def _doubt(face: Face, person: Person) -> Words | None:
    """Return what to say of a face that surely is somebody else's, or far from the person's others."""
    found = explaining.why(face)
    first = found.first
    if first and found.answer is Answer.SURE and first.person != person:
        return say("portrait_of_another", name=person.name, other=first.person.name)
    if not person.encodings.filter(encoder=face.encoder).exclude(face=face).exists():
        return None
    near = [one for one in found.near if one.person == person]
    if near and near[0].reasoned.likeness.normalised <= found.limits.maybe:
        return None
    return say("portrait_unlike", name=person.name)


def use(photo: Photo, person: Person) -> Words:
    """Name the only face of a photo that is there, once it has been looked at; raises UploadRefused.

    That is if it is looked at again or another's portrait, if a human named the face otherwise, and if it
    does not show one face; where it shows several, whose is whose is asked from then on.
    """
    answer, is_alone = _use(photo, person)
    # Out of the transaction, which would take the question back.
    if not is_alone:
        raise UploadRefused("duplicate", answer, photo)
    return answer


@transaction.atomic
def _use(photo: Photo, person: Person) -> tuple[Words, bool]:
    turns.take_of(photo.owner_id)
    faces = list(Face.objects.filter(photo=photo).select_related("person", "photo"))
    job = AnalysisJob.objects.get(photo=photo)
    if job.is_open and not faces and job.portrait_of_id in (None, person.pk):
        # Nobody has said anything of it yet, so it may as well have come as a portrait.
        job.portrait_of = person
        job.save(update_fields=["portrait_of"])
        return say("portrait_waiting"), True
    if job.is_open:
        raise UploadRefused("duplicate", say("portrait_busy", filename=photo.filename), photo)
    if len(faces) == 1 and faces[0].is_named and faces[0].person != person:
        taken = say("portrait_taken", filename=photo.filename, other=f"{faces[0].person}")
        raise UploadRefused("duplicate", taken, photo)
    return settle(faces, person), len(faces) == 1


@transaction.atomic
def choose(*, group: GroupPortrait, face: Face) -> Words:
    """Say which face of a picture of several is the person's, and know them by it, however poor it is.

    Raises NameRefused if a human has said that it is somebody else's, or it is gone.
    """
    turns.take_of(group.photo.owner_id)
    now = Face.objects.filter(pk=face.pk, photo=group.photo_id).select_related("person", "photo")
    current, person = now.first(), group.person.stands_for
    if current is None:
        raise people.NameRefused(people.GONE)
    if person is None:
        raise people.NameRefused(people.NOBODY)
    if current.is_named and current.person != person:
        raise people.NameRefused(
            gettext("This face is %(name)s already. Open the photo to change that.")
            % {"name": f"{current.person}"}
        )
    GroupPortrait.objects.filter(pk=group.pk).delete()
    return settle([current], person)


@transaction.atomic
def dismiss(group: GroupPortrait) -> None:
    """Say that no face of the picture is the person's; whom nothing else names is forgotten."""
    turns.take(group.person.roster_id)
    GroupPortrait.objects.filter(pk=group.pk).delete()
    unused.settle([group.person_id])
