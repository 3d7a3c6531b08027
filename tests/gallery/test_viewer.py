"""What stands around a photo: its layers as the browser had them last, and what keys do."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from tests.factories import make_face, make_photo


@pytest.fixture
def address(alice: User) -> str:
    photo = make_photo(alice)
    make_face(photo)
    return photo.get_absolute_url()


def checked(html: str) -> list[str]:
    inputs = re.findall(r'<input type="checkbox"\s+name="(\w+)"([^>]*)>', html)
    return [name for name, rest in inputs if "checked" in rest]


@pytest.mark.parametrize(
    ("cookie", "shown"),
    [
        (None, ["boxes", "names"]),
        ("landmarks.emotion", ["landmarks", "emotion"]),
        ("none", []),
        ('"><script>', []),
    ],
)
def test_layers_come_as_this_browser_had_them_last(
    as_alice: Client, address: str, cookie: str | None, shown: list[str]
) -> None:
    if cookie is not None:
        as_alice.cookies["layers"] = cookie

    assert checked(as_alice.get(address).content.decode()) == shown


def test_layers_stand_before_the_photo_so_that_the_first_paint_knows_them(
    as_alice: Client, address: str
) -> None:
    html = as_alice.get(address).content.decode()

    assert html.index("data-layers") < html.index('class="overlay"')


def test_the_thumbnail_stands_in_until_the_larger_picture_has_come(
    alice: User, as_alice: Client, address: str
) -> None:
    html = as_alice.get(address).content.decode()
    pictures = re.findall(r'<img[^>]*src="([^"]+)"', html.partition('class="overlay"')[0])

    pk = int(address.split("/")[2])
    names = ("photo_thumbnail", "photo_preview")
    assert pictures == [reverse(name, args=[pk]) for name in names]
