"""How the faces beside a photo are listed, and in which words each is spoken of."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client

from analysis.results import Box
from gallery import lists
from gallery.models import Face, Photo, Roster
from gallery.services import export, likelihood
from tests.factories import CLEAR, POOR, make_face, make_person, make_photo


def box(number: int, side: int = 20) -> Box:
    return Box(100 * number, 0, 100 * number + side, side)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.fixture
def photo(alice: User) -> Photo:
    return make_photo(alice, width=1000, height=100)


@pytest.fixture
def crowd(alice: User, photo: Photo) -> list[Face]:
    """Eight faces from left to right: of all kinds, not in the order in which they're listed."""
    ben, ada, eve = (make_person(alice, name) for name in ("Ben", "Ada", "Eve"))
    return [
        make_face(photo, box=box(0), quality=POOR),
        make_face(photo, box=box(1, 30), quality=CLEAR),
        make_face(photo, box=box(2), quality=CLEAR, person=ben, named_by="human"),
        make_face(photo, box=box(3, 60), quality=CLEAR),
        make_face(photo, box=box(4), quality=POOR, person=ada, named_by="human"),
        make_face(photo, box=box(5), suggestion=eve, distance=0.55, normalised=0.55),
        make_face(photo, box=box(6), person=eve, named_by="machine", distance=0.3, normalised=0.3),
        make_face(photo, box=box(7), quality=POOR, suggestion=eve, distance=0.5, normalised=0.5),
    ]


def test_a_few_faces_are_listed_from_left_to_right(alice: User, photo: Photo) -> None:
    ada = make_person(alice, "Ada")
    faces = [make_face(photo, box=box(number), quality=POOR) for number in range(5)]
    faces.append(make_face(photo, box=box(6), person=ada, named_by="human"))

    panel = lists.faces.panel(lists.faces.of(photo))

    assert [*panel.shown] == faces
    assert not panel.folded
    assert not panel.is_crowd


def test_of_a_crowd_the_known_come_first_then_what_is_asked_then_the_large(
    photo: Photo, crowd: list[Face]
) -> None:
    panel = lists.faces.panel(lists.faces.of(photo))

    assert [crowd.index(face) for face in panel.shown] == [4, 2, 6, 5, 3, 1]
    assert [crowd.index(face) for face in panel.folded] == [7, 0]
    assert (panel.questions, panel.is_crowd) == (3, True)


def test_the_page_of_a_crowd_folds_who_can_hardly_be_seen_and_counts_the_questions(
    as_alice: Client, photo: Photo, crowd: list[Face]
) -> None:
    html = as_alice.get(photo.get_absolute_url()).content.decode()
    before, _, folded = html.partition('id="faces-folded"')

    assert "2 faces that can hardly be seen" in words(folded)
    assert "Only the 3 open questions" in words(before)
    assert f'id="face-{crowd[0].pk}"' in folded
    assert f'id="face-{crowd[3].pk}"' in before


def test_a_label_stands_for_known_people_alone_without_scripts(
    as_alice: Client, photo: Photo, crowd: list[Face]
) -> None:
    html = as_alice.get(photo.get_absolute_url()).content.decode()

    labels = re.findall(r'<text class="plain-label"[^>]*>([^<]*)', html)

    assert labels == ["Ben", "Ada", "Eve?"]


@pytest.mark.parametrize("count", [5, 68])
def test_the_eyes_lie_between_their_corners_with_a_little_room(photo: Photo, count: int) -> None:
    points = np.full((count, 2), 500, np.float32)
    corners = slice(36, 48) if count == 68 else slice(0, 4)
    points[corners] = np.linspace((100, 40), (180, 60), 12 if count == 68 else 4)

    assert make_face(photo, landmarks=points.ravel()).eyes == Box(90, 30, 190, 70)


def test_who_may_be_it_is_only_said_to_whoever_asks(alice: User, photo: Photo) -> None:
    eve = make_person(alice, "Eve")
    face = make_face(photo, suggestion=eve, distance=0.55, normalised=0.55)

    assert (face.label, face.hint) == ("Unknown", "Perhaps Eve")


@pytest.mark.parametrize(
    ("normalised", "said"),
    [
        (0.2, "Very likely Eve"),
        (0.49, "Likely Eve"),
        (0.53, "Possibly Eve"),
        (0.7, "Unlikely to be Eve"),
    ],
)
def test_how_likely_a_guess_is_stands_in_words_and_its_distance_a_fold_deeper(
    alice: User, as_alice: Client, photo: Photo, normalised: float, said: str
) -> None:
    Roster.objects.of(alice.pk)
    Roster.objects.update(counted=100)
    eve = make_person(alice, "Eve")
    make_face(photo, person=eve, named_by="machine", distance=0.4, normalised=normalised)

    html = as_alice.get(photo.get_absolute_url()).content.decode()
    before, _, facts = html.partition('class="folded face-facts"')

    assert said in words(before)
    assert f"{normalised:.2f}" not in words(before)
    assert f"Distance {normalised:.2f}, plain 0.40" in words(facts)


def test_where_nobody_measured_what_distances_mean_no_likelihood_is_said(
    alice: User, photo: Photo
) -> None:
    eve = make_person(alice, "Eve")
    near: dict[str, Any] = {"distance": 0.3, "normalised": 0.3, "encoder": "another"}
    guess = make_face(photo, person=eve, named_by="machine", **near)
    question = make_face(photo, suggestion=eve, **near)

    likelihood.tell([guess, question], alice.pk)

    assert [guess.likely, question.likely] == ["Taken for Eve", "May be Eve"]
    assert guess.probability is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "clearly"),
        ({"yaw": -50}, "seen from the side"),
        ({"yaw": 40, "sharpness": 0.4}, "a little blurred, seen from the side"),
        ({"sharpness": 0.2, "size": 8}, "small, blurred"),
    ],
)
def test_how_a_face_was_seen_is_said_plainly(
    as_alice: Client, photo: Photo, changes: dict[str, float], said: str
) -> None:
    make_face(photo, quality=replace(CLEAR, **changes))

    page = words(as_alice.get(photo.get_absolute_url()).content.decode())

    assert f"Seen {said} " in page


def test_a_copy_names_known_people_alone_with_the_numbers_of_the_list(
    alice: User, photo: Photo
) -> None:
    ada = make_person(alice, "Ada")
    known, other = (make_face(photo, box=box(number)) for number in (0, 1))
    known.person, known.named_by = ada, "human"
    known.save()

    labels = [export.label(face, 2) for face in lists.faces.of(photo)]

    assert labels == ["1  Ada", "2"]
    assert export.label(other, 1) == ""
