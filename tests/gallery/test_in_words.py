"""What a card shows, in words for whoever can't see it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.results import Box
from gallery.lists import photos as lists
from gallery.models import Person, Photo
from gallery.models.face_queries import Mark
from gallery.services import people
from tests.factories import make_face, make_known, make_photo, near, rematch, vector

pytestmark = pytest.mark.django_db

DATED: dict[str, Any] = {"taken_at": datetime(2019, 5, 3, 14, 2), "taken_from": "exif"}


def in_words(photo: Photo) -> str:
    return lists.in_words(lists.cards(Photo.objects.filter(pk=photo.pk)).get())


def face_at(photo: Photo, left: int, **fields: Any) -> Any:
    return make_face(photo, box=Box(left, 10, left + 40, 50), **fields)


def test_it_says_who_is_there_from_left_to_right_and_when(alice: User) -> None:
    photo = make_photo(alice, **DATED)
    people.name_face(face=face_at(photo, 100), name="Carl")
    face_at(photo, 200)
    people.name_face(face=face_at(photo, 10), name="Ada")
    assert in_words(photo) == "Ada, Carl and one unknown face, 3 May 2019"


@pytest.mark.parametrize(
    ("faces", "words"), [(0, "No face"), (1, "One unknown face"), (3, "3 unknown faces")]
)
def test_a_date_by_upload_says_nothing_of_the_photo(alice: User, faces: int, words: str) -> None:
    photo = make_photo(alice)
    for number in range(faces):
        face_at(photo, 60 * number)
    assert in_words(photo) == words


def test_a_guess_is_told_as_one(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    face = make_face(make_photo(alice), near(vector(1), 0.3))
    rematch(alice)
    assert in_words(face.photo) == "Perhaps Ada"


def test_nobody_who_is_hidden_is_told_of_by_name(alice: User) -> None:
    face = make_known(alice, "Ada")
    Person.objects.update(is_hidden=True)
    assert in_words(face.photo) == "One unknown face"


def test_whoever_does_not_want_to_be_recognised_is_not_told_of(alice: User) -> None:
    photo = make_photo(alice)
    assert in_words(photo) == "No face"
    make_face(photo, mark=Mark.PRIVATE)
    assert in_words(photo) == "Nobody to name"


def test_of_a_photo_that_was_never_analysed_the_name_is_told(alice: User) -> None:
    assert in_words(make_photo(alice, state="failed", filename="party.jpg")) == "party.jpg"


def test_cards_say_it_and_the_file_besides(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada")
    html = as_alice.get(reverse("library")).content.decode()
    assert 'alt="Ada"' in html
    assert '<span class="visually-hidden">party.jpg</span>' in html
