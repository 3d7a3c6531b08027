"""The site and `manage.py recognise` say the same of the same faces and known people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from django.contrib.auth.models import User
from pytest_django import Settings

from analysis.naming import BY_DISTANCE, Way
from analysis.recognition import Recogniser
from analysis.results import FaceResult
from analysis.roster_network import RosterNetwork
from gallery import installed, models
from gallery.models import Face, KnownEncoding, Roster
from tests import roster_networks
from tests.factories import (
    CLEAR,
    ENCODER,
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
KNOWN_TO_NETWORK = 4


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


@pytest.mark.parametrize(
    ("way", "is_plain"),
    [(way, plain) for way in BY_DISTANCE for plain in (False, True)] + [(Way.CLASSIFIER, False)],
)
def test_who_is_on_a_photo_is_the_same_on_the_site_and_the_command_line(
    alice: User, way: Way, is_plain: bool, settings: Settings, tmp_path: Path
) -> None:
    settings.DATA_DIR = tmp_path
    names, encodings = zip(*known(), strict=True)
    map_of_all = installed.population()
    assert map_of_all
    recogniser = Recogniser.of(
        names,
        np.stack(encodings),
        map_of_all,
        way=way,
        is_plain=is_plain,
        network=network([*range(KNOWN_TO_NETWORK)]),
    )
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
    if way is Way.CLASSIFIER:
        people = owner.roster.people.order_by("name")[:KNOWN_TO_NETWORK]
        tell_by_network(owner.roster, [person.pk for person in people])
    rematch(owner)
    return [answer(Face.objects.get(pk=face.pk)) for face in shown]


def network(people: list[int]) -> RosterNetwork:
    """Return one of some of the people, so that others are told by their nearest face."""
    encodings = np.stack([encoding for _, encoding in known()[: len(people)]])
    return roster_networks.network(people, encodings)


def tell_by_network(roster: Roster, people: list[int]) -> None:
    roster_networks.write(installed.rosters() / "one.onnx", network(people))
    models.RosterNetwork.objects.create(roster=roster, file="one.onnx", encoder=ENCODER)


def answer(face: Face) -> tuple[str, str] | None:
    if face.person:
        return face.person.name, "sure"
    return (face.suggestion.name, "maybe") if face.suggestion else None
