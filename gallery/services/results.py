"""Saves what an analysis found, and carries over what a human said of the faces it finds again."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from analysis.methods import HARDER
from analysis.results import FaceResult, PhotoResult, same_faces
from gallery.children.requests import Analysed
from gallery.jobs import queue
from gallery.models import AnalysisJob, Face, KnownEncoding, Photo
from gallery.models.face import QUALITY
from gallery.models.face_queries import HIDDEN
from gallery.models.photo import TAKEN
from gallery.services import files, following, knowledge, matching, portraits, record, turns
from gallery.words import Words


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
    known_on = KnownEncoding.objects.filter(face__photo=photo)
    known = knowledge.remember(set(known_on.values_list("person", flat=True)))
    # Before names are guessed: nobody is on a photo from before their birth.
    photo.redate(analysed.result.taken)
    photo.save(update_fields=TAKEN)
    count = photo.faces.count()
    faces = _save_faces(photo, analysed.result)
    # A new photo of somebody who always looks so hard has nothing to be compared with.
    looked_harder = bool(photo.methods) and HARDER.items() <= claim.choice.items()
    photo.more_faces = max(0, photo.faces.count() - count) if looked_harder else None
    files.write(photo.preview, [analysed.preview])
    files.write(photo.thumbnail, [analysed.thumbnail])
    crops = zip(faces, analysed.crops, analysed.emotion_crops, strict=True)
    for face, crop, emotion_crop in crops:
        files.write(photo.face_crop(face.pk), [crop])
        files.write(photo.emotion_crop(face.pk), [emotion_crop])
    _answer_portrait(claim.job_id, [face for face in faces if face.mark not in HIDDEN])
    matching.match_photos(roster, [photo.pk])
    if knowledge.changed(roster, known):
        following.go_on(roster)
    # Last, as matching may take seconds: pages look back one second for changes, from when they ask.
    _save_photo(photo, analysed.result)
    return True


def _save_photo(photo: Photo, result: PhotoResult) -> None:
    photo.width, photo.height = result.width, result.height
    photo.note = Words.of(result.note) if result.note else None
    photo.turned = result.turned
    photo.methods = dict(result.methods)
    photo.changed_at = timezone.now()
    changed = ["width", "height", "note", "turned", "more_faces", "methods", "changed_at"]
    photo.save(update_fields=changed)


def _save_faces(photo: Photo, result: PhotoResult) -> list[Face]:
    """Update the faces found again, add the new ones, drop those gone; return them in result order.

    A face of which a human said something stays even when the machine finds it no more.
    """
    old = list(Face.everything.filter(photo=photo))
    again = _pair(old, result.faces)
    kept = {face.pk for face in again.values()}
    kept |= record.faces_spoken_of(face.pk for face in old)
    # Read before the rows go; the files go only once these are surely gone.
    keys = [face.pk for face in old if face.pk not in kept]
    gone = Face.everything.filter(pk__in=keys)
    crops = [of(pk) for pk in keys for of in (photo.face_crop, photo.emotion_crop)]
    transaction.on_commit(lambda: files.remove(crops))
    gone.delete()
    return [
        _save_face(again.get(index) or Face(photo=photo), found, result.methods)
        for index, found in enumerate(result.faces)
    ]


def _pair(old: list[Face], new: tuple[FaceResult, ...]) -> dict[int, Face]:
    """Return the old face for each index of `new` that has one, the best overlaps first."""
    pairs = same_faces([face.box for face in old], [found.box for found in new])
    return {index: old[number] for number, index in pairs.items()}


def _save_face(face: Face, found: FaceResult, methods: Any) -> Face:
    values = _machine_values(found) | {
        "methods": dict(methods),
        "encoder": methods["encoder"],
        "population": methods.get("population", "") if found.level is not None else "",
    }
    for name, value in values.items():
        setattr(face, name, value)
    face.save(update_fields=list(values) if face.pk else None)
    # That this face is that person is a human's word and stays; by which numbers is the network's.
    KnownEncoding.objects.filter(face=face).update(
        vector=face.encoding,
        encoder=face.encoder,
        level=face.level,
        population=face.population,
    )
    return face


def _machine_values(found: FaceResult) -> dict[str, Any]:
    return {
        "left": found.box.left,
        "top": found.box.top,
        "right": found.box.right,
        "bottom": found.box.bottom,
        "score": found.score,
        "landmarks": found.landmarks,
        "encoding": found.encoding,
        "level": found.level,
        "age_years": found.age.years,
        "age_low": found.age.low,
        "age_high": found.age.high,
        "age_bracket": found.age.bracket,
        "age_confidence": found.age.confidence,
        "gender": found.gender.label,
        "gender_confidence": found.gender.confidence,
        "emotion": found.emotion.label,
        "emotion_confidence": found.emotion.confidence,
        "emotion_scores": dict(found.emotion.scores),
        "has_emotion_crop": True,
    } | {column: getattr(found.quality, name, None) for column, name in QUALITY.items()}


def _answer_portrait(job_id: int, faces: list[Face]) -> None:
    job = AnalysisJob.objects.select_related("portrait_of").get(pk=job_id)
    # Whoever was merged or deleted meanwhile is somebody else, or nobody.
    person = job.portrait_of and job.portrait_of.stands_for
    if person is not None:
        job.answer = portraits.settle(faces, person)
        job.save(update_fields=["answer"])
