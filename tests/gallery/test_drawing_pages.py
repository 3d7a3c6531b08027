"""The page on which faces are drawn, and what a photo's page shows of them."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.test import Client

from analysis.results import Box
from gallery.models import Face, Photo, Roster
from gallery.models.face_queries import Mark
from gallery.services import drawing, people, unmeasured
from gallery.words import say
from tests.factories import found_face, make_face, make_known, make_photo, measured, vector

PLACE = {"left": "200", "top": "100", "width": "60", "height": "70"}
BOX = Box(200, 100, 260, 170)


@pytest.fixture
def photo(alice: User) -> Photo:
    return make_photo(alice, width=640, height=480, files=True)


def text(client: Client, path: str) -> str:
    return client.get(path).content.decode()


def test_the_page_shows_the_photo_its_faces_and_a_box_without_scripts(
    as_alice: Client, photo: Photo
) -> None:
    make_face(photo)

    page = " ".join(text(as_alice, f"/photos/{photo.pk}/draw/").split())

    assert f'href="/photos/{photo.pk}/preview.jpg" width="640" height="480"' in page
    assert page.count('class="draw-other" x="10" y="10"') == 1
    assert 'name="left" value="280"' in page
    assert 'name="name"' in page


def test_a_box_with_a_name_is_drawn_and_waits_on_the_photos_page(
    alice: User, as_alice: Client, photo: Photo
) -> None:
    path = f"/photos/{photo.pk}/"

    answer = as_alice.post(f"{path}draw/", PLACE | {"name": "Ada"}, follow=True)

    assert answer.redirect_chain == [(path, 302)]
    page = answer.content.decode()
    assert "A face was drawn." in page
    assert "The face that you drew is being looked at." in page
    assert '<rect x="200" y="100" width="60" height="70" />' in page
    measured(alice, lambda box: found_face(vector(1), box))
    page = text(as_alice, path)
    assert "is being looked at" not in page
    assert "Drawn by hand" in page
    assert "You drew this face: new photos are not compared with it." in page
    face = Face.objects.get()
    assert f"/faces/{face.pk}/crop.jpg?box=200-100-260-170" in page


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"width": "3"}, "Draw a larger box"),
        ({"left": ""}, "This field is required."),
        ({"name": "a" * 200}, "letters."),
    ],
)
def test_what_is_refused_stays_in_the_form_with_a_sentence(
    as_alice: Client, photo: Photo, change: dict[str, str], why: str
) -> None:
    sent = PLACE | {"name": "Ada"} | change

    page = as_alice.post(f"/photos/{photo.pk}/draw/", sent).content.decode()

    assert why in page
    assert f'value="{sent["name"]}"' in page
    assert f'name="top" value="{sent["top"]}"' in page
    assert not Face.everything.exists()


def test_a_name_of_several_people_is_asked_about_and_the_box_is_kept(
    alice: User, as_alice: Client, photo: Photo
) -> None:
    make_known(alice, "Ada", vector(1))
    people.name_anew(face=make_face(make_photo(alice), vector(2)), name="Ada")

    sent = PLACE | {"name": "Ada"}
    page = as_alice.post(f"/photos/{photo.pk}/draw/", sent, follow=True).content.decode()

    assert "2 people are called Ada." in page
    assert Face.everything.get(photo=photo).box == BOX


def test_a_box_is_moved_and_the_detectors_taken_again(as_alice: Client, photo: Photo) -> None:
    face = make_face(photo)
    assert 'value="10"' in text(as_alice, f"/faces/{face.pk}/box/")

    as_alice.post(f"/faces/{face.pk}/box/", PLACE)

    assert Face.objects.get().box == BOX
    page = text(as_alice, f"/photos/{photo.pk}/")
    assert "Its box was moved by hand" in page
    assert "A face is being looked at again in its box." in page
    as_alice.post(f"/faces/{face.pk}/box/away/")
    assert Face.objects.get().box == Box(10, 10, 50, 50)


def test_a_face_that_could_not_be_measured_says_so_and_is_tried_again_or_removed(
    alice: User, as_alice: Client, photo: Photo
) -> None:
    face = drawing.draw(photo=photo, box=BOX)
    Face.everything.update(unmeasured=say("unmeasured", reason=say("file_gone")))

    page = text(as_alice, f"/photos/{photo.pk}/")

    assert "This face could not be measured: its file cannot be found on this server." in page
    assert "Your box is kept." in page
    as_alice.post(f"/faces/{face.pk}/measure/")
    assert unmeasured.due(Roster.objects.of(alice.pk)).exists()
    as_alice.post(f"/faces/{face.pk}/box/away/")
    assert Face.everything.get().mark == Mark.UNDRAWN


def test_nobody_draws_on_a_photo_that_was_not_analysed(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice, state="queued", methods={}, width=None, height=None)

    answer = as_alice.get(f"/photos/{photo.pk}/draw/", follow=True)

    assert answer.redirect_chain == [(f"/photos/{photo.pk}/", 302)]
    assert "Wait until this photo has been analysed" in answer.content.decode()
