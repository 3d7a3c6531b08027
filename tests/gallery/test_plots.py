"""A plot counts what somebody counts who looks at one photo after the other, and leads to just those."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from analysis.results import EMOTIONS
from gallery.models import AnalysisJob, Person
from gallery.models.face_queries import Mark
from gallery.models.person import Consent
from gallery.services import (
    confirmed,
    consent,
    curating,
    describing,
    library_index,
    people,
    plots,
    search,
)
from gallery.services.plots import network
from gallery.services.plots.value import Cell, Plot
from gallery.services.search import Search, address
from gallery.services.search.value import Days, Shown
from tests.factories import (
    make_face,
    make_known,
    make_person,
    make_photo,
    near,
    rematch,
    sad_face,
    vector,
)
from tests.gallery.test_record import roster_of
from tests.gallery.test_search import Chance, Plain

OF_A_SEARCH = sorted(plots.KINDS)


def cells(drawn: Plot) -> Iterator[Cell]:
    for row in drawn.rows:
        yield from row.cells
    for link in drawn.links:
        yield link.cell


@pytest.mark.parametrize("seed", range(2))
def test_each_bar_is_as_long_as_the_list_of_photos_behind_it(alice: User, seed: int) -> None:
    chance = Chance(alice, 40 + seed)
    plain, bars = Plain(alice), 0
    for wanted in (Search(), Search(sure=True), *(chance.search() for _ in range(15))):
        of_all = set(plain.picked(wanted))
        for name in OF_A_SEARCH:
            for cell in filter(lambda cell: cell.count, cells(plots.draw(alice, name, wanted))):
                bars += 1
                assert cell.search is not None
                there = plain.picked(cell.search)
                assert cell.count == len(there), (wanted, name, cell)
                assert of_all.issuperset(there), (wanted, name, cell)
                assert address.of(cell.query) == cell.search
    assert bars > 300


def test_what_a_plot_leaves_out_is_nowhere(alice: User) -> None:
    chance = Chance(alice, 50)
    plain = Plain(alice)
    # In no month is what is of some day of a year.
    dated = {
        photo.pk
        for photo in plain.photos
        if plain.is_of(photo, Days()) and photo.taken_to != "year"
    }
    for name, everything in (
        ("months", len(dated)),
        ("emotions", sum(len(plain.picked(Search(emotions=(one,)))) for one in EMOTIONS)),
        ("people", sum(len(plain.picked(Search(people=((key,),)))) for key in chance.people)),
    ):
        drawn = plots.draw(alice, name, Search())
        assert sum(cell.count for cell in cells(drawn)) == everything > 0


def test_who_is_together_is_told_of_each_two(alice: User) -> None:
    keys = [make_person(alice, name).pk for name in ("Ada", "Bea", "Cleo")]
    for group in ([0, 1], [0, 1], [1, 2], [2]):
        photo = make_photo(alice)
        for at in group:
            make_face(photo, person_id=keys[at], named_by="human")

    drawn = plots.draw(alice, "together", Search())
    pairs = {
        frozenset((drawn.rows[one.first].label, drawn.rows[one.second].label)): one.cell.count
        for one in drawn.links
    }
    assert pairs == {frozenset(("Ada", "Bea")): 2, frozenset(("Bea", "Cleo")): 1}
    laid = network.lay_out(drawn)
    assert {node.label for node in laid.nodes} == {"Ada", "Bea", "Cleo"}
    assert all(0 < node.x < laid.width and 0 < node.y < laid.height for node in laid.nodes)
    assert [line.cell.count for line in laid.most_first] == [2, 1]


def test_many_years_are_told_by_years_and_few_by_months(alice: User) -> None:
    for year in (2018, 2019):
        make_photo(alice, taken_at=datetime(year, 5, 3), taken_from="exif")
    assert plots.draw(alice, "months", Search()).unit == "month"
    for number in range(240):
        at = datetime(1980 + number // 12, number % 12 + 1, 1)
        make_photo(alice, taken_at=at, taken_from="exif")
    drawn = plots.draw(alice, "months", Search())
    assert drawn.unit == "year"
    assert [row.label for row in drawn.rows][-2:] == ["2018", "2019"]
    assert all(
        search.found(alice, cell.search).count == cell.count for cell in cells(drawn) if cell.search
    )


def test_whoever_is_hidden_or_does_not_want_to_be_recognised_is_in_no_plot(alice: User) -> None:
    for name in ("Ada", "Bea", "Cleo"):
        photo = make_photo(alice)
        for other in ("Ada", name):
            people.name_face(face=make_face(photo), name=other)
    ada, bea, cleo = Person.objects.order_by("name")
    describing.hide(roster=roster_of(alice), keys=[bea.pk], is_hidden=True)
    consent.say(person=cleo, answer=Consent.REFUSED)

    for name in plots.KINDS:
        told = repr(plots.draw(alice, name, Search()))
        assert "Bea" not in told
        assert "Cleo" not in told
    assert [row.label for row in plots.draw(alice, "people", Search()).rows] == [ada.name]


def test_the_speed_says_how_long_photos_took_and_what_waits(alice: User, bob: User) -> None:
    now = timezone.now()
    for owner, ago, seconds in ((alice, 3, 2), (alice, 3, 2.4), (alice, 90, 0.1), (bob, 1, 2)):
        ended = now - timedelta(minutes=ago)
        job = AnalysisJob.objects.filter(photo=make_photo(owner))
        job.update(started_at=ended - timedelta(seconds=seconds), finished_at=ended)
    make_photo(alice, state="queued")

    drawn = plots.draw(alice, "speed", Search())
    assert {row.label: row.cells[0].query for row in drawn.rows if row.cells[0].count} == {
        "under 0.2 s": "took=-0.1",
        "2\N{EN DASH}5\N{NO-BREAK SPACE}s": "took=2.0-4.9",
    }
    assert drawn.notes == [
        "A photo took 2.0 s, in the middle of all.",
        "2 photos were analysed in the last hour.",
        "1 photo waits.",
    ]


def test_distances_are_those_to_the_nearest_other_known_face(alice: User) -> None:
    roster = roster_of(alice)
    roster.is_plain = True  # So that they are the plain ones.
    roster.save()
    for seed, far in ((1, 0.0), (2, 0.32), (3, 0.33)):
        people.name_face(face=make_face(make_photo(alice), near(vector(1), far, seed)), name="Ada")
    make_face(make_photo(alice), near(vector(1), 0.37, 4))
    rematch(alice)
    people.name_face(face=make_face(make_photo(alice)), name="Bea")  # Known by nothing else.

    drawn = plots.draw(alice, "distances", Search())
    told = {cell.query: cell.count for cell in cells(drawn) if cell.count}
    assert told == {"by=human&distance=0.30-0.34": 3, "by=machine&distance=0.35-0.39": 1}
    assert [limit.label for limit in drawn.limits] == ["sure"]
    roster.is_plain = False
    roster.save()
    drawn = plots.draw(alice, "distances", Search())
    assert [limit.label for limit in drawn.limits] == ["sure", "asked"]
    assert "by=human&distance=0.30-0.34" not in {cell.query for cell in cells(drawn)}


def test_distances_are_right_as_soon_as_a_name_is_given_or_taken_back(alice: User) -> None:
    def told() -> list[float]:
        library = library_index.of(alice.pk)
        kept = confirmed.distances(library)
        confirmed.forget()
        anew = confirmed.distances(library)
        assert np.array_equal(kept, anew, equal_nan=True)
        return sorted(kept[~np.isnan(kept)].round(2).tolist())

    first = make_known(alice, "Ada", vector(1))
    assert told() == []
    second = make_known(alice, "Ada", near(vector(1), 0.3))
    assert len(told()) == 2
    curating.mark(roster=roster_of(alice), faces=[second.pk], mark=Mark.STRANGER)
    assert told() == []
    people.name_face(face=second, name="Ada")
    people.name_face(face=first, name="Bea")
    assert told() == []


@pytest.mark.parametrize("name", sorted(plots.KINDS))
def test_a_plot_costs_the_same_queries_however_much_there_is(
    name: str, alice: User, as_alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    counts = []
    for number in (1, 6):
        for at in range(number):
            photo = make_photo(alice)
            people.name_face(face=make_face(photo), name=f"Person {number} {at}")
            people.name_face(face=sad_face(photo), name="Ada")
        ask = {"path": reverse("plot"), "data": {"plot": name}, "headers": {"HX-Request": "true"}}
        as_alice.get(**ask)  # type: ignore[arg-type]
        with django_assert_num_queries(QUERIES[name]):
            answer = as_alice.get(**ask)  # type: ignore[arg-type]
        counts.append(answer.status_code)
    assert counts == [200, 200]


# Session and account, the library, and for some who is hidden, called how, or what waits.
QUERIES = dict.fromkeys(plots.KINDS, 4) | {
    "people": 6, "together": 6, "states": 6, "speed": 6, "distances": 6
}  # fmt: skip


def test_a_plot_is_a_page_a_part_and_numbers(alice: User, as_alice: Client) -> None:
    people.name_face(face=make_face(make_photo(alice)), name="=Ada")
    ask = {"plot": "people"}

    page = as_alice.get(reverse("plot"), ask).content.decode()
    part = as_alice.get(reverse("plot"), ask, headers={"HX-Request": "true"}).content.decode()
    numbers = as_alice.get(reverse("plot_csv"), ask)

    assert "<html" in page
    assert "<html" not in part
    link = f'href="{reverse("library")}?person={Person.objects.get().pk}">1</a>'
    assert link in page
    assert link in part
    # What a program for tables would compute is a text for it.
    assert numbers.content.decode("utf-8-sig").splitlines() == ["Person,Photos", "'=Ada,1"]
    assert as_alice.get(reverse("plot"), {"plot": "nothing"}).status_code == 404


def test_a_page_that_has_seen_it_gets_nothing(alice: User, as_alice: Client) -> None:
    make_face(make_photo(alice))

    def ask(seen: str) -> tuple[int, str]:
        said = {"plot": "emotions", "seen": seen}
        answer = as_alice.get(reverse("plot"), said, headers={"HX-Request": "true"})
        return answer.status_code, answer.content.decode()

    code, html = ask("")
    seen = html.partition("seen=")[2].partition('"')[0]
    assert (code, ask(seen)) == (200, (204, ""))
    make_face(make_photo(alice))
    assert ask(seen)[0] == 200


def test_a_search_narrows_the_plots_and_a_strangers_has_nothing(
    alice: User, as_alice: Client, as_bob: Client
) -> None:
    people.name_face(face=make_face(make_photo(alice)), name="Ada")
    make_face(make_photo(alice))
    ada = Person.objects.get().pk

    def numbers(client: Client, **said: str | int) -> list[str]:
        told = client.get(reverse("plot_csv"), {"plot": "emotions", **said})
        return [line for line in told.content.decode().splitlines()[1:] if not line.endswith(",0")]

    assert numbers(as_alice) == ["happy,2"]
    assert numbers(as_alice, person=ada) == ["happy,1"]
    assert numbers(as_alice, state=Shown.FAILED) == []
    assert numbers(as_bob) == numbers(as_bob, person=ada) == []
    for name in plots.KINDS:
        for address_of in ("plot", "plot_csv"):
            told = as_bob.get(reverse(address_of), {"plot": name, "person": f"{ada}"})
            assert b"Ada" not in told.content


def test_a_plot_of_few_photos_says_so_and_an_empty_one_what_is_missing(
    alice: User, as_alice: Client
) -> None:
    make_face(make_photo(alice))
    html = as_alice.get(reverse("plot"), {"plot": "emotions"}).content.decode()
    assert "Of 1 photo only" in html
    html = as_alice.get(reverse("plot"), {"plot": "people"}).content.decode()
    assert "Name a face, and its photos are counted here." in html
