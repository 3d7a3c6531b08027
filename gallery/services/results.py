"""Saves what an analysis found, and carries over what a human said of the faces it finds again."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from analysis.matching import distance
from analysis.methods import HARDER
from analysis.results import FaceResult, PhotoResult, same_faces
from gallery.children.requests import Analysed
from gallery.jobs import queue
from gallery.models import AnalysisJob, Face, KnownEncoding, Photo, Roster
from gallery.models.dated import TAKEN
from gallery.models.face_queries import FOR_NOW, HIDDEN, Lost, Mark
from gallery.models.photo import SHOT
from gallery.models.record import Topic
from gallery.services import (
    boxes,
    consequences,
    derived,
    files,
    knowledge,
    measured,
    portraits,
    record,
    turns,
)
from gallery.services.derived import Changed, private
from gallery.services.erasing import again
from gallery.services.record import Register
from gallery.words import Words

# Encodings of one face in two boxes are 0.04 apart, and at most 0.26 (`analysis.given`).
THE_SAME = 0.3


@transaction.atomic
def save(*, claim: queue.Claim, analysed: Analysed) -> bool:
    """Save faces and files under the claim's lease; False, and nothing written, if it was lost.

    Everything happens in one transaction with the closing of the job, so a photo is either not done or
    done with all its faces; files are written again by the next attempt if this one dies here.
    """
    roster = turns.take_of(claim.owner_id)
    if not queue.finish(claim):
        return False
    photo = Photo.objects.select_for_update().get(pk=claim.photo_id)
    analysed = again.left_out(photo, analysed)
    known_on = KnownEncoding.objects.filter(face__photo=photo)
    known = knowledge.remember(set(known_on.values_list("person", flat=True)))
    # Before names are guessed: nobody is on a photo from before their birth.
    photo.redate(analysed.result.taken)
    photo.shot = analysed.result.shot
    photo.save(update_fields=[*TAKEN, *SHOT])
    count = photo.faces.count()
    places = _save_faces(photo, analysed.result)
    faces = [face for face in places if face is not None]
    changed = _settle_hidden(roster, photo, faces)
    # A new photo of somebody who always looks so hard has nothing to be compared with.
    looked_harder = bool(photo.methods) and HARDER.items() <= claim.choice.items()
    photo.more_faces = max(0, photo.faces.count() - count) if looked_harder else None
    files.write(photo.preview, [analysed.preview])
    files.write(photo.thumbnail, [analysed.thumbnail])
    files.write(photo.small, [analysed.small])
    for face, *crops in zip(places, analysed.crops, analysed.emotion_crops, strict=True):
        if face is not None:
            measured.write_crops(face, *crops)
    _answer_portrait(claim.job_id, [face for face in faces if face.mark not in HIDDEN])
    changed.unmatched.add(photo.pk)
    changed.has_names_follow |= knowledge.changed(roster, known)
    changed.has_boxes |= any(face.is_due for face in faces)
    changed.has_groups_follow = True
    consequences.follow(roster, changed)
    # Last, as matching may take seconds: pages look back one second for changes, from when they ask.
    _save_photo(photo, analysed.result)
    return True


def _save_photo(photo: Photo, result: PhotoResult) -> None:
    photo.width, photo.height = result.width, result.height
    photo.note = Words.of(result.note) if result.note else None
    photo.turned = result.turned
    photo.methods = dict(result.methods)
    photo.has_small = True
    photo.changed_at = timezone.now()
    changed = ["width", "height", "note", "turned", "more_faces", "methods", "has_small"]
    photo.save(update_fields=[*changed, "changed_at"])


def _save_faces(photo: Photo, result: PhotoResult) -> list[Face | None]:
    """Update the faces found again, add the new ones, drop those gone; return them in result order.

    A face of which a human said something stays even when the machine finds it no more. There is none where
    a human took a box back while the photo was analysed.
    """
    old = list(Face.everything.filter(photo=photo))
    again = _pair(old, result.faces, result.methods["encoder"])
    kept = {face.pk for face in again.values()} | {face.pk for face in old if face.is_drawn}
    kept |= record.faces_spoken_of(face.pk for face in old)
    _drop(photo, [face.pk for face in old if face.pk not in kept])
    found = {face.pk for face in again.values()}
    _lose([face for face in old if face.pk in kept and face.pk not in found])
    faces = [again.get(index) or Face(photo=photo) for index in range(len(result.faces))]
    return [
        measured.save(face, found, result.methods) if boxes.found_again(face, found) else None
        for face, found in zip(faces, result.faces, strict=True)
    ]


def _lose(faces: Sequence[Face]) -> None:
    """Have it be asked whether faces stay of which something is said, and which were not found again."""
    asked = [
        face.pk
        for face in faces
        if not face.has_humans_box and face.mark not in {Mark.NO_FACE, Mark.UNDRAWN}
    ]
    Face.everything.filter(pk__in=asked, lost=Lost.FOUND).update(lost=Lost.ASKED)


def _drop(photo: Photo, keys: list[int]) -> None:
    crops = [of(pk) for pk in keys for of in (photo.face_crop, photo.emotion_crop)]
    # The files go only once the rows are surely gone.
    transaction.on_commit(lambda: files.remove(crops))
    Face.everything.filter(pk__in=keys).delete()


def _pair(old: list[Face], new: tuple[FaceResult, ...], encoder: str) -> dict[int, Face]:
    """Return the old face for each index of `new` that has one, the best overlaps first.

    Where the boxes hardly overlap, it is the same face if it looks the same.
    """
    pairs = same_faces([face.box for face in old], [found.box for found in new])
    again = {index: old[number] for number, index in pairs.items()}
    left = [face for face in old if face not in again.values() and face.encoder == encoder]
    for index, found in enumerate(new):
        alike = [face for face in left if index not in again and _looks_the_same(face, found)]
        if alike:
            again[index] = min(alike, key=lambda face: _apart(face, found))
            left.remove(again[index])
    return again


def _looks_the_same(face: Face, found: FaceResult) -> bool:
    return face.box.intersection(found.box) > 0 and _apart(face, found) < THE_SAME


def _apart(face: Face, found: FaceResult) -> float:
    return distance(face.encoding, found.encoding)


def _settle_hidden(roster: Roster, photo: Photo, faces: Sequence[Face]) -> Changed:
    """Have those be shown that were drawn and are measured now, or that are found again.

    Of those that were not found again it is settled whether somebody has said what becomes of them. Nothing
    is shown of faces that are those of people who do not want to be recognised.
    """
    hidden = {face.pk: face for face in faces if face.mark in FOR_NOW}
    looked_at = {face.pk: face for face in faces} if private.is_of_use(roster) else {}
    lost = Face.everything.filter(photo=photo).exclude(lost=Lost.FOUND)
    keys = {*hidden, *lost.values_list("pk", flat=True)}
    names = [Register(Topic.NAME, key) for key in looked_at]
    changed = derived.settle(roster, [*boxes.words_of(keys), *names])
    for face in (hidden | looked_at).values():
        face.refresh_from_db(fields=["mark", "person", "named_by"])
    return changed


def _answer_portrait(job_id: int, faces: list[Face]) -> None:
    job = AnalysisJob.objects.select_related("portrait_of").get(pk=job_id)
    # Whoever was merged or deleted meanwhile is somebody else, or nobody.
    person = job.portrait_of and job.portrait_of.stands_for
    if person is not None:
        job.answer = portraits.settle(faces, person)
        job.save(update_fields=["answer"])
