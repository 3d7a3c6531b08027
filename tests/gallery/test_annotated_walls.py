"""Walls with boxes and names over their pictures."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from analysis import shown
from analysis.results import Box
from gallery.lists import photos as lists
from gallery.models import Person, Photo
from gallery.models.face_queries import Mark
from gallery.services import people
from gallery.templatetags.walls import faces_over
from tests.factories import make_face, make_known, make_person, make_photo, near, rematch, vector

pytestmark = pytest.mark.django_db

STATE = re.compile(r'<g class="mark"[^>]*data-state="(\w+)" data-colour="(\w+)"')
NAME = re.compile(r'<span class="chip-name">([^<]*)</span>')


def over(photo: Photo) -> str:
    return faces_over(lists.cards(Photo.objects.filter(pk=photo.pk)).get())


def test_every_face_has_a_box_and_who_is_known_a_name_in_their_colour(alice: User) -> None:
    photo = make_known(alice, "Ada & Co", vector(1)).photo
    make_face(photo, box=Box(100, 20, 140, 60))
    colour = Person.objects.get().colour
    drawn = over(photo)
    assert STATE.findall(drawn) == [("named", f"{colour}"), ("unknown", "none")]
    assert NAME.findall(drawn) == ["Ada &amp; Co"]
    assert 'x="100" y="20" width="40" height="40"' in drawn


def test_a_guess_reads_as_one(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    photo = make_face(make_photo(alice), near(vector(1), 0.3)).photo
    rematch(alice)
    assert [state for state, _colour in STATE.findall(over(photo))] == ["guess"]
    assert NAME.findall(over(photo)) == ["Ada?"]


def test_no_two_people_of_a_photo_have_one_colour(alice: User) -> None:
    photo = make_photo(alice)
    for number in range(9):
        face = make_face(photo, box=Box(60 * number, 10, 60 * number + 40, 50))
        people.name_face(face=face, name=f"Person {number}")
    assert len({colour for _state, colour in STATE.findall(over(photo))}) == 9


def test_who_is_hidden_is_nobody_and_who_refused_has_no_box(alice: User) -> None:
    hidden = make_known(alice, "Ada").photo
    Person.objects.update(is_hidden=True)
    private = make_photo(alice)
    make_face(private, mark=Mark.PRIVATE)
    assert STATE.findall(over(hidden)) == [("unknown", "none")]
    assert NAME.findall(over(hidden)) == []
    assert over(private) == ""


@pytest.mark.parametrize(
    ("size", "part"),
    [
        ((4000, 3000), (0, 0, 4000, 3000)),
        ((10_000, 1000), (3700, 0, 2600, 1000)),
        ((600, 3000), (0, 400, 600, 1000)),
    ],
)
def test_the_boxes_lie_over_the_part_that_is_shown(
    size: tuple[int, int], part: tuple[int, int, int, int], alice: User
) -> None:
    assert shown.on_wall(*size) == part
    photo = make_photo(alice, width=size[0], height=size[1])
    make_face(photo)
    assert f'viewBox="{" ".join(map(str, part))}"' in over(photo)


@pytest.mark.parametrize(("cookie", "is_on"), [("yes", True), ("no", False), ('"><b>', False)])
def test_the_first_paint_has_them_as_this_browser_had_them_last(
    cookie: str, is_on: bool, alice: User, as_alice: Client
) -> None:
    face = make_known(alice, "Ada")
    as_alice.cookies["annotated"] = cookie
    assert face.person is not None
    for page in (reverse("library"), face.person.get_absolute_url()):
        html = as_alice.get(page).content.decode()
        box = re.search(r'<input id="annotated"[^>]*>', html)
        assert box is not None
        assert ("checked" in box[0]) == is_on


@pytest.mark.parametrize("count", [1, 7])
def test_they_cost_no_query(
    count: int, alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_known(alice, f"Person {number}")
    with django_assert_num_queries(2):
        assert all(faces_over(photo) for photo in lists.cards(Photo.objects.all()))


@pytest.mark.parametrize("fields", [{"lost": "asked"}, {"suggestion": True}, {}])
def test_a_card_says_that_a_question_waits(
    fields: dict[str, Any], alice: User, as_alice: Client
) -> None:
    said = fields | ({"suggestion": make_person(alice, "Ada")} if "suggestion" in fields else {})
    make_face(make_photo(alice), **said)
    html = as_alice.get(reverse("library")).content.decode()
    assert ("A question waits here" in html) == bool(fields)
