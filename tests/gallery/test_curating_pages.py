"""Many faces of a person are given to others at once, and people who are one become one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gallery.models import Face, Person
from gallery.services import curating
from tests.factories import fresh, make_face, make_known, make_photo, person_called, vector
from tests.gallery.test_aside import mark_of
from tests.gallery.test_done import toast
from tests.gallery.test_quality import words
from tests.gallery.test_record import named, roster_of

HTMX = {"HX-Request": "true"}


def faces_of(owner: User, name: str, count: int) -> list[Face]:
    """Save faces on a photo each that are all the person's."""
    first = make_known(owner, name)
    more = [make_face(make_photo(owner)) for _ in range(count - 1)]
    person = first.person
    assert person is not None
    keys = [face.pk for face in more]
    curating.name(roster=roster_of(owner), faces=keys, person_id=person.pk)
    return [first, *more]


def act(client: Client, person: Person, faces: Sequence[Face], what: str, **said: Any) -> Any:
    url = reverse("act_on_faces", args=[person.pk])
    return client.post(url, {"face": [f.pk for f in faces], "act": what} | said, headers=HTMX)


def test_some_faces_are_moved_to_whoever_bears_the_name(alice: User, as_alice: Client) -> None:
    faces = faces_of(alice, "Ada", 3)
    make_known(alice, "Grace")

    answered = act(as_alice, person_called("Ada"), faces[1:], "move", name="grace")

    assert [named(face) for face in faces] == ["Ada", "Grace", "Grace"]
    assert toast(answered)["text"] == "2 faces were moved to Grace."
    assert answered.content.decode().count("crop-choice") == 1
    as_alice.post(toast(answered)["undo"], headers=HTMX)
    assert [named(face) for face in faces] == ["Ada"] * 3


def test_a_name_that_nobody_bears_is_somebody_new(alice: User, as_alice: Client) -> None:
    faces = faces_of(alice, "Ada", 2)

    act(as_alice, person_called("Ada"), faces[1:], "move", name="Grace")

    assert [named(face) for face in faces] == ["Ada", "Grace"]


def test_somebody_else_of_a_taken_name_is_asked_about(alice: User, as_alice: Client) -> None:
    faces = faces_of(alice, "Ada", 2)
    ada = person_called("Ada")

    asked = act(as_alice, ada, faces[1:], "split", name="Ada").content.decode()

    assert "1 person is called Ada. Are these them?" in words(asked)
    assert named(faces[1]) == "Ada"
    act(as_alice, ada, faces[1:], "split", new="Ada")
    other = fresh(faces[1]).person
    assert other is not None
    assert (other.name, other.pk == ada.pk) == ("Ada", False)


@pytest.mark.parametrize(
    ("what", "mark"), [("unname", ""), ("no_face", "no_face"), ("stranger", "stranger")]
)
def test_faces_lose_their_name_at_once(alice: User, as_alice: Client, what: str, mark: str) -> None:
    faces = faces_of(alice, "Ada", 3)

    answered = act(as_alice, person_called("Ada"), faces[:2], what)

    assert [mark_of(face) for face in faces] == [mark, mark, ""]
    assert not Face.everything.filter(pk__in=[f.pk for f in faces[:2]], named_by="human").exists()
    as_alice.post(toast(answered)["undo"], headers=HTMX)
    assert [named(face) for face in faces] == ["Ada"] * 3


def test_whose_last_face_goes_is_not_there_any_more(alice: User, as_alice: Client) -> None:
    faces = faces_of(alice, "Ada", 2)

    answered = act(as_alice, person_called("Ada"), faces, "stranger")

    assert answered["HX-Redirect"] == reverse("people")
    assert not Person.objects.exists()


def test_the_page_of_faces_asks_the_database_as_often_whatever_it_shows(
    alice: User, as_alice: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    faces_of(alice, "Ada", 2)
    url = reverse("choose_faces", args=[person_called("Ada").pk])
    assert url in as_alice.get(person_called("Ada").get_absolute_url()).content.decode()
    counts = []
    for _ in range(2):
        with django_assert_num_queries(9):
            counts.append(as_alice.get(url).content.decode().count("crop-choice"))
        more = [make_face(make_photo(alice)).pk for _ in range(6)]
        curating.name(roster=roster_of(alice), faces=more, person_id=person_called("Ada").pk)
    assert counts == [2, 8]


def test_people_who_are_one_become_one_under_the_name_that_is_chosen(
    alice: User, as_alice: Client
) -> None:
    faces_of(alice, "Annie", 3)
    face = make_known(alice, "Ada", vector(1))
    ada, annie = person_called("Ada"), person_called("Annie")
    address = f"{reverse('merge_people')}?person={ada.pk}&person={annie.pk}"

    html = as_alice.get(address).content.decode()
    assert html.index("Annie") < html.index("Ada")
    said = {"person": [ada.pk, annie.pk], "into": annie.pk}
    answered = as_alice.post(reverse("merge_chosen"), said, follow=True)

    assert answered.redirect_chain == [(annie.get_absolute_url(), 302)]
    assert "1 person more is Annie." in answered.content.decode()
    assert named(face) == "Annie"


def test_the_bar_of_chosen_people_leads_to_merging(alice: User, as_alice: Client) -> None:
    keys = [make_known(alice, name).person_id for name in ("Ada", "Grace")]

    answered = as_alice.post(reverse("act_on_people"), {"person": keys, "do": "merge"})

    assert answered["Location"].startswith(reverse("merge_people"))
    assert all(f"person={key}" in answered["Location"] for key in keys)


def test_one_person_alone_is_merged_with_nobody(alice: User, bob: User, as_alice: Client) -> None:
    ada = make_known(alice, "Ada").person_id
    bobs = make_known(bob, "Bob").person_id
    assert ada is not None
    assert bobs is not None
    said = {"person": [ada, bobs], "into": [ada]}

    for answered in (
        as_alice.get(reverse("merge_people"), said, follow=True),
        as_alice.post(reverse("merge_chosen"), said, follow=True),
    ):
        assert "Choose two people or more." in answered.content.decode()
    assert Person.objects.count() == 2
