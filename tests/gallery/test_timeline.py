"""The library by months: its parts, its edges, and how one comes to any place of it."""

from __future__ import annotations

import random
import re
from datetime import datetime
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.models import Photo
from gallery.models.leased import State
from gallery.services import search, timeline
from gallery.services.search import Order, Search
from gallery.templatetags import walls
from tests.factories import make_photo
from tests.gallery.test_views import cards

pytestmark = pytest.mark.django_db

EDGE = re.compile(r'class="(newer|more)"\s+href="([^"]+)"\s+data-part="([^"]+)"')
MONTH = re.compile(r'data-month="([\d-]*)"\s+(?:aria-labelledby="[^"]+")?>')


def taken(owner: User, year: int, month: int, day: int = 1) -> Photo:
    return make_photo(owner, taken_at=datetime(year, month, day), taken_from="exif")


def edges(html: str) -> dict[str, tuple[str, str]]:
    return {name: (unescape(href), unescape(part)) for name, href, part in EDGE.findall(html)}


def get(client: Client, address: str) -> str:
    return client.get(address).content.decode()


def months(html: str) -> list[str]:
    return re.findall(r'<section class="month"\s+data-month="([^"]*)"', html)


@pytest.fixture
def long(alice: User) -> list[int]:
    """Return the keys of 200 photos of six years, those taken last first, uploaded in any order."""
    chance = random.Random(3)
    when = [(chance.randint(2015, 2020), chance.randint(1, 12)) for _ in range(200)]
    photos = [taken(alice, *month) for month in when]
    return [
        photo.pk for photo in sorted(photos, key=lambda one: (one.taken_at, one.pk), reverse=True)
    ]


def test_months_have_their_photos_and_the_last_comes_first(alice: User, as_alice: Client) -> None:
    spring, autumn = taken(alice, 2019, 5), taken(alice, 2021, 10)
    later = taken(alice, 2019, 5, 20)
    html = get(as_alice, "/library/")
    assert cards(html) == [autumn.pk, later.pk, spring.pk]
    assert months(html) == ["2021-10", "2019-05"]
    assert re.search(r"May 2019 <span[^>]*>2</span>", html)


def test_by_date_added_there_are_no_months(alice: User, as_alice: Client) -> None:
    first, second = taken(alice, 2021, 10), taken(alice, 2019, 5)
    html = get(as_alice, "/library/?order=added")
    assert cards(html) == [second.pk, first.pk]
    assert months(html) == [""]
    assert 'id="scrubber"' not in html


def test_parts_follow_each_other_both_ways(as_alice: Client, long: list[int]) -> None:
    html = get(as_alice, "/library/")
    down = cards(html)
    assert "newer" not in edges(html)
    while "more" in edges(html):
        html = get(as_alice, edges(html)["more"][1])
        down += cards(html)
    assert down == long
    up = cards(html)
    while "newer" in edges(html):
        html = get(as_alice, edges(html)["newer"][1])
        up = [key for key in cards(html) if key not in up] + up
    assert up == long


@pytest.mark.parametrize("edge", [("more", 60, 120), ("newer", 0, 60)])
def test_an_edge_whose_photo_is_gone_leads_on_from_its_place(
    as_alice: Client, long: list[int], edge: tuple[str, int, int]
) -> None:
    name, start, stop = edge
    html = get(as_alice, f"/library/?around={long[90]}" if name == "newer" else "/library/")
    part = edges(html)[name][1]
    key = int(re.findall(r"(?:before|until)=(\d+)", part)[0])
    wanted = [one for one in long if one != key]
    as_alice.post(reverse("delete_photo", args=[key]))
    shown = cards(get(as_alice, part))
    first = wanted.index(shown[0])
    assert shown == wanted[first : first + len(shown)]
    assert abs(first - start) <= 1
    assert stop - start == 60


def test_the_end_is_the_last_photos_of_whatever_there_is(as_alice: Client, long: list[int]) -> None:
    html = get(as_alice, "/photos/page/?end=yes")
    assert cards(html) == long[-60:]
    assert [*edges(html)] == ["newer"]


@pytest.mark.parametrize("month", ["2017-06", "2016", "2014-01", "2030-01"])
def test_a_month_is_where_the_wall_begins(
    month: str, as_alice: Client, alice: User, long: list[int]
) -> None:
    year, _dash, number = month.partition("-")
    limit = (int(year), int(number or 12))
    when = {photo.pk: photo.taken_at for photo in Photo.objects.all() if photo.taken_at}
    earlier = [key for key in long if (when[key].year, when[key].month) <= limit]
    assert cards(get(as_alice, f"/library/?month={month}"))[:1] == (earlier[:1] or long[-1:])


