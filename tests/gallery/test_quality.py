"""How well a face can be seen, as the pages and the JSON tell it."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.jobs import queue
from gallery.models import AnalysisJob
from gallery.services import people, portraits, results
from tests.factories import (
    CLEAR,
    POOR,
    analysed,
    found_face,
    known_encoding,
    make_face,
    make_known,
    make_person,
    make_photo,
    person_called,
    upload_file,
    vector,
)

WHY = ", ".join(map(str, POOR.faults))


def words(html: str) -> str:
    """Return what a page says, without its tags."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_the_age_is_told_with_its_interval(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    make_face(photo, age_low=26.0, age_high=43.2)

    said = words(as_alice.get(photo.get_absolute_url()).content.decode())

    assert "about 34 (26 to 43)" in said
    assert "Age bracket (25-32), 60 %" in said


def test_a_face_of_an_earlier_version_is_shown_without_what_it_lacks(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice)
    make_face(photo)

    said = words(as_alice.get(photo.get_absolute_url()).content.decode())

    assert "about 34 Gender" in said
    assert "doubtful" not in said
    assert "Sharpness" not in said


def test_a_face_that_can_hardly_be_seen_is_doubtful_and_says_why(
    alice: User, as_alice: Client
) -> None:
    photo = make_photo(alice)
    make_face(photo, quality=POOR)

    said = words(as_alice.get(photo.get_absolute_url()).content.decode())

    assert "doubtful" in said
    assert f"{WHY.capitalize()}: the guesses may well be wrong." in said
    assert "perhaps about 34" in said
    assert "perhaps female" in said
    assert "perhaps happy" in said


def test_a_clear_face_raises_no_doubt_and_shows_its_measures(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    make_face(photo, quality=CLEAR)

    said = words(as_alice.get(photo.get_absolute_url()).content.decode())

    assert "doubtful" not in said
    assert "perhaps" not in said
    assert "yaw +2°, pitch \N{MINUS SIGN}3°, roll +1°" in said
    assert "Sharpness 0.80" in said
    assert "fit to know somebody by" in said


def test_a_named_face_that_is_too_poor_to_be_known_by_says_so_while_it_is_a_reference(
    alice: User, as_alice: Client
) -> None:
    face = make_known(alice, "Ada", quality=POOR)
    people.add_reference(face=face)
    url = face.photo.get_absolute_url()

    before = words(as_alice.get(url).content.decode())
    as_alice.post(reverse("remove_encoding", args=[known_encoding(face).pk]))
    after = words(as_alice.get(url).content.decode())

    assert f"{WHY.capitalize()}: too poor to know Ada by." in before
    assert "too poor to know Ada by" not in after
    assert f"{WHY.capitalize()}: new photos are not compared with it." in after


def test_a_poor_reference_is_marked_on_the_persons_page(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    poor = make_known(alice, "Ada", vector(2), quality=POOR)
    people.add_reference(face=poor)

    html = as_alice.get(person_called("Ada").get_absolute_url()).content.decode()

    assert html.count("data-poor") == 1
    assert f"Poor reference {WHY}" in words(html)
    assert reverse("remove_encoding", args=[known_encoding(poor).pk]) in html


@pytest.mark.parametrize(
    ("quality", "answer"),
    [
        (CLEAR, "Added as a known face of Ada."),
        (
            POOR,
            f"Added as a known face of Ada, but it is a poor reference: {WHY}. Add a better one too.",
        ),
    ],
    ids=["clear", "poor"],
)
def test_a_portrait_says_whether_it_is_a_good_reference(
    alice: User, as_alice: Client, quality: object, answer: str
) -> None:
    ada = make_person(alice, "Ada")
    portraits.add(owner=alice, person=ada, file=upload_file())
    claim = queue.claim()
    assert claim is not None
    found = found_face(vector(1), quality=CLEAR if quality is CLEAR else POOR)
    results.save(claim=claim, analysed=analysed(found))

    assert str(AnalysisJob.objects.get().answer) == answer
    said = words(as_alice.get(ada.get_absolute_url()).content.decode())
    assert answer in said


@pytest.mark.parametrize(("degrees", "how"), [(90, "lie on its side"), (180, "stand on its head")])
def test_a_photo_that_had_to_be_turned_says_so(
    alice: User, as_alice: Client, degrees: int, how: str
) -> None:
    photo = make_photo(alice, turned=degrees)

    said = words(as_alice.get(photo.get_absolute_url()).content.decode())

    assert (
        f"This photo seems to {how}: the faces were found once it was turned by {degrees}°" in said
    )


def test_the_json_has_the_interval_the_quality_and_the_turn(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice, turned=270)
    make_face(photo, quality=CLEAR, age_low=26.0, age_high=43.0)

    for url in (reverse("photo_json", args=[photo.pk]), f"/api/photos/{photo.pk}/"):
        body = as_alice.get(url).json()
        [face] = body["faces"]
        assert body["turned"] == 270
        assert (face["age"]["low"], face["age"]["high"]) == (26.0, 43.0)
        assert (face["quality"]["size"], face["quality"]["yaw"]) == (90, 2)
