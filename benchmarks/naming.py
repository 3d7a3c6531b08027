"""How long naming one face takes in libraries of several sizes: `python -m benchmarks.naming`.

Makes a SQLite library of faces of a number of people round the centres of the population map, in a
temporary folder, names one face of a person, and so guesses every other face again by stored encodings.
"""

from __future__ import annotations

import os
import resource
import tempfile
import time
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from analysis.matching import population
from analysis.versions import ENCODER
from analysis.weights import INSTALLED

if TYPE_CHECKING:
    from django.contrib.auth.models import User

    from gallery.models import Face, Photo

PEOPLE = 200
# Deviations of each of the 128 numbers: of people round a centre of the map, and of one person's photos.
AMONG_PEOPLE, OF_ONE = 0.042, 0.029
LENGTH = 1.46
KNOWN = (1, 200, 2_000)
SIZES = (2_500, 10_000, 50_000)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        # Before Django is imported: settings make the data folder when they are read.
        os.environ |= {"DATA_DIR": folder, "DJANGO_SETTINGS_MODULE": "facesite.settings"}
        import django
        from django.core.management import call_command

        django.setup()
        call_command("migrate", verbosity=0)
        print(f"{'faces':>8} {'known':>6} {'guessed':>8} {'seconds':>8} {'peak MB':>8}")
        for size in SIZES:
            measure(size)


def measure(size: int) -> None:
    """Print a line for the first, the 200th and the 2,000th known face of a library."""
    from django.contrib.auth.models import User

    from gallery.models import Face
    from gallery.models.face import NamedBy
    from gallery.services import people

    owner = User.objects.create_user(f"owner-{size}")
    fill(owner, size)
    faces = list(Face.objects.filter(photo__owner=owner).order_by("pk")[: max(KNOWN)])
    for number, face in enumerate(faces, start=1):
        if number in KNOWN:
            started = time.perf_counter()
            people.name_face(face=face, name=f"Person {number % PEOPLE}")
            seconds = time.perf_counter() - started
            guessed = Face.objects.filter(photo__owner=owner, named_by=NamedBy.MACHINE).count()
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
            print(f"{size:>8} {number:>6} {guessed:>8} {seconds:>8.2f} {peak:>8}")
        else:
            add_known(face, number % PEOPLE)


def fill(owner: User, size: int) -> None:
    """Give the owner `size` faces, two a photo, of PEOPLE people in turn."""
    from gallery.models import Face, Photo

    random = np.random.default_rng(size)
    found = population(INSTALLED.population)
    assert found is not None
    somewhere = found.centres[random.integers(len(found.centres), size=PEOPLE)]
    people = somewhere + random.normal(size=(PEOPLE, 128)) * AMONG_PEOPLE
    photos = Photo.objects.bulk_create(
        [
            Photo(owner=owner, filename=f"{n}.jpg", format="JPEG", size=1, sha256=f"{n}")
            for n in range(size // 2)
        ]
    )
    Face.objects.bulk_create(
        [
            blank_face(photos[n // 2], people[n % PEOPLE] + random.normal(size=128) * OF_ONE)
            for n in range(size)
        ],
        batch_size=2000,
    )


def blank_face(photo: Photo, encoding: NDArray[np.float64]) -> Face:
    from gallery.models import Face

    encoding *= LENGTH / np.linalg.norm(encoding)
    return Face(
        photo=photo, left=0, top=0, right=9, bottom=9, score=1, landmarks=np.zeros(136),
        encoding=encoding, encoder=ENCODER, age_years=30, age_bracket="(25-32)",
        age_confidence=1, gender="female", gender_confidence=1, emotion="happy",
        emotion_confidence=1,
    )  # fmt: skip


def add_known(face: Face, number: int) -> None:
    """Add a person without the matching that the measured calls do."""
    from gallery.models import Face, KnownEncoding, Person, Roster

    roster = Roster.objects.of(face.photo.owner_id)
    person, _ = Person.objects.get_or_create(roster=roster, name=f"Person {number}")
    KnownEncoding.objects.create(
        person=person, face=face, vector=face.encoding, encoder=face.encoder
    )
    said = {"person": person, "named_by": "human", "suggestion": None, "distance": None}
    Face.objects.filter(pk=face.pk).update(**said)


if __name__ == "__main__":
    main()
