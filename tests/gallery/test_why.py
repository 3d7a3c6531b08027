"""Why a face has its name, a question or neither: what the page says agrees with what was guessed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from html import unescape
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from analysis.born import Born
from analysis.naming import Answer
from analysis.reasons import Reason
from gallery.models import Face, KnownEncoding, Person, Photo, Refusal, Roster
from gallery.services import births, explaining, people, photos
from gallery.services.explaining import Explanation, Near
from gallery.views.why import likely
from tests.factories import (
    CLEAR,
    POOR,
    fresh,
    guess_of,
    known_encoding,
    make_face,
    make_known,
    make_person,
    make_photo,
    near,
    person_called,
    rematch,
    vector,
)
from tests.gallery.test_quality import words
from tests.gallery.test_three_answers import MAYBE, NOBODY, SURE, face_at, roster_of


def explained(face: Face) -> Explanation:
    return explaining.why(fresh(face))


def page_of(face: Face, client: Client) -> str:
    """Return the words of the face's page."""
    return unescape(words(client.get(reverse("why", args=[face.pk])).content.decode()))


def test_a_guess_says_how_likely_it_is_and_by_which_face(alice: User, as_alice: Client) -> None:
    face = face_at(alice, SURE)
    known = make_known(alice, "Ada", vector(1))

    [one] = explained(face).near
    said = page_of(face, as_alice)

    assert one.person == person_called("Ada")
    assert one.known.face == known
    assert "Taken for Ada, until you say so or not." in said
    assert "Very likely: closer than 99,999 of 100,000 strangers." in said
    assert (
        f"distance {fresh(face).normalised:.2f}, plain {fresh(face).distance:.2f}, 1 vote" in said
    )
    page = as_alice.get(reverse("why", args=[face.pk])).content.decode()
    assert reverse("face_crop", args=[known.pk]) in page
    assert f"{known.photo.get_absolute_url()}#face-{known.pk}" in page


@pytest.mark.parametrize(
    ("distance", "heading", "reason"),
    [
        (
            MAYBE,
            "It may be Ada, so you are asked.",
            "Near enough to be asked about, too far for a name.",
        ),
        (NOBODY, "Nobody you named is near enough.", "Too far away to be asked about."),
    ],
)
def test_a_question_and_a_face_without_one_say_why(
    distance: float, heading: str, reason: str, alice: User, as_alice: Client
) -> None:
    face = face_at(alice, distance)
    make_known(alice, "Ada", vector(1))

    said = page_of(face, as_alice)

    assert heading in said
    assert reason in said


@pytest.mark.parametrize(
    ("share", "probability", "said"),
    [
        (1e-9, 0.999, "Very likely: closer than 999,999 of 1,000,000 strangers."),
        (0.001, 0.9, "Very likely: closer than 999 of 1,000 strangers."),
        (0.004, 0.6, "Likely: closer than 996 of 1,000 strangers."),
        (0.001, 0.3, "Possible: 1 in 1,000 strangers is as near."),
        (0.02, 0.3, "Possible: 2 in 100 strangers are as near."),
        (0.0096, 0.04, "Unlikely: 1 in 100 strangers is as near."),
        (0.024, 0.0, "Unlikely: 2 in 100 strangers are as near."),
        (0.5, 0.0, "Unlikely: 50 in 100 strangers are as near."),
        (0.97, 0.0, "Unlikely: most strangers are as near."),
        (1.0, 0.0, "Unlikely: most strangers are as near."),
    ],
)
def test_how_likely_it_is_reads_well_near_and_far(
    share: float, probability: float, said: str
) -> None:
    assert likely(share, probability) == said


