"""Cards of a wall."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.template import Context, Template
from django.urls import reverse

from gallery.lists import photos as lists
from gallery.models import Photo
from gallery.models.leased import State
from gallery.services import listing
from gallery.services.search import address
from tests.factories import make_face, make_photo

pytestmark = pytest.mark.django_db


def card(photo: Photo, query: str = "") -> str:
    listed = listing.of_search(photo.owner, address.of(query))
    shown = lists.cards(Photo.objects.filter(pk=photo.pk))
    template = Template("{% load cards %}{% photo_cards photos %}")
    return template.render(Context({"photos": shown, "listed": listed}))


def test_a_card_has_the_picture_at_two_sizes_and_leads_to_the_photo_in_its_list(
    alice: User,
) -> None:
    photo = make_photo(alice, has_small=True)
    written = card(photo, "from=2000")
    assert f'href="/photos/{photo.pk}/?in=search:from%3D2000"' in written
    small, larger = (reverse(name, args=[photo.pk]) for name in ("photo_small", "photo_thumbnail"))
    assert f'<img src="{small}" data-larger="{larger}"' in written
    Photo.objects.update(has_small=False)
    assert f'<img src="{larger}" alt' in card(photo)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"is_favourite": True}, "Favourite"),
        ({"is_gone": True}, "File gone"),
        ({"state": State.QUEUED}, "Queued"),
        ({"state": State.FAILED}, "Failed"),
    ],
)
def test_a_badge_says_what_there_is_to_know(
    alice: User, fields: dict[str, Any], words: str
) -> None:
    photo = make_photo(alice)
    assert words not in card(photo)
    if state := fields.pop("state", None):
        type(photo.job).objects.update(state=state, error="unreadable")
    Photo.objects.update(**fields)
    assert words in card(photo)


def test_faces_are_counted_in_words_too(alice: User) -> None:
    photo = make_face(make_photo(alice)).photo
    assert '1 <span class="visually-hidden">face</span>' in card(photo)
    make_face(photo)
    assert '2 <span class="visually-hidden">faces</span>' in card(photo)


def test_what_a_file_is_called_is_no_markup(alice: User) -> None:
    name = "<b>\"a's & b.jpg"
    photo = make_photo(alice)
    methods: dict[str, str]
    for methods in ({}, photo.methods):
        Photo.objects.update(filename=name, methods=methods)
        written = card(photo)
        assert "<b>" not in written
        assert "Choose &lt;b&gt;&quot;a&#x27;s &amp; b.jpg" in written


def test_one_that_failed_and_has_no_picture_can_be_tried_again(alice: User) -> None:
    photo = make_photo(alice)
    type(photo.job).objects.update(state=State.FAILED, error="unreadable")
    assert "Try again" not in card(photo)
    Photo.objects.update(methods={})
    assert f'action="{reverse("analyse_photo", args=[photo.pk])}?in=' in card(photo, "from=2000")
