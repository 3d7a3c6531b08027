"""The rows of made photos and faces, as the site would have written them."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple

import numpy as np
from django.contrib.auth.models import User

from analysis.brackets import BRACKET_OF_AGE
from analysis.matching import Population
from analysis.methods import DEFAULT, Choice
from analysis.results import BRACKETS, EMOTIONS
from analysis.synthetic.frames import CAMERAS
from analysis.synthetic.library import FIRST_DAY, Batch
from gallery import installed
from gallery.models import AnalysisJob, Face, KnownEncoding, Photo, Roster
from gallery.models.face_queries import NamedBy
from gallery.models.leased import State
from gallery.models.record import Did
from gallery.services import record, wording
from gallery.services.seeding.inserting import insert
from gallery.words import say

MADE_UP = say("made_up")
START = datetime.combine(FIRST_DAY, datetime.min.time())
OFFSET = 540  # minutes that cameras' clocks are ahead of UTC
UPLOADED = timedelta(days=1)  # after a photo was taken
FAILED = 0.003  # of the photos without a face


class Made(NamedTuple):
    """A way in which photos were analysed: how many in a hundred, by what, and what was chosen for once.

    Results do not say what is `forgotten`: an earlier version did not.
    """

    share: int
    choice: Choice
    chosen: Mapping[str, str] = {}
    forgotten: Sequence[str] = ()


WAYS = (
    Made(90, DEFAULT),
    Made(4, Choice(encoder="onnx-single")),
    Made(3, Choice(detector="hog"), {"detector": "hog"}),
    Made(3, Choice(age_gender="onnx"), forgotten=["colour"]),
)


def add_photos(owner: User, batch: Batch, population: Population) -> list[int]:
    """Add the photos of the batch with their jobs; return their keys."""
    times = [START + timedelta(seconds=int(seconds)) for seconds in batch.seconds]
    here = [at.replace(tzinfo=UTC) + UPLOADED for at in times]
    methods, ways, failed = _methods(population), _ways(batch), _failed(batch)
    made = [{} if bad else methods[way] for way, bad in zip(ways, failed, strict=True)]
    insert(
        Photo(owner=owner, note=MADE_UP, has_small=True),
        _files(owner, batch, times)
        | {"taken_at": times, "methods": made, "created_at": here, "changed_at": here},
    )
    found = Photo.objects.visible_to(owner).order_by("-pk").values_list("pk", flat=True)
    photos = [*reversed(found[: len(times)])]
    _add_jobs(photos, here, ways, failed)
    return photos


def _files(owner: User, batch: Batch, times: Sequence[datetime]) -> dict[str, Sequence[Any]]:
    """Return what is known of the photos' files, if there were any."""
    cameras = [CAMERAS[number] for number in batch.cameras]
    numbers = range(batch.first, batch.last)
    digests = [sha256(f"{owner.pk} {number}".encode()) for number in numbers]
    names = [
        camera.filename.format(at=at, number=number)
        for camera, at, number in zip(cameras, times, numbers, strict=True)
    ]
    return {
        "key": [uuid.UUID(bytes=digest.digest()[:16], version=4) for digest in digests],
        "sha256": [digest.hexdigest() for digest in digests],
        "filename": names,
        "format": [camera.format for camera in cameras],
        "size": [camera.width * camera.height // 4 for camera in cameras],
        "width": [camera.width for camera in cameras],
        "height": [camera.height for camera in cameras],
        "taken_offset": [OFFSET if camera.zoned else None for camera in cameras],
        "taken_from": [camera.source.value for camera in cameras],
        "camera": [camera.model for camera in cameras],
        "lens": [camera.lens for camera in cameras],
    }


def _add_jobs(
    photos: Sequence[int], here: Sequence[datetime], ways: Sequence[int], failed: Sequence[bool]
) -> None:
    choices = [way.choice.by_stage() for way in WAYS]
    reason = say("damaged")
    insert(
        AnalysisJob(attempts=1),
        {
            "photo_id": photos,
            "batch": [uuid.UUID(int=photo) for photo in photos],
            "state": [State.FAILED.value if bad else State.DONE.value for bad in failed],
            "error": [reason if bad else None for bad in failed],
            "choice": [choices[way] for way in ways],
            "chosen": [WAYS[way].chosen for way in ways],
            **dict.fromkeys(("queued_at", "due_at", "started_at", "finished_at"), here),
        },
    )


def add_faces(
    roster: Roster,
    photos: Sequence[int],
    batch: Batch,
    people: Sequence[int],
    population: Population,
) -> list[int]:
    """Add the faces of the batch, those that are known with their names; return their keys."""
    levels = population.levels(batch.encodings).tolist()
    known = np.flatnonzero(batch.is_known).tolist()
    whose = [people[number] for number in batch.people[known]]
    row = Face(score=0.9, encoder=population.encoder, population=population.name)
    methods, ways = _methods(population), _ways(batch)
    made = {"methods": [methods[ways[number]] for number in batch.photo]}
    insert(row, _faces(photos, batch, levels) | _named(batch, known, whose) | made)
    mine = Face.objects.filter(photo__in=photos).order_by("pk").values_list("pk", flat=True)
    faces = [*mine]
    if known:
        insert(
            KnownEncoding(encoder=population.encoder, population=population.name),
            {
                "person_id": whose,
                "face_id": [faces[number] for number in known],
                "vector": [*batch.encodings[known]],
                "level": [levels[number] for number in known],
            },
        )
        said = zip((faces[number] for number in known), whose, strict=True)
        record.write(roster, Did.BRING, [wording.named(face, person) for face, person in said])
    return faces


def _faces(photos: Sequence[int], batch: Batch, levels: list[float]) -> dict[str, Sequence[Any]]:
    looks, seen = batch.looks, batch.seen
    shares = np.round(looks.emotions, 4)
    brackets = BRACKET_OF_AGE[np.round(looks.years).astype(int)]
    numbers = {
        **batch.boxes._asdict(), "face_size": batch.size,
        "age_years": looks.years, "age_low": looks.low, "age_high": looks.high,
        "age_confidence": looks.age_confidence, "gender_confidence": looks.gender_confidence,
        "emotion_confidence": shares.max(axis=1), "quality_score": seen.quality,
        "sharpness": seen.sharpness, "brightness": seen.brightness,
        "yaw": seen.yaw, "pitch": seen.pitch, "roll": seen.roll,
    }  # fmt: skip
    return {name: column.tolist() for name, column in numbers.items()} | {
        "photo_id": [photos[number] for number in batch.photo],
        "landmarks": [*batch.landmarks],
        "encoding": [*batch.encodings],
        "level": levels,
        "age_bracket": [BRACKETS[number] for number in brackets],
        "gender": ["male" if is_male else "female" for is_male in looks.is_male],
        "emotion": [EMOTIONS[number] for number in shares.argmax(axis=1)],
        "emotion_scores": [dict(zip(EMOTIONS, one, strict=True)) for one in shares.tolist()],
    }


def _named(batch: Batch, known: Sequence[int], whose: Sequence[int]) -> dict[str, Sequence[Any]]:
    people: list[int | None] = [None] * len(batch.people)
    for number, person in zip(known, whose, strict=True):
        people[number] = person
    said = [NamedBy.NOBODY.value if person is None else NamedBy.HUMAN.value for person in people]
    return {"person_id": people, "named_by": said}


def _ways(batch: Batch) -> list[int]:
    """Return by which of WAYS each photo was analysed."""
    ends = np.cumsum([way.share for way in WAYS]) / 100
    return [int(number) for number in np.searchsorted(ends, batch.chances)]


def _failed(batch: Batch) -> list[bool]:
    """Return which photos could not be analysed: some of those without a face."""
    empty = np.bincount(batch.photo, minlength=len(batch.chances)) == 0
    return [bool(one) for one in empty & (batch.chances < FAILED)]


def _methods(population: Population) -> list[dict[str, str]]:
    """Return what photos and faces say that they were analysed by, for each of WAYS."""
    weights = installed.weights()
    every = [
        way.choice.carried(weights) | {"colour": "sRGB", "population": population.name}
        for way in WAYS
    ]
    for methods, way in zip(every, WAYS, strict=True):
        for name in way.forgotten:
            del methods[name]
    return every