def test_back_from_a_photo_one_is_where_it_was(as_alice: Client, long: list[int]) -> None:
    html = get(as_alice, f"/photos/{long[100]}/")
    back = re.findall(r'href="([^"]+)"[^>]*id="way-back"|id="way-back"[^>]*href="([^"]+)"', html)
    address = unescape("".join(back[0])).partition("#")[0]
    assert long[100] in cards(get(as_alice, address))
    neighbours = {
        href for href in re.findall(r'href="/photos/(\d+)/"', html) if int(href) != long[100]
    }
    assert neighbours == {f"{long[99]}", f"{long[101]}"}


@pytest.mark.parametrize(
    "query",
    ["before=x", "until=999999999", "at=-3", "at=99999", "month=x", "month=2019-xx", "around="],
)
def test_an_address_of_no_place_shows_photos_all_the_same(
    query: str, as_alice: Client, long: list[int]
) -> None:
    assert cards(get(as_alice, f"/library/?{query}"))


def test_years_and_months_say_how_many_photos_they_have(alice: User, long: list[int]) -> None:
    found = search.found(alice, Search())
    years = timeline.years(found)
    assert sum(year.count for year in years) == len(long)
    assert [year.year for year in years] == sorted({year.year for year in years}, reverse=True)
    place = 0
    for year in years:
        for month in year.months:
            assert timeline.place_of_month(found, month.year, month.month) == place
            place += month.photos
    assert timeline.years(search.found(alice, Search(order=Order.ADDED))) == []


def test_what_is_of_a_year_alone_stands_after_its_months_under_a_heading_of_its_own(
    alice: User, as_alice: Client
) -> None:
    def taken(at: datetime, to: str = "") -> int:
        by: dict[str, Any] = {"taken_from": "hand", "taken_offset": None, "taken_to": to}
        return make_photo(alice, taken_at=at, **by).pk

    new_year, spring = taken(datetime(1987, 1, 1)), taken(datetime(1987, 5, 3))
    of_may, of_1987 = taken(datetime(1987, 5, 1), "month"), taken(datetime(1987, 1, 1), "year")
    before = taken(datetime(1986, 12, 31))

    html = get(as_alice, "/library/")

    assert cards(html) == [spring, of_may, new_year, of_1987, before]
    titles = re.findall(r'class="month-title"[^>]*>\s*(.*?)\s*<span class="muted">(\d+)', html)
    assert titles == [
        ("May 1987", "2"),
        ("January 1987", "1"),
        ("1987", "1"),
        ("December 1986", "1"),
    ]
    assert 'data-month="1987-00"' in get(as_alice, f"/photos/cards/?keys={of_1987}")
    found = search.found(alice, Search())
    options = walls.month_options(timeline.years(found))
    assert '<option value="1987-00" data-count="1" data-words="1987">1987 (1)</option>' in options
    assert [timeline.place_of_month(found, 1987, month) for month in (12, 1, 0)] == [0, 2, 3]


def test_a_month_can_be_chosen_without_a_script(as_alice: Client, long: list[int]) -> None:
    html = get(as_alice, "/library/?faces=0-9&person=-5&person=-6")
    assert '<option value="2017-06"' in html
    assert 'name="faces" value="0-9"' in html
    form = html.partition('class="month-choice"')[2].partition("</form>")[0]
    assert re.findall(r'name="person" value="(-\d)"', form) == ["-5", "-6"]
    assert "&amp;month=2017" in html


def test_a_stranger_sees_nothing_of_the_timeline(as_charlie: Client, long: list[int]) -> None:
    for address in (
        "/library/",
        f"/library/?around={long[5]}",
        f"/photos/page/?before={long[5]}&at=5",
    ):
        assert cards(get(as_charlie, address)) == []
    answer = as_charlie.get(reverse("photo_cards"), {"keys": f"{long[0]},{long[1]}"})
    assert cards(answer.content.decode()) == []
    shown = as_charlie.post(reverse("wall_news"), {"shown": f"{long[0]}", "start": "yes"}).json()
    assert shown == {"count": 0, "gone": [long[0]], "moved": [], "back": [], "more": False}


