"""What is no face, and strangers, are put aside by one click, and come back from a page of their own."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gallery import lists
from gallery.models import Face, Person
from gallery.models.face_queries import Mark
from gallery.models.record import Did
from gallery.services import curating, people
from gallery.views.choosing import SHOWN
from tests.factories import BOX, fresh, make_face, make_known, make_photo, vector
from tests.gallery.test_done import toast
from tests.gallery.test_quality import words
from tests.gallery.test_record import named, roster_of, undo

HTMX = {"HX-Request": "true"}
KINDS = [Mark.NO_FACE, Mark.STRANGER]


def put_aside(client: Client, face: Face, mark: str, **headers: str) -> Any:
    url = reverse("put_aside", args=[face.pk])
    return client.post(url, {"mark": mark}, headers=headers, follow=not headers)


def answer(client: Client, faces: Sequence[Face], act: str, **said: Any) -> Any:
    keys = [face.pk for face in faces]
    data = {"face": keys, "act": act, "part": "stranger"} | said
    return client.post(reverse("answer_aside"), data, headers=HTMX)


def marked(owner: User, mark: Mark, count: int = 1) -> list[Face]:
    faces = [make_face(make_photo(owner, filename=f"{mark}.jpg")) for _ in range(count)]
    for face in faces:
        curating.mark(roster=roster_of(owner), faces=[face.pk], mark=mark)
    return faces


def mark_of(face: Face) -> str:
    return Face.everything.get(pk=face.pk).mark


@pytest.mark.parametrize("mark", KINDS)
def test_one_click_puts_a_face_aside_and_one_more_takes_that_back(
    alice: User, as_alice: Client, mark: Mark
) -> None:
    photo = make_photo(alice)
    face, other = make_face(photo), make_face(photo)

    answered = put_aside(as_alice, face, mark, **HTMX)

    html = answered.content.decode()
    assert f'id="face-{face.pk}"' not in html
    assert f'id="face-{other.pk}"' in html
    assert mark_of(face) == mark
    as_alice.post(toast(answered)["undo"], headers=HTMX)
    assert mark_of(face) == Mark.NONE
    page = as_alice.get(photo.get_absolute_url()).content.decode()
    assert f'id="face-{face.pk}"' in page


def test_without_scripts_the_photo_is_shown_again_and_offers_to_undo(
    alice: User, as_alice: Client
) -> None:
    face = make_face(make_photo(alice))

    answered = put_aside(as_alice, face, Mark.NO_FACE)

    assert answered.redirect_chain == [(face.photo.get_absolute_url(), 302)]
    assert "What was taken for a face is none." in answered.content.decode()


def test_a_face_that_was_named_can_be_put_aside_too(alice: User, as_alice: Client) -> None:
    face = make_known(alice, "Ada")
    page = as_alice.get(face.photo.get_absolute_url()).content.decode()
    assert f'action="{reverse("put_aside", args=[face.pk])}' in page

    put_aside(as_alice, face, Mark.STRANGER)

    assert named(face) is None
    assert mark_of(face) == Mark.STRANGER


def test_pressed_twice_it_says_the_same(alice: User, as_alice: Client) -> None:
    face = make_face(make_photo(alice))
    put_aside(as_alice, face, Mark.NO_FACE)

    assert put_aside(as_alice, face, Mark.NO_FACE).status_code == 200
    assert put_aside(as_alice, face, "nonsense").status_code == 404


def test_a_stranger_has_a_plain_box_and_what_is_no_face_none(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    faces = [make_face(photo, left=10 * number, right=10 * number + 9) for number in range(1, 4)]
    for face, mark in zip(faces, KINDS, strict=False):
        curating.mark(roster=roster_of(alice), faces=[face.pk], mark=mark)

    html = as_alice.get(photo.get_absolute_url()).content.decode()

    overlay = html.partition('<svg class="overlay"')[2].partition("</svg>")[0]
    assert re.findall(r'line box" x="(\d+)"', overlay) == ["30", "20"]
    stranger = overlay.partition("data-stranger")[2]
    assert 'x="20"' in stranger
    assert "<a" not in stranger
    assert "<path" not in stranger
    assert f'data-chip="{faces[1].pk}"' not in html
    assert "1 face" in words(html)
    assert "2 found here are put aside." in words(html)


def test_who_was_put_aside_is_on_no_card_and_in_no_panel(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    for mark in KINDS:
        face = make_face(photo)
        curating.mark(roster=roster_of(alice), faces=[face.pk], mark=mark)

    card = lists.photos.cards(type(photo).objects.all()).get()

    assert card.face_count == 0
    assert "Nobody to name 2 found here are put aside." in words(
        as_alice.get(photo.get_absolute_url()).content.decode()
    )


def test_what_leaves_the_site_says_who_is_a_stranger(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    face, other = make_face(photo), make_face(photo, left=60, right=90)
    for one, mark in ((face, Mark.STRANGER), (make_face(photo), Mark.NO_FACE)):
        curating.mark(roster=roster_of(alice), faces=[one.pk], mark=mark)

    for name in ("photo_json", "api_photo"):
        said = as_alice.get(reverse(name, args=[photo.pk])).json()["faces"]
        assert [(one["id"], one["mark"]) for one in said] == [
            (face.pk, "stranger"),
            (other.pk, None),
        ]


def test_the_page_shows_both_kinds_what_came_last_first(alice: User, as_alice: Client) -> None:
    first, second = marked(alice, Mark.STRANGER, 2)
    [no_face] = marked(alice, Mark.NO_FACE)
    curating.mark(roster=roster_of(alice), faces=[first.pk], mark=Mark.NONE)
    curating.mark(roster=roster_of(alice), faces=[first.pk], mark=Mark.STRANGER)

    html = as_alice.get(reverse("aside")).content.decode()

    shown = re.findall(r'src="(/faces/\d+/\w+\.jpg)"', html)
    assert shown == [
        reverse("face_crop", args=[first.pk]),
        reverse("face_crop", args=[second.pk]),
        reverse("aside_crop", args=[no_face.pk]),
    ]
    assert "Strangers 2" in words(html)
    assert "Not a face 1" in words(html)


def test_an_undone_word_does_not_count_for_the_order(alice: User) -> None:
    first, second = marked(alice, Mark.STRANGER, 2)
    curating.mark(roster=roster_of(alice), faces=[first.pk], mark=Mark.NO_FACE)
    curating.mark(roster=roster_of(alice), faces=[first.pk], mark=Mark.NONE)
    for did in (Did.A_FACE, Did.NO_FACE):
        undo(did)

    assert list(lists.aside.of(alice, Mark.STRANGER)) == [second, first]


def test_the_empty_page_says_what_it_is_for(as_alice: Client) -> None:
    assert "Nothing is put aside" in as_alice.get(reverse("aside")).content.decode()


def test_the_page_is_reached_from_people_once_there_is_anything_on_it(
    alice: User, as_alice: Client
) -> None:
    make_known(alice, "Ada")
    html = as_alice.get(reverse("people")).content.decode()
    assert "put aside" not in words(html)
    assert f'class="menu-item" href="{reverse("aside")}"' in html
    marked(alice, Mark.NO_FACE, 2)

    assert "2 faces are put aside" in words(as_alice.get(reverse("people")).content.decode())


def test_some_come_back_among_the_faces(alice: User, as_alice: Client) -> None:
    faces = [*marked(alice, Mark.STRANGER, 2), *marked(alice, Mark.NO_FACE, 1)]

    answered = answer(as_alice, [faces[0], faces[2]], "back")

    assert [mark_of(face) for face in faces] == ["", "stranger", ""]
    assert toast(answered)["text"] == "2 faces are among the others again."
    assert "Strangers 1" in words(answered.content.decode())
    as_alice.post(toast(answered)["undo"], headers=HTMX)
    assert [mark_of(face) for face in faces] == ["stranger", "stranger", "no_face"]


def test_strangers_whom_one_comes_to_know_are_named_at_once(alice: User, as_alice: Client) -> None:
    faces = marked(alice, Mark.STRANGER, 2)

    answered = answer(as_alice, faces, "name", name="Ada")

    assert [named(face) for face in faces] == ["Ada", "Ada"]
    assert "Nothing is put aside" in answered.content.decode()
    assert toast(answered)["text"] == "2 faces are Ada now."


def test_a_name_that_several_bear_is_asked_about_with_the_faces_still_chosen(
    alice: User, as_alice: Client
) -> None:
    make_known(alice, "Ada", vector(1))
    people.name_anew(face=make_face(make_photo(alice)), name="Ada")
    first, second = Person.objects.called("Ada").order_by("pk").values_list("pk", flat=True)
    faces = marked(alice, Mark.STRANGER, 2)

    asked = answer(as_alice, faces[:1], "name", name="Ada").content.decode()

    assert "2 people are called Ada. Which one are these?" in words(asked)
    assert re.findall(r'value="(\d+)"\s+autocomplete="off"\s+checked', asked) == [f"{faces[0].pk}"]
    assert named(faces[0]) is None
    answer(as_alice, faces[:1], "name", person=second)
    assert fresh(faces[0]).person_id == second
    answer(as_alice, faces[1:], "name", new="Ada")
    assert fresh(faces[1]).person_id not in {first, second}


@pytest.mark.parametrize(
    ("act", "said", "sentence"),
    [
        ("name", {"name": " "}, "Write a name first."),
        ("name", {"name": "A" * 101}, "A name may have up to 100 letters."),
        ("name", {"person": "12345"}, "not there any more"),
        ("eat", {}, "Choose at least one face."),
    ],
)
def test_what_cannot_be_done_is_said_beside_the_buttons(
    alice: User, as_alice: Client, act: str, said: dict[str, str], sentence: str
) -> None:
    faces = marked(alice, Mark.STRANGER)

    html = answer(as_alice, faces, act, **said).content.decode()

    assert sentence in html.partition('role="alert"')[2]
    assert mark_of(faces[0]) == Mark.STRANGER


def test_nothing_chosen_is_said_too(alice: User, as_alice: Client) -> None:
    marked(alice, Mark.STRANGER)

    assert "Choose at least one face." in answer(as_alice, [], "back").content.decode()


def test_faces_that_went_meanwhile_are_told(alice: User, as_alice: Client) -> None:
    [face, other] = marked(alice, Mark.STRANGER, 2)
    face.photo.delete()

    answered = answer(as_alice, [face], "back")

    assert "None of these faces is there any more" in toast(answered)["text"]
    assert mark_of(other) == Mark.STRANGER


def test_the_page_asks_the_database_as_often_whatever_it_shows(
    alice: User, as_alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 8):
        marked(alice, Mark.STRANGER, count)
        marked(alice, Mark.NO_FACE, count)
        with django_assert_num_queries(10):
            as_alice.get(reverse("aside"))


def test_a_photo_asks_the_database_as_often_however_many_are_put_aside(
    alice: User, as_alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    photo = make_photo(alice)
    url = reverse("photo_result", args=[photo.pk])
    for _ in range(2):
        faces = [make_face(photo, box=BOX) for _ in range(3)]
        roster = roster_of(alice)
        curating.mark(roster=roster, faces=[face.pk for face in faces[1:]], mark=Mark.STRANGER)
        with django_assert_num_queries(14):
            as_alice.get(url)


def test_many_stand_on_further_pages(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice)
    faces = [make_face(photo) for _ in range(SHOWN + 2)]
    roster = roster_of(alice)
    curating.mark(roster=roster, faces=[face.pk for face in faces], mark=Mark.STRANGER)

    first, second = (
        as_alice.get(reverse("aside"), {"stranger": page}).content.decode() for page in (1, 2)
    )

    assert f"1 to 60 of {SHOWN + 2}" in words(first)
    assert 'href="?stranger=2#stranger"' in first
    assert second.count("crop-choice") == 2


def test_few_are_found_among_many_by_an_index(alice: User) -> None:
    explained = lists.aside.of(alice, Mark.NO_FACE).explain()
    if connection.vendor == "sqlite":
        assert "face_put_aside" in explained


@pytest.mark.parametrize("mark", KINDS)
def test_nobody_sees_or_brings_back_what_another_put_aside(
    alice: User, as_bob: Client, mark: Mark
) -> None:
    [face] = marked(alice, mark)

    assert "Nothing is put aside" in as_bob.get(reverse("aside")).content.decode()
    answer(as_bob, [face], "back")
    answer(as_bob, [face], "name", name="Bob")

    assert mark_of(face) == mark
    assert as_bob.get(reverse("aside_crop", args=[face.pk])).status_code == 404


def test_the_crop_of_what_is_no_face_is_on_that_page_alone(alice: User, as_alice: Client) -> None:
    face = make_face(make_photo(alice, files=True), crop=True)
    curating.mark(roster=roster_of(alice), faces=[face.pk], mark=Mark.NO_FACE)

    assert as_alice.get(reverse("face_crop", args=[face.pk])).status_code == 404
    assert as_alice.get(reverse("aside_crop", args=[face.pk]))["Content-Type"] == "image/jpeg"
    assert (
        json.loads(as_alice.get(reverse("api_photo", args=[face.photo_id])).content)["faces"] == []
    )
