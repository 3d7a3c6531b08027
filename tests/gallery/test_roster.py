"""The people page: orders, search, filters and pages, all in the address."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from gallery import lists
from gallery.lists import roster
from gallery.models import Face, Person
from tests.factories import (
    CLEAR,
    POOR,
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
from tests.gallery.test_three_answers import MAYBE, SURE

# The session, the account, the page's count, keys and cards, work, groups, what is asked, what is put
# aside, and the bar below.
QUERIES = 19


def shown(client: Client, address: str = "") -> list[str]:
    """Return the names on the people page, in their order."""
    html = client.get(f"{reverse('people')}{address}").content.decode()
    return re.findall(r'class="person-name">([^<]+)<', html)


@pytest.fixture
def three(alice: User) -> None:
    """Bea on two photos, Ada on one with two guesses and a question, Cy on none."""
    make_known(alice, "Bea", vector(2), quality=CLEAR)
    make_known(alice, "Bea", vector(3), quality=CLEAR)
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    make_person(alice, "Cy")
    for number in range(2):
        make_face(make_photo(alice), near(vector(1), SURE, seed=number))
    make_face(make_photo(alice), near(vector(1), MAYBE, seed=9))
    rematch(alice)


@pytest.mark.usefixtures("three")
def test_people_are_ordered_as_the_address_says(as_alice: Client) -> None:
    now = timezone.now()
    for days, name in enumerate(["Bea", "Cy", "Ada"]):
        Person.objects.filter(name=name).update(created_at=now - timedelta(days=days))

    assert shown(as_alice) == ["Ada", "Bea", "Cy"]
    assert shown(as_alice, "?order=name") == ["Ada", "Bea", "Cy"]
    assert shown(as_alice, "?order=newest") == ["Bea", "Cy", "Ada"]
    assert shown(as_alice, "?order=unconfirmed") == ["Ada", "Bea", "Cy"]


def test_most_photos_and_most_unconfirmed_count_other_things(alice: User, as_alice: Client) -> None:
    for number in range(3):
        make_known(alice, "Zoe", vector(10 + number), quality=CLEAR)
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    make_face(make_photo(alice), near(vector(1), MAYBE))
    rematch(alice)

    assert shown(as_alice, "?order=photos") == ["Zoe", "Ada"]
    assert shown(as_alice, "?order=unconfirmed") == ["Ada", "Zoe"]


@pytest.mark.usefixtures("three")
def test_only_those_are_shown_whose_faces_wait_for_a_word(as_alice: Client) -> None:
    assert shown(as_alice, "?show=unconfirmed") == ["Ada"]

    Face.objects.filter(named_by="machine").update(named_by="", person=None)
    assert shown(as_alice, "?show=unconfirmed") == ["Ada"]

    Face.objects.update(suggestion=None)
    assert shown(as_alice, "?show=unconfirmed") == []


def test_who_is_known_by_no_good_face_is_found(alice: User, as_alice: Client) -> None:
    make_known(alice, "Good", vector(1), quality=CLEAR)
    make_known(alice, "Never measured", vector(2))
    make_known(alice, "Poor", vector(3), quality=POOR)
    make_known(alice, "Both", vector(4), quality=POOR)
    make_known(alice, "Both", vector(5), quality=CLEAR)
    make_person(alice, "Nothing")
    imported = make_person(alice, "Imported")
    imported.encodings.create(
        imported_from="known.bin", brought_for=imported, vector=vector(6), encoder="one"
    )

    assert shown(as_alice, "?show=unreferenced&order=name") == ["Nothing", "Poor"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ann", ["Anna", "Hanna"]),
        ("ANNA", ["Anna", "Hanna"]),
        ("busan anna", ["Hanna"]),
        ("anna seoul", []),
        ("민준", ["민준"]),
        (unicodedata.normalize("NFD", "민준"), ["민준"]),
        ("ÉMILE", ["Émile"]),
        ("100%", ["100% Zoe"]),
        ("  ", ["100% Zoe", "Anna", "Hanna", "Émile", "민준"]),
    ],
)
def test_people_are_found_by_parts_of_name_and_note(
    alice: User, as_alice: Client, query: str, found: list[str]
) -> None:
    for name in ("Anna", "Hanna", "민준", "Émile", "100% Zoe"):
        make_person(alice, name)
    Person.objects.filter(name="Hanna").update(note="cousin from Busan")

    assert sorted(shown(as_alice, f"?q={query.replace('%', '%25')}")) == found


@pytest.mark.usefixtures("three")
def test_order_search_and_filter_hold_together_and_stand_in_the_form(as_alice: Client) -> None:
    address = f"{reverse('people')}?order=name&show=unconfirmed&q=a"
    html = as_alice.get(address).content.decode()

    assert re.findall(r'class="person-name">([^<]+)<', html) == ["Ada"]
    assert re.findall(r'value="(\w+)"\s+selected', html) == ["name", "unconfirmed"]
    assert re.search(r'name="q"\s+value="a"', html)
    # It is what the list fetches again when people change.
    assert f'hx-get="{address.replace("&", "&amp;")}"' in html


@pytest.mark.usefixtures("three")
@pytest.mark.parametrize(
    "address", ["?order=size&show=all;drop", "?page=x", "?page=-3", "?page=99"]
)
def test_what_no_page_of_ours_says_shows_everybody(as_alice: Client, address: str) -> None:
    assert shown(as_alice, address) == ["Ada", "Bea", "Cy"]


@pytest.mark.usefixtures("three")
def test_where_nobody_is_found_the_way_back_is_shown(as_alice: Client) -> None:
    html = as_alice.get(reverse("people"), {"q": "<Zoe>"}).content.decode()

    assert "Nobody here is called “&lt;Zoe&gt;”" in words(html)
    assert "Nobody has a name yet" not in html
    assert 'name="q"' in html
    Face.objects.update(person=None, named_by="", suggestion=None)
    html = as_alice.get(reverse("people"), {"show": "unconfirmed"}).content.decode()
    assert "There is nobody of that kind" in words(html)


def test_pages_follow_each_other_and_keep_what_is_wanted(
    alice: User, as_alice: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(roster, "SHOWN", 4)
    for number in range(9):
        make_person(alice, f"Ann {number}")
    make_person(alice, "Bea")

    pages: list[list[str]] = []
    address = "?order=name&q=ann"
    while address:
        html = as_alice.get(f"{reverse('people')}{address}").content.decode()
        pages.append(re.findall(r'class="person-name">([^<]+)<', html))
        following = re.search(r'id="page-next"[^>]*href="([^"]+)"', html)
        address = following[1].replace("&amp;", "&") if following else ""

    assert [len(page) for page in pages] == [4, 4, 1]
    assert [name for page in pages for name in page] == [f"Ann {number}" for number in range(9)]
    assert "9 to 9 of 9" in words(html)


def test_a_large_roster_asks_the_database_as_often_as_a_small_one(
    alice: User, as_alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    address = f"{reverse('people')}?order=unconfirmed&show=unreferenced&q=a"
    for number in range(3):
        make_person(alice, f"Ada {number}")
    with django_assert_num_queries(QUERIES):
        as_alice.get(address)

    for number in range(200):
        make_person(alice, f"Anna {number}")
    with django_assert_num_queries(QUERIES):
        as_alice.get(address)


def test_what_is_counted_of_people_is_answered_by_an_index_alone(db: None) -> None:
    """Else a page of people reads the rows of all their faces, which are wide."""
    ordered = Person.objects.order_by(*lists.people.seen_most()).values_list("pk")
    for query in (ordered, lists.people.cards(Person.objects.filter(pk=1))):
        steps = query.explain().splitlines()
        of_faces = [step for step in steps if "SEARCH U0" in step and "roster" not in step]
        assert of_faces
        assert [
            step for step in of_faces if "face_of_person" in step and "COVERING" not in step
        ] == []
        assert any("COVERING INDEX face_of_person" in step for step in of_faces)


def test_the_cover_is_the_best_face_that_a_human_named(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada", vector(1), quality=POOR)
    best = make_known(alice, "Ada", near(vector(1), 0.1), quality=CLEAR)
    make_known(alice, "Ada", near(vector(1), 0.2))
    make_face(
        make_photo(alice), person=person_called("Ada"), named_by="machine", distance=0.1,
        quality=CLEAR,
    )  # fmt: skip

    html = as_alice.get(reverse("people")).content.decode()

    assert re.findall(r"/faces/(\d+)/crop.jpg", html) == [f"{best.pk}"]
