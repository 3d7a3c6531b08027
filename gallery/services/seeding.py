"""Fills an account with a made library: rows as the site would write them, of people who do not exist.

For measuring what large libraries cost. Who is made, and where their faces lie, is in `analysis.synthetic`.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
from django.contrib.auth.models import User
from django.db import transaction

from analysis.brackets import BRACKET_OF_AGE
from analysis.matching import Population
from analysis.methods import DEFAULT
from analysis.results import BRACKETS, EMOTIONS
from analysis.synthetic.frames import CAMERAS
from analysis.synthetic.library import FIRST_DAY, Batch, Library
from gallery import installed
from gallery.models import AnalysisJob, Face, KnownEncoding, Person, Photo, Roster
from gallery.models.face import NamedBy
from gallery.models.leased import State

START = datetime.combine(FIRST_DAY, datetime.min.time())
ROWS = 2000  # written by one statement at most
UNSURE = 0.5


def fill(
    owner: User, library: Library, population: Population, told: Callable[[int], None]
) -> None:
    """Write the library into the owner's account, photo after photo; `told` hears how many faces are there.

    Some photos at a time, so that others can write meanwhile. Nothing is matched.
    """
    roster = Roster.objects.of(owner.pk)
    people = _people(roster, library)
    done = 0
    for batch in library.batches():
        with transaction.atomic():
            _write(owner, batch, people, population)
        done += len(batch.people)
        told(done)


def _people(roster: Roster, library: Library) -> list[Person]:
    people = [Person(roster=roster, name=name) for name in library.names]
    return Person.objects.bulk_create(people, batch_size=ROWS)


def _write(owner: User, batch: Batch, people: list[Person], population: Population) -> None:
    methods = DEFAULT.carried(installed.weights()) | {
        "colour": "sRGB",
        "population": population.name,
    }
    photos = [_photo(owner, batch, number, methods) for number in range(batch.last - batch.first)]
    Photo.objects.bulk_create(photos, batch_size=ROWS)
    choice = DEFAULT.by_stage()
    AnalysisJob.objects.bulk_create([_job(photo, choice) for photo in photos], batch_size=ROWS)
    faces = [*_faces(batch, photos, people, methods, population)]
    Face.objects.bulk_create(faces, batch_size=ROWS)
    KnownEncoding.objects.bulk_create(
        [
            KnownEncoding(
                person=face.person, face=face, vector=face.encoding, encoder=face.encoder,
                level=face.level, population=face.population,
            )
            for face in faces
            if face.person is not None
        ],
        batch_size=ROWS,
    )  # fmt: skip


def _photo(owner: User, batch: Batch, number: int, methods: Mapping[str, str]) -> Photo:
    camera = CAMERAS[batch.cameras[number]]
    at = (START + timedelta(seconds=float(batch.seconds[number]))).replace(microsecond=0)
    name = camera.filename.format(at=at, number=batch.first + number)
    digest = hashlib.sha256(f"{owner.pk} {batch.first + number}".encode())
    here = at.replace(tzinfo=UTC) + timedelta(days=1)
    return Photo(
        owner=owner, key=uuid.UUID(bytes=digest.digest()[:16], version=4), filename=name,
        format=camera.format, size=camera.width * camera.height // 4, sha256=digest.hexdigest(),
        width=camera.width, height=camera.height, methods=methods, taken_at=at, taken_offset=540,
        taken_from="exif", created_at=here, changed_at=here,
    )  # fmt: skip


def _job(photo: Photo, choice: Mapping[str, str]) -> AnalysisJob:
    at = photo.created_at
    return AnalysisJob(
        photo=photo, state=State.DONE, attempts=1, choice=choice, batch=photo.key,
        queued_at=at, due_at=at, started_at=at, finished_at=at,
    )  # fmt: skip


def _faces(
    batch: Batch,
    photos: list[Photo],
    people: list[Person],
    methods: Mapping[str, str],
    population: Population,
) -> Iterator[Face]:
    looks, boxes = batch.looks, batch.boxes
    levels = population.levels(batch.encodings).tolist()
    told = looks.emotions.argmax(axis=1)
    brackets = BRACKET_OF_AGE[np.round(looks.years).astype(int)]
    rounded = np.round(looks.emotions, 4).tolist()
    for n in range(len(batch.people)):
        person = people[batch.people[n]] if batch.is_known[n] else None
        yield Face(
            photo=photos[batch.photo[n]],
            left=int(boxes.left[n]), top=int(boxes.top[n]),
            right=int(boxes.right[n]), bottom=int(boxes.bottom[n]),
            score=0.9, landmarks=batch.landmarks[n], encoding=batch.encodings[n],
            encoder=population.encoder, level=levels[n], population=population.name,
            age_years=float(looks.years[n]), age_low=float(looks.low[n]), age_high=float(looks.high[n]),
            age_bracket=BRACKETS[brackets[n]], age_confidence=float(looks.age_confidence[n]),
            gender="male" if looks.is_male[n] else "female",
            gender_confidence=float(looks.gender_confidence[n]),
            emotion=EMOTIONS[told[n]], emotion_confidence=rounded[n][told[n]],
            emotion_scores=dict(zip(EMOTIONS, rounded[n], strict=True)),
            methods=methods, quality_score=float(looks.quality[n]), face_size=float(batch.size[n]),
            sharpness=float(looks.sharpness[n]), brightness=float(looks.brightness[n]),
            yaw=float(looks.yaw[n]), pitch=float(looks.pitch[n]), roll=float(looks.roll[n]),
            person=person, named_by=NamedBy.HUMAN if person else NamedBy.NOBODY,
        )  # fmt: skip
