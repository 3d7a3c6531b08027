"""The start page says what is new, what waits and what was on this day, and leads to all of it."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from gallery.models import Face, Photo
from gallery.services import grouping, library_index, people, plots, search
from gallery.services.dashboard import news, this_day, waits
from gallery.services.search import address
from tests.factories import make_face, make_known, make_photo, near, rematch, vector
from tests.gallery.test_record import roster_of


def test_a_new_account_begins_with_the_librarys_welcome(as_alice: Client) -> None:
    answer = as_alice.get("/", follow=True)

    assert answer.redirect_chain == [(reverse("library"), 302)]
    assert "Every face, explained" in answer.content.decode()


def test_the_start_page_leads_to_photos_plots_and_what_waits(alice: User, as_alice: Client) -> None:
    photo, failed = make_photo(alice), make_photo(alice, state="failed")
    html = as_alice.get("/").content.decode()

    for one in (photo, failed):
        assert f'href="{reverse("photo", args=[one.pk])}"' in html
    assert "2 photos in the last 7 days" in html
    assert "1 photo that could not be analysed" in html
    for name in plots.KINDS:
        assert f'{reverse("plot")}?plot={name}"' in html


def test_a_search_on_the_start_page_narrows_its_plots(alice: User, as_alice: Client) -> None:
    make_face(make_photo(alice), emotion="happy")
    answer = as_alice.get(reverse("search"), {"q": "happy", "on": "start"})

    assert answer["Location"] == "/?emotion=happy#plots"
    html = as_alice.get("/?emotion=happy").content.decode()
    assert html.count('href="/#plots"') == 2, "taking the chip away, and all of them"
    assert f"{reverse('plot')}?plot=people&amp;emotion=happy" in html


@pytest.mark.parametrize(
    ("on", "leads"), [("start", "/?"), ("library", "/library/?"), ("x", "/library/?")]
)
def test_suggestions_and_counts_lead_to_the_page_of_the_box(
    alice: User, as_alice: Client, on: str, leads: str
) -> None:
    make_face(make_photo(alice), emotion="happy")
    asked = {"on": on, "q": "happ"}

    for name in ("search_suggestions", "search_facets"):
        html = as_alice.get(reverse(name), asked, headers={"HX-Request": "true"}).content.decode()
        assert f'href="{leads}emotion=happy' in html


def test_what_came_lately_is_counted_by_the_day(alice: User, bob: User) -> None:
    old, *new = [make_photo(alice).pk for _ in range(3)]
    make_photo(bob)
    Photo.objects.filter(pk=old).update(created_at=timezone.now() - timedelta(days=8))

    found = news.of(alice)
    assert (found.count, found.is_more, found.newest) == (2, False, [*reversed(new), old])


def test_this_day_of_other_years_is_what_clocks_showed(alice: User, bob: User) -> None:
    today = date(2024, 2, 29)
    for at in ("2020-02-29 23:59", "2020-02-29 00:00", "2016-02-29 12:00", "2020-02-28 23:59",
               "2020-03-01 00:00", "2024-02-29 08:00", "2019-03-29 08:00"):  # fmt: skip
        make_photo(alice, taken_at=datetime.fromisoformat(at), taken_from="exif")
    make_photo(alice, taken_at=datetime(2020, 2, 29), taken_from="upload")
    make_photo(bob, taken_at=datetime(2020, 2, 29), taken_from="exif")

    years = this_day.of(library_index.of(alice.pk), today)
    assert [(year.day.year, year.ago, year.count) for year in years] == [(2020, 4, 2), (2016, 8, 1)]
    for year in years:
        there = search.found(alice, address.of(year.query))
        assert there.count == year.count
        assert set(year.photos) <= set(there.keys.tolist())


def test_each_thing_that_waits_is_counted_and_leads_to_where_it_is_answered(
    alice: User, bob: User, as_alice: Client
) -> None:
    for number in range(2):
        make_face(make_photo(alice), near(vector(7), 0.1, number))
    grouping.regroup(roster_of(alice))
    make_known(alice, "Ada", vector(1))
    for seed, far in ((1, 0.3), (2, 0.3)):
        make_face(make_photo(alice), near(vector(1), far, seed))
    rematch(alice)
    make_photo(alice, state="failed")
    make_face(make_photo(alice), is_due=True, mark="pending")
    kept = make_known(alice, "Bea", vector(3))
    Face.objects.filter(pk=kept.pk).update(lost="asked")

    found = {wait.name: wait for wait in waits.of(alice, library_index.of(alice.pk))}
    assert found["group"].words == "1 group of unknown faces to name"
    assert {name: wait.count for name, wait in found.items()} == {
        "group": 1, "sure": 2, "lost": 1, "failed": 1, "boxes": 1
    }  # fmt: skip
    for wait in found.values():
        assert as_alice.get(wait.address).status_code == 200
    assert waits.of(bob, library_index.of(bob.pk)) == []


def test_a_search_of_the_address_narrows_the_plots(alice: User, as_alice: Client) -> None:
    people.name_face(face=make_face(make_photo(alice)), name="Ada")
    make_photo(alice)

    html = as_alice.get("/", {"emotion": "happy"}).content.decode()
    assert f'{reverse("plot")}?plot=ages&amp;emotion=happy"' in html
    assert f'href="{reverse("library")}?emotion=happy"' in html
    library = as_alice.get(reverse("library"), {"emotion": "happy"}).content.decode()
    assert 'href="/?emotion=happy#plots"' in library


@pytest.mark.parametrize("name", ["start", "start_now"])
def test_the_start_page_costs_the_same_queries_however_much_there_is(
    name: str, alice: User, as_alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for count in (1, 6):
        for number in range(count):
            people.name_face(face=make_face(make_photo(alice)), name=f"Ada {count} {number}")
        as_alice.get(reverse(name))
        with django_assert_num_queries({"start": 18, "start_now": 15}[name]):
            as_alice.get(reverse(name))


def test_a_stranger_sees_nothing_of_it(alice: User, as_bob: Client) -> None:
    photo = make_known(alice, "Ada").photo
    make_photo(alice, state="failed")
    for address_of in ("start", "start_now", "library"):
        html = as_bob.get(reverse(address_of), follow=True).content.decode()
        assert f"/photos/{photo.pk}/" not in html
        assert "could not be analysed" not in html
        assert "Ada" not in html
