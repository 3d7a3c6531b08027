"""Several people of one name are told apart by their keys, whoever asks and wherever they are shown."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from types import SimpleNamespace
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse

from gallery.models import Face, KnownEncoding, Person, Photo
from gallery.services import people
from tests.factories import (
    fresh,
    make_face,
    make_known,
    make_person,
    make_photo,
    near,
    person_called,
    rematch,
    vector,
)

PLAIN = {"about": "", "born": None, "is_favourite": False, "is_hidden": False}
COUNTS = {"photo_count": 1, "guess_count": 0, "question_count": 0}
HTMX = {"HX-Request": "true", "HX-Target": "photo-result"}


def make_annas(owner: User) -> tuple[Person, Person]:
    """Save two people called Anna, known by a face each; the second is a cousin from Busan."""
    make_known(owner, "Anna", vector(1))
    first = person_called("Anna")
    second = people.name_anew(face=make_face(make_photo(owner), vector(2)), name="Anna")
    people.rename(person=second, name="Anna", note="cousin from Busan")
    return first, second


def unknown_face(owner: User) -> Face:
    return make_face(make_photo(owner), vector(3))


def test_somebody_new_may_bear_the_name_of_somebody_known(alice: User) -> None:
    first, second = make_annas(alice)

    assert first.name == second.name == "Anna"
    assert [one.encodings.count() for one in (first, second)] == [1, 1]


def test_a_name_that_one_person_bears_means_that_person(alice: User) -> None:
    make_known(alice, "Anna")
    face = unknown_face(alice)

    assert people.name_face(face=face, name="anna") == person_called("Anna")


def test_a_joiner_in_a_name_is_kept_and_need_not_be_typed(alice: User) -> None:
    ali_reza = "\u0639\u0644\u06cc\u200c\u0631\u0636\u0627"
    make_known(alice, ali_reza)

    named = people.name_face(face=unknown_face(alice), name=ali_reza.replace("\u200c", ""))

    assert named == person_called(ali_reza)


def test_a_name_that_several_bear_is_asked_about_and_nothing_is_written(alice: User) -> None:
    annas = make_annas(alice)
    face = unknown_face(alice)

    with pytest.raises(people.SeveralPeople) as asked:
        people.name_face(face=face, name=" ANNA ")

    assert f"{asked.value}".startswith("2 people are called Anna.")
    assert list(asked.value.people) == [anna.pk for anna in annas]
    assert fresh(face).label == "Unknown"
    assert KnownEncoding.objects.count() == 2


@pytest.mark.parametrize("number", [0, 1])
def test_the_key_says_which_of_them_a_face_is(alice: User, number: int) -> None:
    anna = make_annas(alice)[number]
    face = unknown_face(alice)

    assert people.name_as(face=face, person_id=anna.pk) == anna
    assert fresh(face).person == anna
    assert anna.encodings.count() == 2


@pytest.mark.parametrize("typed", ["Anna (cousin from Busan)", "anna  (COUSIN from Busan)"])
def test_a_name_with_a_note_means_whom_it_tells_apart(alice: User, typed: str) -> None:
    _first, second = make_annas(alice)

    assert people.name_face(face=unknown_face(alice), name=typed) == second


def test_brackets_after_a_name_are_a_part_of_it_unless_they_are_a_note(alice: User) -> None:
    make_annas(alice)

    named = people.name_face(face=unknown_face(alice), name="Anna (aunt)")

    assert named is not None
    assert (named.name, named.note) == ("Anna (aunt)", "")
    assert people.name_face(face=unknown_face(alice), name="anna (aunt)") == named


def test_whoever_is_called_so_comes_before_whom_a_note_calls_so(alice: User) -> None:
    make_annas(alice)
    exactly = people.name_anew(face=unknown_face(alice), name="Anna (cousin from Busan)")

    assert people.name_face(face=unknown_face(alice), name="Anna (cousin from Busan)") == exactly


def test_a_namesake_in_another_roster_is_nobodys_business(alice: User, bob: User) -> None:
    make_annas(bob)
    make_known(alice, "Anna")

    named = people.name_face(face=unknown_face(alice), name="Anna")

    assert named is not None
    assert named.roster.owner == alice
    assert not any(one.shares_name for one in Person.objects.visible_to(alice).told_apart())


@pytest.mark.parametrize("whose", ["nobody", "bob"])
def test_a_person_who_is_not_there_is_refused_by_their_key(
    alice: User, bob: User, whose: str
) -> None:
    """Somebody else's person is not told apart from one who was deleted meanwhile."""
    person = make_person(bob, "Anna")
    if whose == "nobody":
        person_id, _ = person.pk, people.delete(person)
    face = make_known(alice, "Ada")

    with pytest.raises(people.NameRefused, match="This person is not there any more"):
        people.name_as(face=face, person_id=person_id if whose == "nobody" else person.pk)

    assert fresh(face).label == "Ada"
    assert KnownEncoding.objects.filter(face=face).exists()


