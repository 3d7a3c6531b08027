"""Makes photos, faces, people and results that look real, without any network."""

from __future__ import annotations

import hashlib
import io
import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from analysis.dates import Taken
from analysis.methods import DEFAULT
from analysis.results import (
    EMOTIONS,
    AgeEstimate,
    Array,
    Box,
    EmotionEstimate,
    FaceResult,
    GenderEstimate,
    PhotoResult,
    Quality,
)
from analysis.sentences import Sentence
from analysis.shot import NOTHING, Shot
from gallery.children.requests import Analysed, Measured
from gallery.jobs import queue, tasks
from gallery.models import AnalysisJob, Face, KnownEncoding, Person, Photo, Roster
from gallery.models.face import QUALITY
from gallery.models.leased import State
from gallery.services import matching, measuring, people, unmeasured

ENCODER = "dlib-resnet-v1/dlib-5"
# What a photo carries that is analysed now.
METHODS = DEFAULT.carried() | {"colour": "sRGB"}
# When a photo was taken that nobody dated but by its upload, and one that no earlier version dated.
UPLOADED: dict[str, Any] = {
    "taken_at": datetime(2026, 1, 2, 3, 4),
    "taken_offset": 0,
    "taken_from": "upload",
    "camera": "",
}
UNDATED: dict[str, Any] = {
    "taken_at": None,
    "taken_offset": None,
    "taken_from": "",
    "camera": None,
}
BOX = Box(10, 10, 50, 50)
# A face that looks into the camera, and one of 12 px in the dark.
CLEAR = Quality(size=90, sharpness=0.8, brightness=0.5, yaw=2, pitch=-3, roll=1, score=0.95)
POOR = Quality(size=6, sharpness=0.02, brightness=0.1, yaw=70, pitch=5, roll=-9, score=0.01)
_numbers = itertools.count(1)


def jpeg(width: int = 64, height: int = 48) -> bytes:
    """Return a small JPEG that no other call returns."""
    number = next(_numbers)
    colour = (number % 256, number * 7 % 256, number * 31 % 256)
    return encoded(Image.new("RGB", (width, height), colour), "JPEG", comment=f"{number}")


def encoded(image: Image.Image, image_format: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    image.save(buffer, image_format, **options)
    return buffer.getvalue()


def grey_png() -> bytes:
    """Return a small grey PNG, as emotion networks are asked about."""
    return encoded(Image.new("L", (96, 96), next(_numbers) % 256), "PNG")


def upload_file(name: str = "party.jpg", content: bytes | None = None) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, jpeg() if content is None else content)


# Of one that failed the first time nothing is known.
NEVER_ANALYSED: dict[str, dict[str, Any]] = {
    State.FAILED: {"width": None, "height": None, "methods": {}, "has_small": False}
}


def make_photo(owner: User, *, state: str = "done", files: bool = False, **fields: Any) -> Photo:
    """Save a photo whose job is in `state`; with `files`, also the files that go with it."""
    content = jpeg()
    values = {
        "filename": "party.jpg", "format": "JPEG", "size": len(content), "width": 64, "height": 48,
        "sha256": hashlib.sha256(content).hexdigest(), "methods": METHODS,
        "has_small": True,
    } | UPLOADED | NEVER_ANALYSED.get(state, {}) | fields  # fmt: skip
    photo = Photo.objects.create(owner=owner, **values)
    AnalysisJob.objects.create(photo=photo, **_job_fields(state))
    if files:
        photo.folder.mkdir(parents=True)
        for path in (photo.original, photo.preview, photo.thumbnail, photo.small):
            path.write_bytes(content)
    return photo


def _job_fields(state: str) -> dict[str, Any]:
    fields: dict[str, Any] = {"state": state}
    if state == State.FAILED:
        fields["error"] = "This file is not a photo we can read. Try a JPEG or PNG."
    return fields


def vector(seed: int) -> Array:
    """Return an encoding of the length that dlib's have; two seeds are about 2 apart."""
    numbers = np.random.default_rng(seed).normal(size=128)
    return (1.4 * numbers / np.linalg.norm(numbers)).astype(np.float32)


def near(encoding: Array, distance: float, seed: int = 0) -> Array:
    """Return an encoding at `distance` from `encoding`."""
    step = np.random.default_rng(1000 + seed).normal(size=128)
    return (encoding + distance * step / np.linalg.norm(step)).astype(np.float32)


def whole(encoding: Array, seed: int = 0, away: float = 0.0) -> Array:
    """Return an encoding with the second network's numbers too, `away` from those that `seed` gives."""
    second = np.random.default_rng(5000 + seed).normal(size=128)
    step = np.random.default_rng(6000 + seed).normal(size=128)
    numbers = 0.5 * second / np.linalg.norm(second) + away * step / np.linalg.norm(step)
    return np.concatenate([encoding, numbers]).astype(np.float32)


