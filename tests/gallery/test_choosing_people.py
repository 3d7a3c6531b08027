"""Several people are ticked on the people page, and something is done with all of them."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.models import Action, Person
from gallery.models.record import Did
from gallery.services import describing
from tests.factories import make_known, vector
from tests.gallery.test_quality import words
from tests.gallery.test_roster import shown


@pytest.fixture
def three(alice: User) -> list[Person]:
    for number, name in enumerate(["Ada", "Bea", "Cy"]):
        make_known(alice, name, vector(number))
    return list(Person.objects.order_by("name"))


def act(client: Client, do: str, people: list[Person], back: str = "") -> str:
    form = {"do": do, "person": [person.pk for person in people], "back": back}
    return client.post(reverse("act_on_people"), form, follow=True).content.decode()


def test_people_are_ticked_where_the_address_says_so(three: list[Person], as_alice: Client) -> None:
    html = as_alice.get(reverse("people"), {"choose": "1", "order": "name"}).content.decode()

    assert re.findall(r'name="person"\s+value="(\d+)"', html) == [f"{one.pk}" for one in three]
    assert html.count('form="people-chosen"') == 3
    assert 'name="back" value="order=name"' in html
    assert 'href="?order=name"' in html
    # A search goes on choosing.
    assert 'name="choose" value="1"' in html
    assert "choose-" not in as_alice.get(reverse("people")).content.decode()


def test_all_who_are_ticked_are_hidden_at_once_and_shown_again(
    three: list[Person], as_alice: Client
) -> None:
    html = act(as_alice, "hide", three[:2], back="order=name&choose=1")

    assert "2 people are hidden." in words(html)
    assert reverse("undo", args=[Action.objects.get(did=Did.HIDE).pk]) in html
    assert shown(as_alice) == ["Cy"]
    hidden = as_alice.get(reverse("people"), {"show": "hidden", "choose": "1"}).content.decode()
    assert re.findall(r'name="do"\s+value="(\w+)"', hidden) == ["show"]
    assert "Ada is shown again." in words(act(as_alice, "show", three[:1]))
    assert shown(as_alice, "?order=name") == ["Ada", "Cy"]


def test_favourites_come_and_go(three: list[Person], as_alice: Client) -> None:
    assert "Cy is a favourite." in words(act(as_alice, "favour", three[2:]))
    assert shown(as_alice) == ["Cy", "Ada", "Bea"]
    page = as_alice.get(reverse("people"), {"show": "favourites", "choose": "1"}).content.decode()
    assert re.findall(r'name="do"\s+value="(\w+)"', page) == ["unfavour", "merge", "hide"]
    assert "no favourite any more" in words(act(as_alice, "unfavour", three[2:]))
    assert shown(as_alice) == ["Ada", "Bea", "Cy"]


def test_one_goes_back_to_where_they_are_listed(three: list[Person], as_alice: Client) -> None:
    form = {"do": "hide", "person": three[0].pk, "back": "order=name&q=a&choose=1&page=2"}

    answer = as_alice.post(reverse("act_on_people"), form)

    assert answer["Location"] == f"{reverse('people')}?order=name&q=a&page=2"


@pytest.mark.parametrize("back", ["//evil.example", "https://evil.example/?x", "\r\nX: y"])
def test_no_form_leads_away_from_people(three: list[Person], as_alice: Client, back: str) -> None:
    answer = as_alice.post(reverse("act_on_people"), {"do": "hide", "back": back})

    assert answer["Location"].startswith(f"{reverse('people')}?")


def test_nobody_and_nothing_new_are_said(three: list[Person], as_alice: Client) -> None:
    assert "Choose at least one person." in act(as_alice, "hide", [])
    assert "Choose at least one person." in act(as_alice, "sell", three)
    describing.hide(roster=three[0].roster, keys=[three[0].pk])
    assert "That was so already." in act(as_alice, "hide", three[:1])


def test_a_strangers_person_is_left_alone(three: list[Person], as_bob: Client) -> None:
    act(as_bob, "hide", three)

    assert Person.objects.shown().count() == 3
    assert not Action.objects.filter(did=Did.HIDE).exists()
