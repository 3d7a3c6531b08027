"""Each account has one roster: people, turns and guesses go by it."""

from __future__ import annotations

import threading

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, connection, transaction

from gallery.models import Face, Person, Roster
from gallery.services import people
from tests.factories import fresh, make_face, make_known, make_person, make_photo, rematch, vector


def test_an_account_has_no_roster_until_it_needs_one_and_then_always_the_same(alice: User) -> None:
    assert not Roster.objects.exists()

    roster = Roster.objects.of(alice.pk)

    assert roster.owner == alice
    assert Roster.objects.of(alice.pk) == roster


def test_naming_somebody_makes_the_roster(alice: User) -> None:
    people.name_face(face=make_face(make_photo(alice)), name="Ada")

    assert Person.objects.get().roster == Roster.objects.get(owner=alice)


def test_the_database_refuses_a_second_roster_of_an_account(alice: User) -> None:
    Roster.objects.of(alice.pk)

    with pytest.raises(IntegrityError), transaction.atomic():
        Roster.objects.create(owner=alice)


@pytest.mark.django_db(transaction=True)
def test_all_who_need_the_roster_at_once_get_the_same(alice: User) -> None:
    start = threading.Barrier(4)
    found: list[int] = []

    def need_it() -> None:
        try:
            start.wait(timeout=10)
            found.append(Roster.objects.of(alice.pk).pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=need_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert found == [Roster.objects.get().pk] * 4


def test_people_are_visible_to_whom_their_roster_is(alice: User, bob: User) -> None:
    ada = make_person(alice, "Ada")

    assert list(Person.objects.visible_to(alice)) == [ada]
    assert not Person.objects.visible_to(bob).exists()


def test_faces_go_by_the_roster_of_their_photos_owner(alice: User, bob: User) -> None:
    make_known(alice, "Ada", vector(1))
    bea = make_known(bob, "Bea", vector(1))
    hers, his = make_face(make_photo(alice), vector(1)), make_face(make_photo(bob), vector(1))

    assert list(Face.objects.of(Roster.objects.of(bob.pk)).order_by("pk")) == [bea, his]

    rematch(alice)
    rematch(bob)
    assert (fresh(hers).label, fresh(his).label) == ("Ada?", "Bea?")


def test_an_account_goes_with_its_roster_people_and_photos(alice: User) -> None:
    make_known(alice, "Ada")

    alice.delete()

    assert not Roster.objects.exists()
    assert not Person.objects.exists()
    assert not Face.objects.exists()
