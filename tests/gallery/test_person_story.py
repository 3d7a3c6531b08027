"""Somebody over the years: photos, ages, emotions and company, each leading to the photos behind it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from analysis.born import Born
from gallery.lists import person_story
from gallery.models import Face, Person, Photo
from gallery.services import births, emotions, listing
from tests.factories import CLEAR, POOR, make_face, make_person, make_photo
from tests.gallery.test_context import links
from tests.gallery.test_quality import words
from tests.gallery.test_views import cards

QUERIES = 10


def taken(owner: User, year: int, source: str = "exif") -> Photo:
    return make_photo(owner, taken_at=datetime(year, 7, 2), taken_from=source, taken_offset=None)


def said(person: Person, year: int, source: str = "exif", **fields: Any) -> Face:
    photo = taken(person.roster.owner, year, source)
    return make_face(photo, person=person, named_by="human", **fields)


@pytest.fixture
def ada(alice: User) -> Person:
    return make_person(alice, "Ada")


def test_photos_and_guesses_are_counted_by_year(ada: Person) -> None:
    said(ada, 2012)
    said(ada, 2019)
    said(ada, 2019, source="file")
    make_face(taken(ada.roster.owner, 2019), person=ada, named_by="machine", distance=0.3)

    years = person_story.tell(ada).years

    assert [(one.year, one.photos, one.guesses) for one in years] == [(2012, 1, 0), (2019, 2, 1)]


def test_what_only_its_upload_dates_is_in_no_year_and_is_counted(
    ada: Person, as_alice: Client
) -> None:
    said(ada, 2019)
    said(ada, 2026, source="upload")
    said(ada, 2026, source="upload")

    assert [one.year for one in person_story.tell(ada).years] == [2019]
    html = as_alice.get(reverse("person_story", args=[ada.pk])).content.decode()
    assert "2 faces are left out of the years" in words(html)


def test_the_age_guessed_stands_beside_the_age_known(ada: Person, as_alice: Client) -> None:
    for age in (20.0, 24.0, 60.0):
        said(ada, 2012, age_years=age, quality=CLEAR)
    said(ada, 2012, age_years=90.0, quality=POOR)
    births.say(person=ada, born=Born(1990, 7, 2))

    [year] = person_story.tell(ada).years

    assert year.guessed == 24.0
    assert year.known == pytest.approx(22, abs=0.01)
    html = as_alice.get(reverse("person_story", args=[ada.pk])).content.decode()
    assert "2012 24 22" in words(html)


def test_a_date_that_proves_no_age_says_none(ada: Person) -> None:
    """The file of a scan is dated by the scan."""
    said(ada, 2012, source="file")
    births.say(person=ada, born=Born(1990))

    [year] = person_story.tell(ada).years

    assert year.guessed is not None
    assert year.known is None


def test_emotions_are_shares_of_the_faces_that_can_be_judged_by_what_was_said(ada: Person) -> None:
    faces = [said(ada, 2012, quality=CLEAR) for _ in range(4)]
    said(ada, 2012, quality=POOR, emotion="fear")
    emotions.say(face=faces[0], emotion="sad")

    story = person_story.tell(ada)

    [(_, drawn, others)] = story.emotions
    assert story.drawn == ["happy", "sad"]
    assert drawn == [0.75, 0.25]
    assert set(others) == {0.0}


def test_company_is_who_was_named_on_the_same_photos(ada: Person, as_alice: Client) -> None:
    bea, cy, dan = (make_person(ada.roster.owner, name) for name in ("Bea", "Cy", "Dan"))
    for others in ([bea], [bea, cy], []):
        photo = said(ada, 2019).photo
        for other in others:
            make_face(photo, person=other, named_by="human")
        make_face(photo, person=dan, named_by="machine", distance=0.3)

    company = person_story.company(ada)

    assert [(one.person.name, one.photos, one.share) for one in company] == [
        ("Bea", 2, 1.0),
        ("Cy", 1, 0.5),
    ]
    html = as_alice.get(reverse("person_story", args=[ada.pk])).content.decode()
    [address, _] = re.findall(r'id="together-\d+"\s+href="([^"#]+)', html)
    together = as_alice.get(address).content.decode()
    assert "With Bea" in words(together)
    assert len(cards(together)) == 2


def test_a_year_leads_to_its_photos(ada: Person, as_alice: Client) -> None:
    early, late = said(ada, 2012), said(ada, 2019)
    said(ada, 2012, source="upload")
    html = as_alice.get(reverse("person_story", args=[ada.pk])).content.decode()

    addresses = dict(re.findall(r'href="([^"#]+)#person-photos">(\d{4})<', html))
    shown = {
        year: cards(as_alice.get(address).content.decode()) for address, year in addresses.items()
    }

    assert shown == {"2012": [early.photo_id], "2019": [late.photo_id]}
    assert "Named by you in 2012" in words(
        as_alice.get(f"{ada.get_absolute_url()}?year=2012").content.decode()
    )


def test_from_a_year_one_stays_in_it_and_goes_back_to_it(ada: Person, as_alice: Client) -> None:
    first, _other, last = said(ada, 2012), said(ada, 2019), said(ada, 2012)
    narrowed = f"{ada.get_absolute_url()}?year=2012"
    wall = as_alice.get(narrowed).content.decode()
    address = f"{last.photo.get_absolute_url()}?in=year:{ada.pk}:2012"
    assert f'href="{address}"' in wall

    found = links(as_alice, address)

    assert found["next"] == f"{first.photo.get_absolute_url()}?in=year:{ada.pk}:2012"
    assert "prev" not in found
    assert found["back"] == f"{narrowed}&amp;around={last.photo_id}#photo-{last.photo_id}"


@pytest.mark.parametrize("key", ["year:{}", "year:{}:x", "year:{}:1:2", "with:{}:", "person:{}:2"])
def test_a_list_that_is_named_wrongly_is_the_library(ada: Person, key: str) -> None:
    assert listing.of(ada.roster.owner, key.format(ada.pk)).key == ""


def test_a_year_begins_and_ends_by_the_clock_of_the_photo(ada: Person, as_alice: Client) -> None:
    first, last = said(ada, 2019), said(ada, 2019)
    Photo.objects.filter(pk=first.photo_id).update(taken_at=datetime(2019, 1, 1))
    Photo.objects.filter(pk=last.photo_id).update(taken_at=datetime(2019, 12, 31, 23, 59, 59))

    html = as_alice.get(ada.get_absolute_url(), {"year": "2019"}).content.decode()

    assert cards(html) == [last.photo_id, first.photo_id]
    assert [one.photos for one in person_story.tell(ada).years] == [2]


def test_narrowed_photos_come_page_by_page(
    ada: Person, as_alice: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gallery.views.photos.PAGE", 2)
    of_2012 = [said(ada, 2012).photo_id for _ in range(3)]
    said(ada, 2019)

    first = as_alice.get(ada.get_absolute_url(), {"year": "2012"}).content.decode()
    [following] = re.findall(r'hx-get="(/people/\d+/photos/[^"]+)"', first)
    second = as_alice.get(following.replace("&amp;", "&")).content.decode()

    assert cards(first) + cards(second) == of_2012[::-1]


@pytest.mark.parametrize("year", ["", "20190", "x", "0000", "9999", "-201"])
def test_what_is_no_year_narrows_nothing(ada: Person, as_alice: Client, year: str) -> None:
    face = said(ada, 2019)

    html = as_alice.get(ada.get_absolute_url(), {"year": year, "with": "9" * 30}).content.decode()

    assert cards(html) == [face.photo_id]
    assert "All photos" not in html


def test_a_strangers_person_narrows_nothing_and_is_not_named(
    ada: Person, as_alice: Client, bob: User
) -> None:
    face = said(ada, 2019)
    theirs = make_person(bob, "Mallory")

    html = as_alice.get(ada.get_absolute_url(), {"with": theirs.pk}).content.decode()

    assert cards(html) == [face.photo_id]
    assert "Mallory" not in html


def test_a_story_without_photos_says_so(ada: Person, as_alice: Client) -> None:
    html = as_alice.get(reverse("person_story", args=[ada.pk])).content.decode()

    assert "No photo with a date shows Ada yet" in words(html)
    assert "data-plot" not in html


def test_a_long_story_asks_the_database_as_often_as_a_short_one(
    ada: Person, as_alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    others = [make_person(ada.roster.owner, f"Bea {number}") for number in range(15)]

    def tell(faces: int) -> None:
        for number in range(faces):
            face = said(ada, 2000 + number)
            emotions.say(face=face, emotion="sad")
            for other in others[: number + 1]:
                make_face(face.photo, person=other, named_by="human")
        with django_assert_num_queries(QUERIES):
            as_alice.get(reverse("person_story", args=[ada.pk]))

    tell(1)
    tell(14)
