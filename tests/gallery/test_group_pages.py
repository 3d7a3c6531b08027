"""Groups of unknown faces are named from People and looked into on pages of their own."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery.models import Face, FaceGroup, Person
from gallery.models.face_queries import Mark
from gallery.models.record import Did
from gallery.services import curating, listing
from tests.factories import make_known, vector
from tests.gallery.test_groups import faces_of, group_of, keys, regroup, together
from tests.gallery.test_record import last, named, roster_of

HTMX = {"HX-Request": "true"}


@pytest.fixture
def ada(alice: User) -> list[Face]:
    faces = faces_of(alice, 1, 5)
    regroup(alice)
    return faces


def group(faces: list[Face]) -> FaceGroup:
    found = group_of(faces[0])
    assert found is not None
    return found


def post(client: Client, verb: str, one: FaceGroup, **said: Any) -> Any:
    return client.post(reverse(verb, args=[one.pk]), said, follow=True)


def names(faces: list[Face]) -> set[str | None]:
    return {named(face) for face in faces}


def test_people_begin_with_the_largest_groups(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    html = as_alice.get(reverse("people")).content.decode()

    assert "Who is this?" in html
    assert "5 faces" in html
    assert reverse("group", args=[group(ada).pk]) in html
    assert "Nobody has a name yet" in html


def test_a_name_is_given_to_a_whole_group_and_the_next_groups_come(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    faces_of(alice, 2, 3)
    regroup(alice)
    url = reverse("name_group", args=[group(ada).pk])

    answer = as_alice.post(url, {"name": "Ada"}, headers=HTMX)

    assert names(ada) == {"Ada"}
    html = answer.content.decode()
    assert 'id="groups"' in html
    assert "5 faces" not in html
    assert "3 faces" in html
    toast = json.loads(answer["HX-Trigger"])["toast"]
    assert toast["text"] == "5 faces are Ada now."
    as_alice.post(toast["undo"], headers=HTMX)
    assert names(ada) == {None}
    assert together(alice)[0] == keys(ada)


@pytest.mark.parametrize("script", [True, False])
def test_a_name_that_is_somebodys_asks_whether_it_is_them(
    alice: User, as_alice: Client, ada: list[Face], script: bool
) -> None:
    known = make_known(alice, "Ada", vector(9)).person
    assert known is not None
    url = reverse("name_group", args=[group(ada).pk])

    asked = as_alice.post(url, {"name": "ada"}, headers=HTMX if script else None, follow=not script)

    html = asked.content.decode()
    assert "Is this the ada whom you know?" in html
    assert f'value="{known.pk}"' in html
    assert names(ada) == {None}
    as_alice.post(url, {"name": "ada", "person": known.pk})
    assert {face.person for face in Face.objects.filter(pk__in=keys(ada))} == {known}


def test_it_may_be_somebody_new_of_that_name(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    make_known(alice, "Ada", vector(9))

    post(as_alice, "name_group", group(ada), name="Ada", new="Ada")

    assert Person.objects.called("Ada").count() == 2


def test_those_without_a_tick_are_not_named(as_alice: Client, ada: list[Face]) -> None:
    ticked = [face.pk for face in ada[:3]]

    post(as_alice, "name_group", group(ada), name="Ada", shown=sorted(keys(ada)), face=ticked)

    assert [named(face) for face in ada] == ["Ada"] * 3 + [None] * 2


def test_those_without_a_tick_are_taken_out(alice: User, as_alice: Client, ada: list[Face]) -> None:
    one = group(ada)

    page = post(
        as_alice, "take_out", one, shown=sorted(keys(ada)), face=[face.pk for face in ada[:3]]
    )

    assert together(alice) == [keys(ada[:3]), keys(ada[3:])]
    assert page.redirect_chain[-1][0] == one.get_absolute_url()
    assert reverse("undo", args=[last(Did.TAKE_OUT).pk]) in page.content.decode()


def test_a_group_is_divided_and_says_into_how_many(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    page = post(as_alice, "divide_group", group(ada))

    assert "parts now." in page.content.decode()
    assert keys(ada) not in together(alice)


def test_strangers_are_put_aside(alice: User, as_alice: Client, ada: list[Face]) -> None:
    post(as_alice, "put_group_aside", group(ada))

    assert set(Face.objects.values_list("mark", flat=True)) == {Mark.STRANGER}
    assert together(alice) == []


def test_a_group_that_is_done_says_so(alice: User, as_alice: Client, ada: list[Face]) -> None:
    one = group(ada)
    curating.name_anew(roster=roster_of(alice), faces=keys(ada), name="Ada")

    assert "This group is done" in as_alice.get(one.get_absolute_url()).content.decode()
    page = post(as_alice, "divide_group", one)
    assert "is not there any more" in page.content.decode()


def test_from_photo_to_photo_one_stays_in_the_group(
    as_alice: Client, as_bob: Client, ada: list[Face]
) -> None:
    one = group(ada)
    address = f"{ada[2].photo.get_absolute_url()}?in=group:{one.pk}"
    assert f"{address}#face-{ada[2].pk}" in as_alice.get(one.get_absolute_url()).content.decode()

    html = as_alice.get(address).content.decode()

    assert "Back to the group" in html
    assert f"{one.get_absolute_url()}#group-faces" in html
    for beside in (ada[1], ada[3]):
        assert f"{beside.photo.get_absolute_url()}?in=group:{one.pk}" in html
    # Another's group is no list of one's own.
    assert listing.of(as_bob.get("/library/").wsgi_request.user, f"group:{one.pk}").key == ""


def test_without_groups_the_pages_say_what_they_are_for(as_alice: Client) -> None:
    assert "Nobody is left to be named" in as_alice.get(reverse("groups")).content.decode()
    assert "stack-crops" not in as_alice.get(reverse("people")).content.decode()


def test_an_empty_name_is_refused_with_a_sentence(as_alice: Client, ada: list[Face]) -> None:
    page = post(as_alice, "name_group", group(ada), name=" ")

    assert "Write a name first." in page.content.decode()
    assert names(ada) == {None}


def test_people_takes_as_many_queries_for_many_groups_as_for_few(
    alice: User, as_alice: Client, django_assert_max_num_queries: Any
) -> None:
    for count in (1, 4):
        for person in range(count):
            faces_of(alice, 10 * count + person, 3)
        regroup(alice)
        with django_assert_max_num_queries(28) as taken:
            as_alice.get(reverse("people"))
        if count == 1:
            few = len(taken)
    assert len(taken) == few


def test_the_name_of_another_is_never_asked_about(
    alice: User, bob: User, as_alice: Client, ada: list[Face]
) -> None:
    make_known(bob, "Ada")

    post(as_alice, "name_group", group(ada), name="Ada")

    assert names(ada) == {"Ada"}
    assert Person.objects.called("Ada").count() == 2