def make_face(
    photo: Photo,
    encoding: Array | None = None,
    *,
    box: Box = BOX,
    crop: bool = False,
    quality: Quality | None = None,
    **fields: Any,
) -> Face:
    measured = {column: getattr(quality, name, None) for column, name in QUALITY.items()}
    values = {
        "left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom, "score": 0.9,
        "landmarks": np.linspace(10, 50, 136), "encoder": ENCODER, "methods": METHODS,
        "encoding": vector(next(_numbers)) if encoding is None else encoding,
        "age_years": 34.2, "age_bracket": "(25-32)", "age_confidence": 0.6,
        "gender": "female", "gender_confidence": 0.9,
        "emotion": "happy", "emotion_confidence": 0.82, "emotion_scores": _scores("happy"),
    } | measured | fields  # fmt: skip
    face = Face.objects.create(photo=photo, **values)
    if crop:
        path = photo.face_crop(face.pk)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(jpeg(16, 16))
        photo.emotion_crop(face.pk).write_bytes(grey_png())
        Face.objects.filter(pk=face.pk).update(has_emotion_crop=True)
        face.has_emotion_crop = True
    return face


def sad_face(photo: Photo, **fields: Any) -> Face:
    """Save a face that the network takes for sad, then neutral, then angry."""
    scores = {"happy": 0.03, "neutral": 0.2, "sad": 0.62, "angry": 0.15}
    told = {"emotion": "sad", "emotion_confidence": 0.62, "emotion_scores": scores}
    values: dict[str, Any] = told | fields
    return make_face(photo, **values)


def make_known(owner: User, name: str, encoding: Array | None = None, **fields: Any) -> Face:
    """Save a photo with one face that a human named; return the face."""
    photo = make_photo(owner, files=fields.get("crop", False))
    face = make_face(photo, encoding, **fields)
    people.name_face(face=face, name=name)
    face.refresh_from_db()
    return face


def make_person(owner: User, name: str) -> Person:
    """Save a person of the owner's roster whom nothing is known of yet."""
    return Person.objects.create(roster=Roster.objects.of(owner.pk), name=name)


def rematch(owner: User) -> int:
    """Guess again for all faces that go by the owner's roster; return how many guesses changed."""
    return matching.rematch(Roster.objects.of(owner.pk))


def known_encoding(face: Face) -> KnownEncoding:
    return KnownEncoding.objects.get(face=face)


def person_called(name: str) -> Person:
    return Person.objects.get(name=name)


def fresh(face: Face) -> Face:
    """Return the face as the database has it now."""
    return Face.objects.select_related("person", "photo").get(pk=face.pk)


def found_face(
    encoding: Array, box: Box = BOX, emotion: str = "happy", quality: Quality | None = None
) -> FaceResult:
    return FaceResult(
        box=box,
        score=0.95,
        landmarks=np.full((68, 2), 20, dtype=np.float32),
        encoding=encoding,
        age=AgeEstimate(41.0, "(38-43)", 0.7, low=33.0, high=52.0),
        gender=GenderEstimate("male", 0.8),
        emotion=EmotionEstimate(emotion, 0.82, _scores(emotion)),
        quality=quality,
    )


def analysed(
    *faces: FaceResult,
    encoder: str = ENCODER,
    note: Sentence | None = None,
    turned: int = 0,
    taken: Taken | None = None,
    shot: Shot = NOTHING,
) -> Analysed:
    """Return what a child process answers when it finds `faces`."""
    methods = METHODS | {"encoder": encoder}
    return Analysed(
        result=PhotoResult(640, 480, faces, methods, note, turned, taken, shot),
        preview=jpeg(),
        thumbnail=jpeg(),
        small=jpeg(),
        crops=tuple(jpeg(16, 16) for _ in faces),
        emotion_crops=tuple(grey_png() for _ in faces),
    )


def measured(owner: User, find: Callable[[Box], FaceResult]) -> int:
    """Have the owner's faces that wait for it measured, as a child would; return of how many photos."""
    photos = 0
    while task := tasks.claim([unmeasured.KIND]):
        assert task.owner_id == owner.pk
        while asked := measuring.next_of(task):
            found = [replace(find(box), is_given=True) for box in asked.request.boxes]
            crops = tuple(jpeg(16, 16) for _ in found), tuple(grey_png() for _ in found)
            measuring.save(task, asked, Measured(tuple(found), METHODS, *crops))
            photos += 1
    return photos


def claimed(photo: Photo) -> queue.Claim:
    """Queue the photo again and claim it; no other job may be due."""
    queue.enqueue(photo)
    claim = queue.claim()
    assert claim is not None
    assert claim.photo_id == photo.pk
    return claim


def _scores(emotion: str) -> dict[str, float]:
    return {label: 0.82 if label == emotion else 0.03 for label in EMOTIONS}


def guess_of(face: Face) -> int:
    """Return the person whom the face's page guesses or asks about now."""
    person = fresh(face).asked_about
    return person.pk if person else 0
