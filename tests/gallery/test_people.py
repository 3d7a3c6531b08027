"""What a human says about faces and people."""

from __future__ import annotations

import numpy as np
import pytest
from django.contrib.auth.models import User

from gallery.models import Face, KnownEncoding, Person, Refusal
from gallery.services import people
from tests.factories import (
    fresh,
    guess_of,
    known_encoding,
    make_face,
    make_known,
    make_photo,
    near,
    person_called,
    rematch,
    vector,
)


def test_naming_a_face_makes_the_person_and_knows_them_by_it(alice: User) -> None:
    face = make_face(make_photo(alice), vector(1))

    person = people.name_face(face=face, name="Ada Lovelace")

    assert person == person_called("Ada Lovelace")
    assert person.roster.owner == alice
    assert np.array_equal(known_encoding(face).vector, vector(1))


@pytest.mark.parametrize("again", ["ada", "ADA", " Ada ", "Ada\u200b"])
def test_a_name_finds_its_person_whatever_its_case_and_spaces(alice: User, again: str) -> None:
    make_known(alice, "Ada")

    make_known(alice, again)

    assert [person.name for person in Person.objects.all()] == ["Ada"]
    assert person_called("Ada").encodings.count() == 2


@pytest.mark.parametrize("name", ["Émile Zola", "민준", "Ångström", "Ёлка"])
def test_a_name_with_letters_beyond_ascii_finds_its_person(alice: User, name: str) -> None:
    make_known(alice, name)

    make_known(alice, name.upper())

    assert [person.name for person in Person.objects.all()] == [name]


def test_a_name_typed_on_another_keyboard_is_the_same_name(alice: User) -> None:
    """macOS may send letters in pieces (NFD)."""
    make_known(alice, "민준")
    make_known(alice, "민준")

    assert Person.objects.count() == 1


def test_two_owners_may_know_people_of_one_name(alice: User, bob: User) -> None:
    make_known(alice, "Ada")
    make_known(bob, "Ada")

    assert Person.objects.count() == 2


def test_a_person_whose_name_was_mistyped_vanishes(alice: User) -> None:
    face = make_known(alice, "Adda", vector(1))
    guessed = make_face(make_photo(alice), near(vector(1), 0.3))
    rematch(alice)

    people.name_face(face=fresh(face), name="Ada")

    assert [person.name for person in Person.objects.all()] == ["Ada"]
    assert fresh(guessed).label == "Ada?"


def test_a_person_with_other_named_faces_stays(alice: User) -> None:
    face = make_known(alice, "Ada")
    make_known(alice, "Ada")

    people.name_face(face=face, name="Bea")

    assert set(Person.objects.values_list("name", flat=True)) == {"Ada", "Bea"}
    assert person_called("Ada").encodings.count() == 1


def test_a_blank_name_takes_the_word_back(alice: User) -> None:
    face = make_known(alice, "Ada", vector(1))
    guessed = make_face(make_photo(alice), near(vector(1), 0.3))
    rematch(alice)

    assert people.name_face(face=fresh(face), name="  ") is None

    assert fresh(face).label == fresh(guessed).label == "Unknown"
    assert not Person.objects.exists()
    assert not KnownEncoding.objects.exists()


def test_taking_the_word_back_leaves_the_machine_free_to_guess(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    face = make_known(alice, "Ada", near(vector(1), 0.2))

    people.name_face(face=face, name="")

    assert fresh(face).label == "Ada?"


def test_a_confirmed_guess_is_a_humans_word_and_a_known_encoding(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    face = make_face(make_photo(alice), near(vector(1), 0.3))
    rematch(alice)

    people.confirm(face=face, person_id=guess_of(face))

    assert fresh(face).label == "Ada"
    assert person_called("Ada").encodings.count() == 2


def test_confirming_or_refusing_a_face_without_a_guess_does_nothing(alice: User) -> None:
    unknown, named = make_face(make_photo(alice)), make_known(alice, "Ada")

    for face in (unknown, named):
        for act in (people.confirm, people.refuse):
            with pytest.raises(people.NameRefused):
                act(face=face, person_id=guess_of(face))

    assert not Refusal.objects.exists()
    assert fresh(unknown).label == "Unknown"
    assert fresh(named).label == "Ada"


def test_naming_a_face_as_whom_it_was_refused_lifts_the_refusal(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    face = make_face(make_photo(alice), near(vector(1), 0.3))
    rematch(alice)
    people.refuse(face=face, person_id=guess_of(face))

    people.name_face(face=fresh(face), name="Ada")

    assert not Refusal.objects.exists()
    assert fresh(face).label == "Ada"


def test_renaming_a_person_renames_them_everywhere(alice: User) -> None:
    face = make_known(alice, "Ada")

    people.rename(person=person_called("Ada"), name=" Ada  Lovelace ")

    assert fresh(face).label == "Ada Lovelace"


def test_a_person_may_be_renamed_to_another_case_of_their_name(alice: User) -> None:
    make_known(alice, "ada")
    people.rename(person=person_called("ada"), name="Ada")

    assert person_called("Ada").faces.count() == 1


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("  ", "Write a name first."),
        ("x" * 101, "A name may have up to 100 letters."),
    ],
)
def test_a_name_that_cannot_be_is_refused_with_a_sentence(
    alice: User, name: str, sentence: str
) -> None:
    make_known(alice, "Ada")

    with pytest.raises(people.NameRefused) as refusal:
        people.rename(person=person_called("Ada"), name=name)

    assert f"{refusal.value}" == sentence
    assert Person.objects.filter(name="Ada").exists()


def test_a_name_that_is_too_long_leaves_the_face_as_it_was(alice: User) -> None:
    face = make_known(alice, "Ada")

    with pytest.raises(people.NameRefused):
        people.name_face(face=face, name="x" * 101)

    assert fresh(face).label == "Ada"
    assert KnownEncoding.objects.count() == 1


def test_deleting_a_person_keeps_their_photos_and_forgets_the_rest(alice: User) -> None:
    face = make_known(alice, "Ada", vector(1))
    guessed = make_face(make_photo(alice), near(vector(1), 0.3))
    rematch(alice)

    people.delete(person_called("Ada"))

    assert Face.objects.count() == 2
    assert fresh(face).label == fresh(guessed).label == "Unknown"
    assert not KnownEncoding.objects.exists()


def test_after_a_deletion_the_next_nearest_person_is_guessed(alice: User) -> None:
    ada = make_known(alice, "Ada", vector(1))
    make_known(alice, "Bea", near(vector(1), 0.5))

    people.delete(person_called("Ada"))

    assert fresh(ada).label == "Bea?"


def test_a_removed_encoding_is_no_longer_matched_but_its_face_keeps_the_name(
    alice: User,
) -> None:
    face = make_known(alice, "Ada", vector(1))
    guessed = make_face(make_photo(alice), near(vector(1), 0.3))
    rematch(alice)

    people.remove_encoding(known_encoding(face))

    assert fresh(face).label == "Ada"
    assert fresh(guessed).label == "Unknown"