def test_naming_somebody_new_needs_a_name(alice: User) -> None:
    with pytest.raises(people.NameRefused, match="Write a name first"):
        people.name_anew(face=unknown_face(alice), name="  ")


def test_saying_twice_that_it_is_another_leaves_one(alice: User) -> None:
    """A second press comes before the answer to the first."""
    make_known(alice, "Anna")
    face = unknown_face(alice)

    people.name_anew(face=face, name="Anna")
    people.name_anew(face=fresh(face), name="Anna")

    assert Person.objects.called("anna").count() == 2


def test_a_person_may_take_the_name_of_another(alice: User) -> None:
    make_known(alice, "Ada")
    face = make_known(alice, "Bea")

    people.rename(person=person_called("Ada"), name="bea")

    assert [person.shown_name for person in Person.objects.order_by("pk")] == ["bea", "Bea"]
    assert fresh(face).person != Person.objects.get(name="bea")


def test_a_note_is_cleaned_and_stays_when_only_the_name_is_given(alice: User) -> None:
    person = make_person(alice, "Anna")

    people.rename(person=person, name="Anna", note="  cousin\n from Busan ")
    people.rename(person=person, name="Hanna")
    person.refresh_from_db()
    assert person.in_full == "Hanna (cousin from Busan)"

    with pytest.raises(people.NameRefused, match="A note may have up to 60 letters"):
        people.rename(person=person, name="Hanna", note="x" * 61)


def test_somebody_who_was_deleted_meanwhile_is_not_renamed(alice: User) -> None:
    person = make_person(alice, "Anna")
    people.delete(Person.objects.get(pk=person.pk))

    with pytest.raises(people.NameRefused, match="not there any more"):
        people.rename(person=person, name="Hanna")


def test_a_note_is_shown_only_where_the_name_does_not_do(alice: User) -> None:
    _first, second = make_annas(alice)
    found = Person.objects.told_apart().order_by("pk")
    assert [person.shown_name for person in found] == ["Anna", "Anna (cousin from Busan)"]

    people.rename(person=second, name="Hanna")

    assert [person.shown_name for person in found.all()] == ["Anna", "Hanna"]


def test_two_of_one_name_on_a_photo_are_two(alice: User) -> None:
    first, second = make_annas(alice)
    photo = make_photo(alice)
    for person in (first, second, first):
        people.name_as(face=make_face(photo), person_id=person.pk)

    assert Photo.objects.get(pk=photo.pk).names == ["Anna", "Anna"]


def test_each_is_guessed_by_their_own_faces(alice: User) -> None:
    first, second = make_annas(alice)
    one = make_face(make_photo(alice), near(vector(1), 0.2))
    other = make_face(make_photo(alice), near(vector(2), 0.2))

    rematch(alice)

    assert (fresh(one).person, fresh(other).person) == (first, second)


# The pages.


def post(client: Client, face: Face, *, script: bool, **said: object) -> str:
    headers = HTMX if script else {}
    url = reverse("name_face", args=[face.pk])
    answer = client.post(url, said, headers=headers, follow=not script)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("script", [True, False])
def test_the_page_asks_which_one_and_takes_the_answer(
    alice: User, as_alice: Client, script: bool
) -> None:
    first, second = make_annas(alice)
    face = unknown_face(alice)

    html = post(as_alice, face, script=script, name="Anna")

    assert "2 people are called Anna. Which one is this?" in html
    assert "cousin from Busan" in html
    assert "Somebody new called Anna" in html
    for person in (first, second):
        assert f'value="{person.pk}"' in html
        assert reverse("face_crop", args=[person.encodings.get().face_id]) in html

    post(as_alice, face, script=script, person=second.pk)
    assert fresh(face).person == second


