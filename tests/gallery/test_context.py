"""Going from photo to photo within the list one came from, which the address names."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.lists import context
from gallery.models import Face, FaceGroup, Person, Photo
from gallery.services import albums, listing
from gallery.views.photos import PAGE
from tests.factories import make_face, make_person, make_photo


@pytest.fixture
def ada(alice: User) -> Person:
    return make_person(alice, "Ada")


@pytest.fixture
def photos(alice: User, ada: Person) -> Sequence[Photo]:
    """Five photos, oldest first, of which Ada is on the first, third and fifth."""
    found = [make_photo(alice) for _ in range(5)]
    for photo in found[::2]:
        make_face(photo, person=ada, named_by="human")
    return found


def links(client: Client, address: str) -> dict[str, str]:
    """Return where the page leads: back, and to the photos before and after."""
    html = client.get(address).content.decode()
    found: dict[str, str] = {}
    for tag in re.findall(r"<a [^>]*>", html):
        [href] = re.findall(r'href="([^"]*)"', tag)
        found |= {what: href for what in ("prev", "next") if f'rel="{what}"' in tag}
        if 'id="way-back"' in tag:
            found["back"] = href
    return found


def test_from_a_persons_page_one_stays_among_their_photos(
    as_alice: Client, ada: Person, photos: Sequence[Photo]
) -> None:
    oldest, _other, middle, _another, newest = photos
    wall = as_alice.get(ada.get_absolute_url()).content.decode()
    address = f"{middle.get_absolute_url()}?in=person:{ada.pk}"
    assert f'href="{address}"' in wall

    assert links(as_alice, address) == {
        "prev": f"{newest.get_absolute_url()}?in=person:{ada.pk}",
        "next": f"{oldest.get_absolute_url()}?in=person:{ada.pk}",
        "back": f"{ada.get_absolute_url()}?around={middle.pk}#photo-{middle.pk}",
    }
    assert "Back to Ada" in as_alice.get(address).content.decode()


def test_from_the_faces_asked_about_one_stays_among_those_and_goes_back_to_them(
    alice: User, as_alice: Client, ada: Person, photos: Sequence[Photo]
) -> None:
    make_face(photos[1], person=ada, named_by="machine", distance=0.3, normalised=0.3)
    make_face(photos[3], suggestion=ada, distance=0.5, normalised=0.5)
    address = f"{photos[3].get_absolute_url()}?in=asked:{ada.pk}"
    assert f'href="{address}#face-' in as_alice.get(ada.get_absolute_url()).content.decode()

    found = links(as_alice, address)

    assert found["next"] == f"{photos[1].get_absolute_url()}?in=asked:{ada.pk}"
    assert "prev" not in found
    assert found["back"] == f"{ada.get_absolute_url()}#person-faces"


def test_a_photo_that_an_answer_took_out_of_the_list_keeps_its_place(
    as_alice: Client, ada: Person, photos: Sequence[Photo]
) -> None:
    middle = photos[2]
    address = f"{middle.get_absolute_url()}?in=person:{ada.pk}"
    before = links(as_alice, address)
    Face.objects.filter(photo=middle).update(person=None, named_by="")

    assert links(as_alice, address) == before


@pytest.mark.parametrize("key", ["person:{theirs}", "person:999", "person:x", "nobody", "group:1"])
def test_a_list_that_is_not_ones_own_or_none_is_the_whole_library(
    alice: User, bob: User, as_alice: Client, key: str
) -> None:
    theirs = make_person(bob, "Mallory")
    older, photo = make_photo(alice), make_photo(alice)
    address = f"{photo.get_absolute_url()}?in={key.format(theirs=theirs.pk)}"

    assert links(as_alice, address) == {
        "next": older.get_absolute_url(),
        "back": f"/library/?around={photo.pk}#photo-{photo.pk}",
    }
    assert "Mallory" not in as_alice.get(address).content.decode()


def test_every_form_of_the_page_stays_in_the_list(
    as_alice: Client, ada: Person, photos: Sequence[Photo]
) -> None:
    middle = photos[2]
    make_face(middle, suggestion=ada, distance=0.5, normalised=0.5)
    query = f"?in=person:{ada.pk}"
    html = as_alice.get(f"{middle.get_absolute_url()}{query}").content.decode()

    addresses = re.findall(r'(?:action|hx-post|hx-get)="(/(?:photos|faces)/[^"]*)"', html)

    assert len(addresses) > 15
    assert [one for one in addresses if not one.endswith(query)] == []


def test_an_answer_without_a_script_comes_back_into_the_list(
    as_alice: Client, ada: Person, photos: Sequence[Photo]
) -> None:
    face, query = make_face(photos[2]), f"?in=person:{ada.pk}"
    here = f"{photos[2].get_absolute_url()}{query}"

    named = as_alice.post(f"{reverse('name_face', args=[face.pk])}{query}", {"name": "Bea"})
    said = as_alice.post(f"{reverse('say_emotion', args=[face.pk])}{query}", {"is": "sad"})
    again = as_alice.post(f"{reverse('analyse_photo', args=[photos[2].pk])}{query}")
    deleted = as_alice.post(f"{reverse('delete_photo', args=[photos[2].pk])}{query}")

    assert named["Location"] == here
    assert said["Location"] == f"{here}#emotion-words-{face.pk}"
    assert again["Location"] == here
    assert deleted["Location"] == f"{photos[0].get_absolute_url()}{query}"
    last = as_alice.post(f"{reverse('delete_photo', args=[photos[0].pk])}{query}")
    assert last["Location"] == ada.get_absolute_url()


def test_a_card_that_is_made_anew_stays_in_the_list(
    as_alice: Client, ada: Person, photos: Sequence[Photo]
) -> None:
    query = f"?in=person:{ada.pk}"
    cards = f"{reverse('photo_cards')}{query}&keys={photos[0].pk}"
    card = as_alice.get(cards).content.decode()

    assert f'href="{photos[0].get_absolute_url()}{query}"' in card


def test_a_persons_wall_opens_around_a_photo_however_deep(
    alice: User, as_alice: Client, ada: Person
) -> None:
    photos = [make_photo(alice) for _ in range(PAGE + PAGE // 2)]
    for photo in photos:
        make_face(photo, person=ada, named_by="human")
    address = f"{ada.get_absolute_url()}?around={photos[0].pk}"

    html = as_alice.get(address).content.decode()

    assert f'id="photo-{photos[0].pk}"' in html
    assert f'id="photo-{photos[-1].pk}"' not in html
    assert "Newer photos" in html


def test_each_kind_of_list_is_found_by_the_key_that_it_gives_itself(
    alice: User, ada: Person
) -> None:
    more = {"year": ":2019", "with": f":{make_person(alice, 'Bea').pk}"}
    group = FaceGroup.objects.create(roster=ada.roster)
    album = albums.create(owner=alice, name="Trip")
    for kind in context.KINDS:
        of = {"group": group, "album": album}.get(kind, ada)
        key = f"{kind}:{of.pk}{more.get(kind, '')}"
        found = listing.of(alice, key)
        assert found.key == key
        assert found.query == f"?in={found.key}"
