"""A search stands in the address, in words of no language, and comes back from there as it was."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib.auth.models import User

from gallery.services.search import Excluded, Search, Span, address
from gallery.services.search.value import Days, Shown
from tests.gallery.test_search import Chance


def test_each_search_comes_back_from_its_address(alice: User) -> None:
    chance = Chance(alice, 3, photos=0)
    for _ in range(200):
        wanted = chance.search()
        assert address.of(address.write(wanted)) == wanted
    assert address.write(Search()) == ""


def test_an_address_says_what_is_asked_for_as_shortly_as_can_be() -> None:
    wanted = Search(
        people=((12,), (3, 4)),
        without=(13,),
        only=True,
        emotions=("happy",),
        faces=Span(3, 5),
        ages=Span(None, 30),
        quality=Span(70, None),
        days=Days(date(2019, 1, 1), date(2019, 2, 28)),
        cameras=("Canon EOS R5",),
        keywords=("beach", "-minus"),
        excluded=Excluded(emotions=("sad",), keywords=("snow", "-minus"), states=(Shown.GONE,)),
    )
    assert address.write(wanted) == (
        "person=12&person=3,4&person=-13&only=1&faces=3-5&age=-30&emotion=happy&emotion=-sad"
        "&quality=70-&from=2019&to=2019-02&camera=Canon+EOS+R5"
        "&keyword=beach&keyword=%2B-minus&keyword=-snow&keyword=--minus&state=-gone"
    )


@pytest.mark.parametrize(
    "query",
    [
        "person=x&person=&person=1,x&person=--1&person=99999999999999999999",
        "faces=x&faces=-&age=1-2-3&age=1000",
        "emotion=glad&gender=other&state=lost&order=best",
        "emotion=-glad&state=-lost&album=-x&album=--1&keyword=-&camera=-+&text=-",
        "from=2019-13&to=2019-02-30&from=0000&to=%00",
        "text=+&camera=&confidence=x",
        "in=search:person=3&around=7&before=9",
    ],
)
def test_what_is_not_understood_asks_for_nothing(query: str) -> None:
    assert address.of(query) == Search()


def test_no_address_asks_for_more_than_is_looked_at_in_time() -> None:
    query = "&".join(f"person={number}&text={number}" for number in range(100))
    assert len(address.of(query).people) == len(address.of(query).texts) == address.MOST
    assert address.of("confidence=999").confidence == 100
