"""Each named face says where its name came from, by the record."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gallery import lists
from gallery.models import Action
from gallery.models.record import Did
from gallery.services import curating, people
from tests.factories import fresh, make_face, make_known, make_photo, person_called, vector
from tests.gallery.test_record import last, roster_of, undo


def test_a_name_says_by_whom_and_how_on_its_photo_and_beside_why(
    alice: User, as_alice: Client
) -> None:
    face = make_known(alice, "Ada")

    for address in (face.photo.get_absolute_url(), reverse("why", args=[face.pk])):
        assert "Named by alice by hand, " in as_alice.get(address).content.decode()


def test_the_last_word_that_counts_is_told(alice: User) -> None:
    face = make_known(alice, "Ada", vector(1))
    make_known(alice, "Grace", vector(2))
    grace = person_called("Grace")
    others = [make_face(make_photo(alice)).pk for _ in range(2)]
    curating.move(roster=roster_of(alice), faces=[face.pk, *others], person_id=grace.pk)

    def told() -> str:
        found = lists.faces.of(fresh(face).photo)
        lists.origins.tell(found)
        return found[0].origin

    assert told().startswith("Moved here by alice among 3 faces at once, ")
    undo(Did.MOVE)
    assert told().startswith("Named by alice by hand, ")
    Action.objects.filter(pk=last(Did.NAME).pk).update(did=Did.UPGRADE)
    Action.objects.filter(did=Did.NAME).update(did=Did.UPGRADE)
    assert told() == "Named by alice before it was kept when"


def test_what_no_human_named_says_nothing(alice: User) -> None:
    photo = make_photo(alice)
    make_face(photo)
    faces = lists.faces.of(photo)

    lists.origins.tell(faces)

    assert faces[0].origin == ""


def test_all_faces_of_a_photo_are_told_by_one_query(
    alice: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    photo = make_photo(alice)
    for number in range(4):
        people.name_face(face=make_face(photo), name=f"Person {number}")
    faces = lists.faces.of(photo)

    with django_assert_num_queries(1):
        lists.origins.tell(faces)

    assert all(face.origin for face in faces)
