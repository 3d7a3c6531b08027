"""A name that is taken asks whether two are one, and what speaks against that is said before they are."""

from __future__ import annotations

from typing import Any
from unicodedata import normalize

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.born import Born
from analysis.results import Box
from gallery.models import Person, Photo
from gallery.models.person import Consent
from gallery.services import births, consent, describing, doubts, people
from tests.factories import make_face, make_known, make_photo, person_called
from tests.gallery.test_quality import words


def rename(client: Client, person: Person, **said: str) -> Any:
    return client.post(reverse("rename_person", args=[person.pk]), said, follow=True)


def text(page: Any) -> str:
    return words(page.content.decode())


def merge(client: Client, *two: Person, **said: Any) -> Any:
    form = {"person": [one.pk for one in two], "into": two[0].pk} | said
    return client.post(reverse("merge_chosen"), form, follow=True)


@pytest.fixture
def two(alice: User) -> tuple[Person, Person]:
    make_known(alice, "Anna")
    make_known(alice, "Bea")
    return person_called("Anna"), person_called("Bea")


def together(owner: User, *names: str) -> Photo:
    """Save a photo on which all of these are."""
    photo = make_photo(owner)
    for number, name in enumerate(names):
        left = 10 + 100 * number
        people.name_face(face=make_face(photo, box=Box(left, 10, left + 40, 50)), name=name)
    return photo


@pytest.mark.parametrize("name", ["Anna", " ANNA ", "Annie", "Zoe\u0308"])
def test_a_name_that_is_taken_offers_to_merge_and_keeps_what_was_typed(
    two: tuple[Person, Person], as_alice: Client, name: str
) -> None:
    describing.tell(person=two[0], about="", aliases=["Annie", "Zo\u00eb"])

    page = rename(as_alice, two[1], name=name, note="from Busan")

    typed = normalize("NFC", name.strip())
    assert f"There is already somebody called {typed}" in text(page)
    assert f'value="{typed}"' in page.content.decode()
    assert 'value="from Busan"' in page.content.decode()
    assert {one.name for one in Person.objects.all()} == {"Anna", "Bea"}
    merged = merge(as_alice, two[0], two[1])
    assert "1 person more is Anna." in text(merged)


def test_two_may_bear_a_name_and_another_taken_one_asks_again(
    alice: User, two: tuple[Person, Person], as_alice: Client
) -> None:
    make_known(alice, "Carla")

    again = rename(as_alice, two[1], name="Carla", apart="Anna")
    assert "There is already somebody called Carla" in text(again)
    rename(as_alice, two[1], name="Anna", note="cousin", apart="Anna")

    assert person_called("Carla").name == "Carla"
    two[1].refresh_from_db()
    assert (two[1].name, two[1].note) == ("Anna", "cousin")


def test_ones_own_name_and_a_free_one_ask_nothing(
    two: tuple[Person, Person], as_alice: Client
) -> None:
    assert rename(as_alice, two[1], name="BEA").redirect_chain == [(two[1].get_absolute_url(), 302)]
    assert rename(as_alice, two[1], name="Dora").redirect_chain == [
        (two[1].get_absolute_url(), 302)
    ]
    assert person_called("Dora") == two[1]


def test_a_name_in_anothers_library_is_free(
    two: tuple[Person, Person], as_bob: Client, bob: User
) -> None:
    make_known(bob, "Bob")
    rename(as_bob, person_called("Bob"), name="Anna")
    assert Person.objects.filter(name="Anna").count() == 2


def test_who_is_seen_on_one_photo_is_merged_by_a_second_yes_alone(
    alice: User, two: tuple[Person, Person], as_alice: Client
) -> None:
    photo = together(alice, "Anna", "Bea")

    asked = merge(as_alice, *two)

    assert "You named Anna and Bea on the same photo" in text(asked)
    assert photo.get_absolute_url() in asked.content.decode()
    assert Person.objects.count() == 2
    merge(as_alice, *two, sure="1")
    assert Person.objects.get() == two[0]


def test_a_photo_that_shows_people_several_times_says_nothing(
    alice: User, two: tuple[Person, Person]
) -> None:
    photo = together(alice, "Anna", "Bea")
    assert doubts.together([one.pk for one in two]) == {(two[0].pk, two[1].pk): photo.pk}

    Photo.objects.update(is_collage=True)

    assert doubts.of(two) == []


def test_who_was_born_on_two_days_is_warned_about(
    two: tuple[Person, Person], as_alice: Client
) -> None:
    for person, born in zip(two, (Born(1990, 4, 30), Born(2001)), strict=True):
        births.say(person=person, born=born)

    page = merge(as_alice, *two)

    assert "Anna was born 30 April 2015" not in text(page)
    assert "Anna was born" in text(page)
    assert "They are one person all the same" in text(page)
    assert Person.objects.count() == 2


def test_the_chosen_name_stays_chosen_while_it_is_asked(
    alice: User, two: tuple[Person, Person], as_alice: Client
) -> None:
    together(alice, "Anna", "Bea")

    page = merge(as_alice, two[1], two[0]).content.decode()

    _, _, field = page.partition(f'id="into-{two[1].pk}"')
    assert "checked" in field.partition(">")[0]


def test_whoever_refused_to_be_recognised_is_merged_with_nobody(
    two: tuple[Person, Person], as_alice: Client
) -> None:
    consent.say(person=two[1], answer=Consent.REFUSED)

    page = merge(as_alice, *two, sure="1")

    assert "Choose two people or more." in text(page)
    assert "Bea" not in text(page)
