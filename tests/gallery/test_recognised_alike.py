"""The site and `manage.py recognise` say the same of the same faces and known people."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from django.contrib.auth.models import User

from analysis.naming import BY_DISTANCE, Way
from analysis.recognition import Recogniser
from analysis.results import FaceResult
from gallery import installed
from gallery.models import Face, KnownEncoding, Roster
from tests.factories import (
    CLEAR,
    POOR,
    analysed,
    found_face,
    make_face,
    make_person,
    make_photo,
    near,
    rematch,
    vector,
)

pytestmark = pytest.mark.django_db
PEOPLE = 6
KNOWN_BY = 3  # encodings each


def known() -> list[tuple[str, np.ndarray]]:
    """Return people of whom two and two are alike."""
    kinds = [near(vector(person // 2), 0.4, person) for person in range(PEOPLE)]
    return [
        (f"Person {person}", near(kinds[person], 0.25, 100 + person * KNOWN_BY + number))
        for number in range(KNOWN_BY)
        for person in range(PEOPLE)
    ]


def photos() -> list[list[FaceResult]]:
    """Return faces at all distances from people, some poor, some of children, several a photo."""
    random = np.random.default_rng(5)
    encodings = [one for _, one in known()]

    def face(number: int) -> FaceResult:
        encoding = near(
            encodings[random.integers(len(encodings))], random.uniform(0.1, 0.8), number
        )
        found = found_face(encoding, quality=POOR if number % 7 == 0 else CLEAR)
        return replace(found, age=replace(found.age, years=8.0)) if number % 5 == 0 else found

    return [[face(4 * photo + number) for number in range(4)] for photo in range(30)]


@pytest.mark.parametrize("way", BY_DISTANCE)
@pytest.mark.parametrize("is_plain", [False, True])
def test_who_is_on_a_photo_is_the_same_on_the_site_and_the_command_line(
    alice: User, way: Way, is_plain: bool
) -> None:
    names, encodings = zip(*known(), strict=True)
    map_of_all = installed.population()
    assert map_of_all
    recogniser = Recogniser.of(names, np.stack(encodings), map_of_all, way=way, is_plain=is_plain)
    said = []
    for faces in photos():
        levels = map_of_all.levels(np.stack([face.encoding for face in faces]))
        leveled = [
            replace(face, level=float(level)) for face, level in zip(faces, levels, strict=True)
        ]
        for one in recogniser.recognise(analysed(*leveled).result):
            said.append((one.one.name, one.answer.value) if one.answer else None)

    site = on_the_site(alice, way, is_plain)

    assert said == site
    assert {None, "sure"} <= {answer and answer[1] for answer in said}
    assert is_plain or (any(answer and answer[1] == "maybe" for answer in said))


def on_the_site(owner: User, way: Way, is_plain: bool) -> list[tuple[str, str] | None]:
    Roster.objects.of(owner.pk)
    Roster.objects.filter(owner=owner).update(way=way.value, is_plain=is_plain)
    references = make_photo(owner)
    for name, encoding in known():
        person = owner.roster.people.filter(name=name).first() or make_person(owner, name)
        face = make_face(references, encoding, person=person, named_by="human")
        KnownEncoding.objects.create(
            person=person, face=face, vector=encoding, encoder=face.encoder
        )
    shown: list[Face] = []
    for faces in photos():
        photo = make_photo(owner)
        shown += [
            make_face(photo, face.encoding, quality=face.quality, age_years=face.age.years)
            for face in faces
        ]
    rematch(owner)
    return [answer(Face.objects.get(pk=face.pk)) for face in shown]


def answer(face: Face) -> tuple[str, str] | None:
    if face.person:
        return face.person.name, "sure"
    return (face.suggestion.name, "maybe") if face.suggestion else None
