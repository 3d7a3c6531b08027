"""What stands beside a search says how many photos it would leave, and is right."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from pytest_django import DjangoAssertNumQueries

from gallery.models import Person
from gallery.services import describing, people, search
from gallery.services.search import Search, address, facets
from tests.factories import make_face, make_photo
from tests.gallery.test_record import roster_of
from tests.gallery.test_search import Chance


@pytest.mark.parametrize("seed", range(2))
def test_each_option_leads_to_as_many_photos_as_it_says(alice: User, seed: int) -> None:
    chance, options, left_out = Chance(alice, 20 + seed), 0, 0
    for wanted in (Search(), *(chance.search() for _ in range(12))):
        found = search.found(alice, wanted)
        for facet in facets.of(alice, found):
            for option in facet.options:
                options += 1
                if option.leaving_out:
                    left_out += 1
                    assert address.of(option.query_leaving_out) == option.leaving_out
                    without = search.found(alice, option.leaving_out).keys
                    assert (
                        not {*without} & {*search.found(alice, option.search).keys} or option.is_on
                    )
                there = search.found(alice, option.search)
                if option.is_on and wanted.sure and not option.search.sure:
                    assert there.count <= found.count  # Sure guesses were found besides.
                elif option.is_on:
                    assert there.count >= found.count
                else:
                    assert there.count == option.count, (wanted, facet.name, option)
    assert options > 100
    assert left_out > 30


def test_who_is_hidden_and_others_people_are_not_offered(alice: User, bob: User) -> None:
    for owner, name in ((alice, "Ada"), (alice, "Bea"), (bob, "Cleo")):
        people.name_face(face=make_face(make_photo(owner)), name=name)
    bea = Person.objects.get(name="Bea")
    describing.hide(roster=roster_of(alice), keys=[bea.pk], is_hidden=True)
    first = facets.of(alice, search.found(alice, Search()))[0]
    assert [(option.label, option.count) for option in first.options] == [("Ada", 1)]


def test_the_counts_cost_the_same_queries_however_much_there_is(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    def told() -> None:
        facets.of(alice, search.found(alice, Search(emotions=("happy",))))

    for count in (1, 6):
        for number in range(count):
            people.name_face(face=make_face(make_photo(alice)), name=f"Person {count} {number}")
        told()
        with django_assert_num_queries(6):
            told()
