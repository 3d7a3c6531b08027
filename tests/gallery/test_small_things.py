"""Small things that somebody who used the site stumbled over."""

from __future__ import annotations

import gzip
import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.services import people
from tests.factories import fresh, jpeg, make_face, make_known, make_person, make_photo, upload_file

HTMX = {"HX-Request": "true", "HX-Target": "photo-result"}


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_name_of_blanks_is_refused_and_says_so(
    alice: User, as_alice: Client, headers: dict[str, str]
) -> None:
    face = make_known(alice, "Ada")
    address = reverse("name_face", args=[face.pk])

    answer = as_alice.post(address, {"name": "  \N{NO-BREAK SPACE}"}, headers=headers, follow=True)

    assert "Write a name first." in answer.content.decode()
    assert fresh(face).label == "Ada"
    as_alice.post(address, {"name": ""})
    assert fresh(face).label == "Unknown"


def test_a_card_lists_who_is_named_and_guessed_besides_once(alice: User) -> None:
    photo = make_photo(alice, is_collage=True)
    ada, bea = make_person(alice, "Ada"), make_person(alice, "Bea")
    make_face(photo, person=ada, named_by="machine", distance=0.3, normalised=0.3)
    make_face(photo, person=ada, named_by="human")
    make_face(photo, person=bea, named_by="machine", distance=0.3, normalised=0.3)

    assert photo.names == ["Ada", "Bea?"]


@pytest.mark.parametrize("name", ["accounts", "networks", "folders"])
def test_an_administrators_page_says_to_a_member_whose_it_is(as_alice: Client, name: str) -> None:
    answer = as_alice.get(reverse(name))

    assert answer.status_code == 404
    assert "This page is for administrators" in answer.content.decode()
    assert "was deleted" not in answer.content.decode()


def test_a_page_that_is_not_there_says_so_to_administrators_and_members(
    alice: User, as_alice: Client
) -> None:
    for is_staff in (False, True):
        User.objects.update(is_staff=is_staff)
        html = as_alice.get("/people/999/").content.decode()
        assert "was deleted" in html
        assert "administrators" not in html


def test_what_is_said_of_a_portrait_leads_to_the_photo_that_it_speaks_of(
    alice: User, as_alice: Client
) -> None:
    ada, content = make_person(alice, "Ada"), jpeg()
    as_alice.post(reverse("upload"), {"files": upload_file("x.jpg", content)})
    photo = alice.photos.get()
    photo.job.delete()
    photo.job = make_photo(alice).job
    type(photo.job).objects.filter(pk=photo.job.pk).update(photo=photo)
    people.name_face(face=make_face(photo), name="Bea")

    address = reverse("add_portrait", args=[ada.pk])
    html = as_alice.post(address, {"file": upload_file("y.jpg", content)}, follow=True)

    said = unescape(html.content.decode())
    assert re.search(
        rf"its face is named Bea\..*<a href=\"{photo.get_absolute_url()}\">Open the photo</a>", said
    )


def test_the_account_menu_is_a_landmark_with_a_name(as_alice: Client) -> None:
    html = as_alice.get(reverse("library")).content.decode()

    [menu] = re.findall(r'<nav[^>]*id="account-menu"[^>]*>', html)
    assert 'aria-label="Account"' in menu


def news(client: Client, query: str = "", **said: object) -> dict[str, Any]:
    answer: dict[str, Any] = client.post(f"{reverse('wall_news')}{query}", said).json()
    return answer


def test_a_wall_learns_what_was_deleted_elsewhere(alice: User, bob: User, as_alice: Client) -> None:
    photos = [make_photo(alice) for _ in range(5)]
    make_photo(bob)
    keys = [photo.pk for photo in photos]
    shown = ",".join(map(str, keys[4:0:-1]))
    nothing = {"gone": [], "moved": [], "back": [], "more": False}
    assert news(as_alice, shown=shown) == {"count": 5} | nothing

    as_alice.post(reverse("delete_photo", args=[keys[4]]))
    as_alice.post(reverse("delete_photo", args=[keys[2]]))

    assert news(as_alice, shown=shown) == {"count": 3} | nothing | {"gone": [keys[2], keys[4]]}


def test_a_wall_learns_what_came_back_and_where_it_belongs(alice: User, as_alice: Client) -> None:
    years = (2015, 2021, 2018, 2012)
    photos = [make_photo(alice, taken_at=datetime(year, 5, 3), taken_from="exif") for year in years]
    oldest, newest, middle, last = (photo.pk for photo in photos)
    shown = f"{newest},{oldest}"
    assert news(as_alice, shown=shown)["back"] == [[middle, oldest]]
    assert news(as_alice, shown=shown, end="yes")["back"] == [[last, 0], [middle, oldest]]
    assert news(as_alice, shown=f"{middle}", start="yes")["back"] == [[newest, middle]]


def test_a_persons_wall_learns_it_of_their_photos(alice: User, as_alice: Client) -> None:
    ada = make_person(alice, "Ada")
    first, other, last = (make_photo(alice) for _ in range(3))
    for photo in (first, last):
        make_face(photo, person=ada, named_by="human")
    shown = f"{last.pk},{other.pk},{first.pk}"

    said = news(as_alice, f"?in=person:{ada.pk}", shown=shown)

    assert (said["count"], said["gone"], said["back"]) == (2, [other.pk], [])


@pytest.mark.parametrize("shown", ["", "x,1,,-3", "9" * 40])
def test_news_of_no_wall_is_no_fault(as_alice: Client, shown: str) -> None:
    assert news(as_alice, shown=shown, start="yes", end="yes")["count"] == 0


def test_pages_come_compressed_and_pictures_as_they_are(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice, files=True)
    zipped = {"Accept-Encoding": "gzip"}
    page = as_alice.get(reverse("library"), headers=zipped)
    assert page["Content-Encoding"] == "gzip"
    assert "Library" in gzip.decompress(page.content).decode()
    assert "Content-Encoding" not in as_alice.get(reverse("library"))
    picture = as_alice.get(reverse("photo_thumbnail", args=[photo.pk]), headers=zipped)
    assert "Content-Encoding" not in picture
    assert picture.content == photo.thumbnail.read_bytes()