@pytest.mark.parametrize("script", [True, False])
def test_the_page_takes_somebody_new(alice: User, as_alice: Client, script: bool) -> None:
    annas = make_annas(alice)
    face = unknown_face(alice)

    html = post(as_alice, face, script=script, name="Annabel", new="Anna")

    assert fresh(face).label == "Anna"
    assert fresh(face).person not in annas
    assert "Somebody else is called Anna too." in html
    assert "Tell them apart" in html


@pytest.mark.parametrize("script", [True, False])
def test_a_name_that_is_taken_offers_another_of_it_in_one_click(
    alice: User, as_alice: Client, script: bool
) -> None:
    make_known(alice, "Anna")
    face = unknown_face(alice)

    html = post(as_alice, face, script=script, name="anna")

    assert fresh(face).person == person_called("Anna")
    assert "Taken for the Anna whom you named before." in html
    assert f'id="another-offer-{face.pk}"' in html


@pytest.mark.parametrize("script", [True, False])
def test_nothing_is_offered_beside_somebody_new_or_a_guess_that_is_typed(
    alice: User, as_alice: Client, script: bool
) -> None:
    make_known(alice, "Ada", vector(1))
    guessed = make_face(make_photo(alice), near(vector(1), 0.2))
    rematch(alice)

    assert "data-offer" not in post(as_alice, unknown_face(alice), script=script, name="Anna")
    assert "data-offer" not in post(as_alice, guessed, script=script, name="Ada")
    assert fresh(guessed).is_named


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("said", [{"person": "0"}, {"person": "no key"}, {"person": "9" * 18}])
def test_who_is_gone_or_no_key_is_answered_with_a_sentence(
    alice: User, as_alice: Client, script: bool, said: dict[str, str]
) -> None:
    html = post(as_alice, unknown_face(alice), script=script, **said)

    assert "This person is not there any more. Say again who it is." in html


def test_the_question_leads_back_to_the_photo_once_nothing_is_to_be_asked(
    alice: User, as_alice: Client
) -> None:
    face = unknown_face(alice)
    question = reverse("which_person", args=[face.pk])

    for name in ("", "Anna", "\x00"):
        answer = as_alice.get(question, {"name": name})
        assert answer["Location"] == face.photo.get_absolute_url()


def test_a_strangers_face_is_not_asked_about(alice: User, as_bob: Client) -> None:
    make_annas(alice)
    question = reverse("which_person", args=[unknown_face(alice).pk])

    assert as_bob.get(question, {"name": "Anna"}).status_code == 404


def test_a_page_shows_no_offer_for_a_face_of_somebody_else(
    alice: User, bob: User, as_alice: Client
) -> None:
    make_annas(bob)
    theirs = Face.objects.get(person__note="", photo__owner=bob)

    html = as_alice.get(make_photo(alice).get_absolute_url(), {"named": theirs.pk})

    assert "data-offer" not in html.content.decode()


def test_notes_are_suggested_where_two_share_a_name_and_stay_quiet_elsewhere(
    alice: User, as_alice: Client
) -> None:
    _first, second = make_annas(alice)
    people.rename(person=make_person(alice, "Bea"), name="Bea", note="neighbour")
    page = unknown_face(alice).photo.get_absolute_url()

    def suggestions() -> list[str]:
        return list(as_alice.get(page).context["people_names"])

    assert suggestions() == ["Anna", "Anna (cousin from Busan)", "Bea"]
    people.rename(person=second, name="Hanna")
    assert suggestions() == ["Anna", "Bea", "Hanna"]


def test_notes_tell_apart_the_cards_and_the_faces_of_a_photo(alice: User, as_alice: Client) -> None:
    _first, second = make_annas(alice)
    photo = second.faces.get().photo

    for page in (reverse("people"), photo.get_absolute_url()):
        assert "cousin from Busan" in as_alice.get(page).content.decode()

    people.rename(person=second, name="Hanna")
    for page in (reverse("people"), photo.get_absolute_url()):
        assert "cousin from Busan" not in as_alice.get(page).content.decode()


def test_a_persons_page_leads_to_their_namesakes_and_asks_for_a_note(
    alice: User, as_alice: Client
) -> None:
    first, second = make_annas(alice)

    of_first, of_second = (
        as_alice.get(person.get_absolute_url()).content.decode() for person in (first, second)
    )

    assert "Somebody else is called Anna too:" in of_first
    assert f'href="{second.get_absolute_url()}"' in of_first
    assert "What tells this Anna apart?" in of_first
    assert f'href="{first.get_absolute_url()}"' in of_second
    assert "What tells this Anna apart?" not in of_second


