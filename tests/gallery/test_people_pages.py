"""The people page and a person's page."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.models import Face
from tests.factories import (
    make_face,
    make_known,
    make_photo,
    near,
    person_called,
    rematch,
    upload_file,
    vector,
)
from tests.gallery.test_quality import words
from tests.gallery.test_three_answers import MAYBE
from tests.gallery.test_views import cards


def test_people_are_shown_with_cover_name_and_what_is_said_sure_and_asked(
    alice: User, as_alice: Client
) -> None:
    face = make_known(alice, "Ada", vector(1))
    for number in range(3):
        make_face(make_photo(alice), near(vector(1), 0.3, seed=number))
    make_face(make_photo(alice), near(vector(1), MAYBE))
    rematch(alice)

    html = as_alice.get(reverse("people")).content.decode()

    assert "Ada 1 photo, 3 guesses 1 question" in words(html)
    assert reverse("face_crop", args=[face.pk]) in html


def test_a_person_is_shown_with_photos_and_known_faces(alice: User, as_alice: Client) -> None:
    face = make_known(alice, "Ada", vector(1))
    person = person_called("Ada")

    html = as_alice.get(person.get_absolute_url()).content.decode()

    assert cards(html) == [face.photo_id]
    assert "1 photo" in html
    assert reverse("face_crop", args=[face.pk]) in html
    assert reverse("remove_encoding", args=[person.encodings.get().pk]) in html


def test_whoever_is_known_by_many_faces_has_the_rest_folded_away(
    alice: User, as_alice: Client
) -> None:
    for number in range(15):
        make_known(alice, "Ada", vector(number))

    html = as_alice.get(person_called("Ada").get_absolute_url()).content.decode()

    assert "3 more" in words(html)
    shown, _, folded = html.partition('id="known-more"')
    assert (shown.count('id="forget-'), folded.count('id="forget-')) == (12, 3)


def test_a_person_can_be_renamed_and_deleted_from_their_page(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada")
    ada = person_called("Ada")
    rename, delete = (reverse(name, args=[ada.pk]) for name in ("rename_person", "delete_person"))

    nameless = as_alice.post(rename, {"name": " "}, follow=True).content.decode()
    renamed = as_alice.post(rename, {"name": "Ada L."}, follow=True).content.decode()
    deleted = as_alice.post(delete, follow=True).content.decode()

    assert "Write a name first." in nameless
    assert "Ada L." in renamed
    assert "Ada L. was removed. The photos are still there." in deleted
    assert Face.objects.count() == 1


def test_a_portrait_is_answered_on_the_persons_page(alice: User, as_alice: Client) -> None:
    make_known(alice, "Ada")
    url = reverse("add_portrait", args=[person_called("Ada").pk])

    nothing = as_alice.post(url, follow=True).content.decode()
    words = as_alice.post(url, {"file": upload_file("a.jpg", b"words")}, follow=True)
    good = as_alice.post(url, {"file": upload_file("ada.jpg")}, follow=True).content.decode()

    assert "Choose a photo first." in nothing
    assert "This file is not a photo we can read." in words.content.decode()
    assert "The portrait is being looked at." in good
    assert "ada.jpg" in good