def test_who_is_on_the_photo_already_is_said_to_be(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    further, nearer = face_at(alice, 0.5, photo), face_at(alice, 0.3, photo)
    make_known(alice, "Ada", vector(1))

    assert "Face 2 on this photo fits Ada better" in page_of(further, as_alice)

    people.confirm(face=fresh(nearer), person_id=guess_of(nearer))
    assert "You said that another face on this photo is Ada." in page_of(further, as_alice)


def test_in_a_collage_each_face_is_by_itself(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    further, _ = face_at(alice, 0.5, photo), face_at(alice, 0.3, photo)
    make_known(alice, "Ada", vector(1))

    photos.mark_collage(photo=photo, is_collage=True)

    said = page_of(further, as_alice)
    assert "Taken for Ada" in said
    assert "each face is looked at by itself" in said


def test_whom_a_human_refused_stands_apart_with_their_distance(
    alice: User, as_alice: Client
) -> None:
    face = face_at(alice, 0.2)
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Bea", near(vector(1), 0.5, seed=9))

    people.refuse(face=fresh(face), person_id=guess_of(face))

    found = explained(face)
    assert [one.person.name for one in found.refused] == ["Ada"]
    assert found.refused[0].reasoned.likeness.plain == pytest.approx(0.2, abs=1e-3)
    assert "Ada" not in [one.person.name for one in found.near]
    assert "You said that it is not Ada" in page_of(face, as_alice)


def test_a_doubtful_face_says_so(alice: User, as_alice: Client) -> None:
    face = face_at(alice, 0.1, quality=POOR)
    make_known(alice, "Ada", vector(1))

    assert "The face is doubtful (" in page_of(face, as_alice)


def test_a_child_says_by_how_much_nearer_it_has_to_be(alice: User, as_alice: Client) -> None:
    child = face_at(alice, 0.66, age_years=6)
    make_known(alice, "Ada", vector(1))

    found = explained(child)

    assert found.seen.is_child
    assert Reason.CHILD in found.near[0].reasoned.reasons
    assert "a child's face has to be nearer by 0.03" in page_of(child, as_alice)


def shot(owner: User, year: int) -> Photo:
    """Save a photo that says it was taken in the summer of a year."""
    said: dict[str, Any] = {"taken_at": datetime(year, 7, 1, 12), "taken_from": "exif"}
    return make_photo(owner, **said | {"taken_offset": None})


def test_whom_dates_rule_out_is_said_if_they_look_like_it(alice: User, as_alice: Client) -> None:
    face = make_face(shot(alice, 2014), vector(1), age_years=1)
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Bea", vector(2))
    for name in ("Ada", "Bea"):
        births.say(person=person_called(name), born=Born(2016))

    found = explained(face)

    assert [one.person.name for one in found.ruled_out] == ["Ada"]
    assert found.is_as_shown
    assert "Not born yet, or of another age, by the dates Ada" in page_of(face, as_alice)


def test_that_a_child_has_grown_since_is_said(alice: User, as_alice: Client) -> None:
    face = make_face(shot(alice, 2020), near(vector(1), 0.3), age_years=12)
    known = make_face(shot(alice, 2014), vector(1), age_years=6)
    people.name_face(face=known, name="Ada")
    births.say(person=person_called("Ada"), born=Born(2008))

    [one] = explained(face).near

    assert one.grown == pytest.approx(0.045, abs=0.001)
    assert f"which counts as {one.grown:.2f} further away" in page_of(face, as_alice)


def test_in_the_studys_way_it_says_so_and_of_no_calibration(alice: User, as_alice: Client) -> None:
    roster = roster_of(alice)
    roster.is_plain = True
    roster.save()
    face = face_at(alice, 0.59)
    make_known(alice, "Ada", vector(1))

    said = page_of(face, as_alice)

    assert "Within the tolerance." in said
    assert "In the study's way" in said
    assert "strangers" not in said
    assert "distance 0.59, 1 vote" in said


def test_without_a_map_for_the_encoder_it_says_so(alice: User, as_alice: Client) -> None:
    face = face_at(alice, 0.2, encoder="another-v2")
    make_known(alice, "Ada", vector(1), encoder="another-v2")
    make_known(alice, "Bea", vector(1))

    said = page_of(face, as_alice)

    assert "It may be Ada, so you are asked." in said
    assert "has not been measured for this encoder" in said
    assert "Bea" not in said


def test_by_votes_it_says_how_many_there_are(alice: User, as_alice: Client) -> None:
    face = make_face(make_photo(alice), vector(1))
    for seed in (2, 3):
        make_known(alice, "Bea", near(vector(1), 0.3, seed=seed))
    Roster.objects.update(way="vote")
    rematch(alice)

    said = page_of(face, as_alice)

    assert "2 votes" in said
    assert "whoever has most comes first" in said


def test_that_somebody_is_known_by_a_better_face_is_said(alice: User, as_alice: Client) -> None:
    face = face_at(alice, SURE)
    make_known(alice, "Ada", vector(1), quality=replace(CLEAR, score=0.55))
    assert near_of(face).poorer == 0

    make_known(alice, "Ada", vector(2), quality=CLEAR)

    one = near_of(face)
    assert one.poorer == pytest.approx(0.04, abs=1e-4)
    assert one.grown == pytest.approx(0, abs=1e-4)
    assert "Ada is known by better faces too" in page_of(face, as_alice)
    Roster.objects.update(is_plain=True)
    assert "better faces" not in page_of(face, as_alice)


def near_of(face: Face) -> Near:
    [one] = explained(face).near
    return one


def test_a_face_that_a_human_named_is_no_evidence_for_itself(alice: User, as_alice: Client) -> None:
    face = make_known(alice, "Ada", vector(1))
    assert "You said that this is Ada." in page_of(face, as_alice)
    assert explained(face).near == []

    make_known(alice, "Bea", near(vector(1), 0.5))
    [one] = explained(face).near
    assert one.person.name == "Bea"


def test_people_of_one_name_are_told_apart(alice: User, as_alice: Client) -> None:
    face = face_at(alice, SURE)
    make_known(alice, "Ada", vector(1))
    people.rename(person=person_called("Ada"), name="Ada", note="cousin")
    people.name_anew(face=make_face(make_photo(alice)), name="Ada")

    assert "Taken for Ada (cousin)" in page_of(face, as_alice)


def test_who_is_known_from_a_file_alone_has_a_placeholder(alice: User, as_alice: Client) -> None:
    face = face_at(alice, SURE)
    ada = make_person(alice, "Ada")
    KnownEncoding.objects.create(
        person=ada,
        brought_for=ada,
        imported_from="known.bin",
        vector=vector(1),
        encoder=face.encoder,
    )
    rematch(alice)

    page = as_alice.get(reverse("why", args=[face.pk])).content.decode()

    assert "Taken for Ada" in words(page)
    assert "person-blank" in page


def test_what_was_guessed_before_and_is_otherwise_now_is_said(
    alice: User, as_alice: Client
) -> None:
    face = face_at(alice, SURE)
    make_known(alice, "Ada", vector(1))
    assert explained(face).is_as_shown

    KnownEncoding.objects.update(vector=vector(5))

    assert not explained(face).is_as_shown
    assert "The photo's page says otherwise" in page_of(face, as_alice)


def test_the_plain_distances_stand_there_as_the_study_printed_them(
    alice: User, as_alice: Client
) -> None:
    face = face_at(alice, 0.3)
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Bea", vector(2))

    found = explained(face)

    assert found.compared == 2
    assert found.printed[0] == pytest.approx(0.3, abs=1e-3)
    assert "[0.3" in page_of(face, as_alice)


@pytest.mark.parametrize("number", range(6))
@pytest.mark.parametrize("way", ["nearest", "vote"])
def test_the_answer_is_the_one_that_was_guessed(number: int, way: str, alice: User) -> None:
    random = np.random.default_rng(number)
    for seed in range(8):
        name = f"Person {seed % 5}"
        make_known(alice, name, near(vector(seed % 5), 0.3, seed=seed))
    faces = []
    for each in range(3):
        photo = shot(alice, 2012) if number == 2 else make_photo(alice, is_collage=number == 5)
        for _ in range(4):
            around = near(vector(int(random.integers(5))), float(random.uniform(0.2, 0.8)), each)
            seen = (CLEAR, POOR)[each % 2] if number == 4 else None
            age = float(random.choice([6, 30]))
            faces.append(make_face(photo, around, age_years=age, quality=seen))
    Person.objects.filter(pk__gt=1).update(born_on=date(1975 + 9 * number, 1, 1), born_to="year")
    Refusal.objects.create(face=faces[0], person=person_called("Person 1"))
    Roster.objects.update(way=way, is_plain=number == 3)
    rematch(alice)

    for face in faces:
        found, now = explained(face), fresh(face)
        assert found.is_as_shown
        expected = Answer.SURE if now.person else Answer.MAYBE if now.suggestion else None
        assert found.answer is expected
        if found.first and expected:
            assert found.first.person == now.asked_about
            assert found.first.reasoned.likeness.normalised == pytest.approx(
                now.normalised, abs=1e-3
            )


def test_the_queries_are_as_many_however_many_people_there_are(
    alice: User, as_alice: Client
) -> None:
    face = face_at(alice, SURE)
    counts = []
    for number in range(1, 9):
        make_known(alice, f"Person {number}", near(vector(1), 0.3, seed=number))
        face_at(alice, 0.5, face.photo)
        counts.append(queries_of(face, as_alice))

    assert set(counts[1:]) == {counts[-1]}
    assert counts[-1] <= 17


def queries_of(face: Face, client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        client.get(reverse("why", args=[face.pk]))
    return len(captured)


def test_a_stranger_gets_404(alice: User, as_bob: Client) -> None:
    face = face_at(alice, SURE)
    make_known(alice, "Ada", vector(1))

    assert as_bob.get(reverse("why", args=[face.pk])).status_code == 404


def test_whoever_is_signed_out_signs_in_first(alice: User, client: Client) -> None:
    face = face_at(alice, SURE)
    assert client.get(reverse("why", args=[face.pk])).status_code == 302


def test_the_photos_page_leads_there_once_anybody_is_known(alice: User, as_alice: Client) -> None:
    guessed, unknown = face_at(alice, SURE), face_at(alice, NOBODY)

    def is_led(face: Face) -> bool:
        page = as_alice.get(face.photo.get_absolute_url()).content.decode()
        return reverse("why", args=[face.pk]) in page

    assert not is_led(unknown)  # Nobody is known yet.
    known = make_known(alice, "Ada", vector(1))

    assert [is_led(face) for face in (guessed, unknown, known)] == [True, True, True]


def test_looking_changes_nothing(alice: User, as_alice: Client) -> None:
    face = face_at(alice, SURE)
    make_known(alice, "Ada", vector(1))
    Roster.objects.update(counted=16)
    before = Face.objects.filter(pk=face.pk).values().get()

    as_alice.get(reverse("why", args=[face.pk]))

    assert Roster.objects.get().counted == 16
    after = Face.objects.filter(pk=face.pk).values().get()
    assert {key: f"{value}" for key, value in after.items()} == {
        key: f"{value}" for key, value in before.items()
    }
    assert known_encoding(Face.objects.exclude(pk=face.pk).get()).population


def test_a_face_that_can_be_compared_with_nobody_says_so(alice: User, as_alice: Client) -> None:
    face = make_face(make_photo(alice))

    assert "nobody yet whom this face could be compared with" in page_of(face, as_alice)