def test_a_person_is_given_a_note_and_keeps_their_name(alice: User, as_alice: Client) -> None:
    first, _second = make_annas(alice)
    url = reverse("rename_person", args=[first.pk])

    html = as_alice.post(url, {"note": "my sister"}, follow=True).content.decode()

    assert '<p class="person-note">my sister</p>' in html
    first.refresh_from_db()
    assert (first.name, first.note) == ("Anna", "my sister")


def test_who_is_deleted_is_said_by_name_and_note(alice: User, as_alice: Client) -> None:
    _first, second = make_annas(alice)

    html = as_alice.post(reverse("delete_person", args=[second.pk]), follow=True).content.decode()

    assert "Anna (cousin from Busan) was removed." in html


# The API.


def name(client: Client, face: Face, **said: object) -> Any:
    url = reverse("api_name_face", args=[face.pk])
    return client.post(url, said, content_type="application/json")


def test_the_api_answers_409_with_all_who_bear_the_name(alice: User, as_alice: Client) -> None:
    first, second = make_annas(alice)
    face = unknown_face(alice)

    answer = name(as_alice, face, name="Anna")

    assert answer.status_code == 409
    assert answer.json() == {
        "code": "several_people",
        "detail": "2 people are called Anna. Say which of them it is, or that it is somebody new.",
        "people": [
            {"id": first.pk, "name": "Anna", "note": "", **PLAIN, **COUNTS},
            {"id": second.pk, "name": "Anna", "note": "cousin from Busan", **PLAIN, **COUNTS},
        ],
    }
    assert fresh(face).label == "Unknown"


def test_the_api_names_by_the_key_and_somebody_new(alice: User, as_alice: Client) -> None:
    first, second = make_annas(alice)
    face = unknown_face(alice)

    assert name(as_alice, face, person=second.pk).json() == {"person": second.pk}
    assert fresh(face).person == second

    new = name(as_alice, face, name="Anna", new=True).json()["person"]
    assert new == fresh(face).person_id
    assert new not in (first.pk, second.pk)


@pytest.mark.parametrize(
    ("said", "field"),
    [
        ({"person": 10**12}, "person"),
        ({"person": 10**30}, "person"),
        ({"person": "Anna"}, "person"),
        ({"person": None}, "person"),
        ({"name": "", "new": True}, "name"),
        ({"name": "Anna", "person": 1}, "non_field_errors"),
        ({"new": True}, "non_field_errors"),
    ],
)
def test_the_api_refuses_with_a_sentence_who_cannot_be_meant(
    alice: User, as_alice: Client, said: dict[str, object], field: str
) -> None:
    answer = name(as_alice, unknown_face(alice), **said)

    assert answer.status_code == 400
    assert list(answer.json()) == [field]


def test_the_api_says_of_each_face_whose_key_and_note_it_has(alice: User, as_alice: Client) -> None:
    _first, second = make_annas(alice)
    photo = second.faces.get().photo

    said = as_alice.get(reverse("api_photo", args=[photo.pk])).json()["faces"][0]["person"]

    assert said["id"] == second.pk
    assert (said["name"], said["note"]) == ("Anna", "cousin from Busan")


# The way back.


def test_the_way_back_numbers_those_who_came_later(alice: User, bob: User) -> None:
    upgrade = import_module("gallery.migrations.0011_namesakes")
    number: Callable[..., None] = upgrade.number_namesakes
    names = ["Anna", "anna", "Anna (2)", "Anna", "x" * 100, "X" * 100]
    for each in names:
        make_person(alice, each)
    make_person(bob, "Anna")

    number(apps, SimpleNamespace(connection=connection))

    hers = Person.objects.visible_to(alice).order_by("pk").values_list("name", flat=True)
    assert list(hers) == [
        "Anna", "anna (2)", "Anna (2) (2)", "Anna (3)", "x" * 100, "X" * 96 + " (2)",
    ]  # fmt: skip
    assert len({one.folded_name for one in Person.objects.visible_to(alice)}) == len(names)
    assert Person.objects.visible_to(bob).get().name == "Anna"