def test_cards_come_together_as_they_are_now(alice: User, as_alice: Client) -> None:
    photos = [make_photo(alice) for _ in range(3)]
    answer = as_alice.get(reverse("photo_cards"), {"keys": f"{photos[0].pk},x,{photos[2].pk},7777"})
    assert cards(answer.content.decode()) == [photos[2].pk, photos[0].pk]


def test_on_a_slow_line_the_first_pictures_come_before_the_scripts(
    as_alice: Client, long: list[int]
) -> None:
    html = get(as_alice, "/library/")
    modules = re.findall(r'<script type="module"[^>]*>', html)
    assert modules
    assert all('fetchpriority="low"' in module for module in modules)


def news(client: Client, shown: list[int], newest: int = 0, **said: object) -> dict[str, Any]:
    keys = ",".join(map(str, shown))
    form = {"shown": keys, "newest": newest, "start": "yes", "end": "yes"} | said
    answer: dict[str, Any] = client.post(reverse("wall_news"), form).json()
    return answer


def test_a_photo_is_missed_once_somebody_has_looked_when_it_was_taken(
    alice: User, as_alice: Client
) -> None:
    spring, autumn = taken(alice, 2019, 5), taken(alice, 2021, 10)
    new = make_photo(alice, state=State.QUEUED, width=None, height=None)
    told = news(as_alice, [autumn.pk, spring.pk], autumn.pk)
    assert (told["count"], told["back"], told["fresh"]["count"]) == (3, [], 0)
    # One that the page has shown from the beginning stays.
    assert news(as_alice, [new.pk, autumn.pk, spring.pk], autumn.pk)["gone"] == []

    new.job.state = State.DONE
    new.job.save()
    Photo.objects.filter(pk=new.pk).update(
        taken_at=datetime(2020, 3, 1), taken_from="exif", width=8, height=8
    )
    Photo.objects.touch()

    told = news(as_alice, [autumn.pk, spring.pk], autumn.pk)
    assert told["back"] == [[new.pk, spring.pk]]
    assert told["fresh"] == {"count": 1, "first": new.pk, "newest": new.pk}
    assert told["months"] == {"2021-10": 1, "2020-03": 1, "2019-05": 1}
    for known in ({"seen": new.pk}, {"besides": new.pk}):
        told = news(as_alice, [autumn.pk, spring.pk], autumn.pk, **known)
        assert (told["fresh"]["count"], told["back"]) == (0, [[new.pk, spring.pk]])


def test_a_photo_whose_date_is_another_by_now_has_moved(alice: User, as_alice: Client) -> None:
    keys = [taken(alice, year, 5).pk for year in range(2021, 2015, -1)]
    assert news(as_alice, keys)["moved"] == []
    Photo.objects.filter(pk=keys[4]).update(taken_at=datetime(2020, 8, 1))
    Photo.objects.touch()
    told = news(as_alice, keys)
    assert (told["moved"], told["back"], told["gone"]) == ([keys[4]], [[keys[4], keys[1]]], [])
    # Beyond what is shown it goes, and nothing is missing.
    wall = {"shown": ",".join(map(str, keys[:4] + keys[5:])), "newest": 0}
    Photo.objects.filter(pk=keys[0]).update(taken_at=datetime(1999, 8, 1))
    Photo.objects.touch()
    told = as_alice.post(reverse("wall_news"), wall).json()
    assert (told["moved"], told["back"]) == ([keys[0]], [])


def test_what_is_missing_comes_by_its_months(alice: User, as_alice: Client, bob: User) -> None:
    photos = [taken(alice, 2019, 5, day) for day in (1, 2, 3)] + [taken(alice, 2021, 10)]
    others = taken(bob, 2021, 10)
    keys = ",".join(f"{photo.pk}" for photo in [others, photos[0], photos[2], photos[3]])
    html = get(as_alice, f"{reverse('wall_cards')}?keys={keys},x")
    assert cards(html) == [photos[3].pk, photos[2].pk, photos[0].pk]
    assert months(html) == ["2021-10", "2019-05"]
    assert re.search(r"May 2019 <span[^>]*>3</span>", html)
    assert not edges(html)


def test_the_years_come_anew_by_themselves(as_alice: Client, long: list[int]) -> None:
    html = get(as_alice, reverse("wall_years"))
    assert 'id="wall-years"' in html
    assert 'data-count="200"' not in html
    assert sum(map(int, re.findall(r'<li data-count="(\d+)"', html))) == 200
    assert 'id="scrubber"' not in get(as_alice, f"{reverse('wall_years')}?text=nothing")
