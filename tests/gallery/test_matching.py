"""Guessing names from stored encodings."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from gallery.models import Face, KnownEncoding, Photo, Roster
from gallery.services import matching, people
from tests.factories import (
    ENCODER,
    fresh,
    guess_of,
    make_face,
    make_known,
    make_photo,
    near,
    person_called,
    rematch,
    vector,
)


def plainly(owner: User) -> None:
    """Have the owner's people told as the study did it."""
    roster = Roster.objects.of(owner.pk)
    roster.is_plain = True
    roster.save()


def test_naming_one_face_names_the_others_of_that_person(alice: User) -> None:
    first, second, stranger = (
        make_face(make_photo(alice), encoding)
        for encoding in (vector(1), near(vector(1), 0.35), near(vector(1), 0.75))
    )

    people.name_face(face=first, name="Ada")

    assert fresh(first).label == "Ada"
    assert fresh(second).label == "Ada?"
    assert fresh(second).distance == pytest.approx(0.35, abs=1e-4)
    assert fresh(stranger).label == "Unknown"


def test_the_nearest_person_is_guessed_by_the_nearest_of_their_encodings(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Ada", near(vector(1), 0.55))
    make_known(alice, "Bea", near(vector(1), 0.5, seed=2))
    face = make_face(make_photo(alice), near(near(vector(1), 0.55), 0.1, seed=3))

    rematch(alice)

    assert fresh(face).label == "Ada?"
    assert fresh(face).distance == pytest.approx(0.1, abs=1e-4)


def test_people_of_another_owner_are_never_guessed(alice: User, bob: User) -> None:
    make_known(alice, "Ada", vector(1))
    face = make_face(make_photo(bob), vector(1))

    rematch(bob)
    rematch(alice)

    assert fresh(face).label == "Unknown"


def test_a_refused_person_is_never_guessed_again_for_that_face(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Bea", near(vector(1), 0.59, seed=5))
    face = make_face(make_photo(alice), near(vector(1), 0.05, seed=5))
    other = make_face(make_photo(alice), near(vector(1), 0.05, seed=6))
    rematch(alice)
    assert fresh(face).label == "Ada?"

    people.refuse(face=face, person_id=guess_of(face))
    assert fresh(face).label == "Bea?"
    people.refuse(face=face, person_id=guess_of(face))
    make_known(alice, "Ada", near(vector(1), 0.05, seed=5))
    rematch(alice)

    assert fresh(face).label == "Unknown"
    assert fresh(other).label == "Ada?"


def test_encodings_of_different_encoders_never_meet(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    old = make_face(make_photo(alice), vector(1), encoder="another-v2")
    same = make_face(make_photo(alice), vector(1))

    rematch(alice)

    assert fresh(old).label == "Unknown"
    assert fresh(same).label == "Ada?"


def test_a_humans_name_is_never_changed_by_matching(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    face = make_known(alice, "Bea", near(vector(1), 0.01))
    KnownEncoding.objects.filter(face=face).delete()

    rematch(alice)

    assert (fresh(face).label, fresh(face).distance) == ("Bea", None)


def test_a_name_that_a_human_gives_during_matching_is_not_overwritten(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    bea = make_known(alice, "Bea").person
    face = make_face(make_photo(alice), vector(1))

    def name_it_first(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith("UPDATE gallery_face SET person_id"):
            Face.objects.filter(pk=face.pk).update(person=bea, named_by="human")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(name_it_first):
        rematch(alice)

    assert fresh(face).label == "Bea"


@pytest.mark.parametrize(("tolerance", "label"), [(0.4, "Unknown"), (0.5, "Ada?")])
def test_the_tolerance_of_the_studys_way_is_a_setting(
    alice: User, settings: Settings, tolerance: float, label: str
) -> None:
    settings.MATCH_TOLERANCE = tolerance
    plainly(alice)
    make_known(alice, "Ada", vector(1))
    face = make_face(make_photo(alice), near(vector(1), 0.45))

    rematch(alice)

    assert fresh(face).label == label


def test_a_guess_is_taken_back_when_nothing_is_near_any_more(alice: User) -> None:
    known = make_known(alice, "Ada", vector(1))
    face = make_face(make_photo(alice), vector(1))
    rematch(alice)
    assert fresh(face).is_guess

    KnownEncoding.objects.filter(face=known).delete()

    assert rematch(alice) == 1
    assert (fresh(face).person, fresh(face).distance) == (None, None)


def test_only_photos_whose_guesses_changed_are_marked_as_changed(alice: User) -> None:
    hit = make_face(make_photo(alice), near(vector(1), 0.3))
    miss = make_face(make_photo(alice), vector(2))
    make_known(alice, "Ada", vector(1))

    assert Photo.objects.get(pk=hit.photo_id).changed_at > hit.photo.changed_at
    assert Photo.objects.get(pk=miss.photo_id).changed_at == miss.photo.changed_at
    assert rematch(alice) == 0


def queries_to_name_among(alice: User, number: int) -> int:
    for seed in range(number):
        make_face(make_photo(alice), near(vector(number), 0.3, seed=seed))
    face = make_face(make_photo(alice), vector(number))
    with CaptureQueriesContext(connection) as queries:
        people.name_face(face=face, name=f"Ada {number}")
    assert person_called(f"Ada {number}").faces.filter(named_by="machine").count() == number
    return len(queries)


def test_the_number_of_queries_does_not_grow_with_the_faces(alice: User) -> None:
    # Made at the first need, which costs queries too, as does each time that the limits move.
    Roster.objects.of(alice.pk)
    Roster.objects.update(counted=2)

    assert queries_to_name_among(alice, 2) == queries_to_name_among(alice, 80)


def test_more_photos_than_are_read_at_a_time_are_all_matched(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matching, "PHOTOS", 2)
    for photo in [make_photo(alice) for _ in range(5)]:
        for seed in range(9):
            make_face(photo, near(vector(seed), 0.3))

    for seed in range(9):
        make_known(alice, f"Ada {seed}", vector(seed))

    assert Face.objects.filter(named_by="machine").count() == 45


def test_the_name_of_the_encoder_is_stored_with_each_known_encoding(alice: User) -> None:
    make_known(alice, "Ada")

    assert KnownEncoding.objects.get().encoder == ENCODER
