"""People whose known faces are very near are asked about: one person, or two; a human's word holds."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.born import Born
from analysis.results import Box
from gallery.models import Alike, Apart, Person, Word
from gallery.models.record import Did, Topic
from gallery.services import (
    alike,
    births,
    curating,
    describing,
    desk,
    erasing,
    following,
    little,
    people,
    person_export,
)
from gallery.services.people import NameRefused
from tests.factories import make_face, make_known, make_photo, near, person_called, vector
from tests.gallery.test_aside import HTMX
from tests.gallery.test_desk import cards, kinds, reply
from tests.gallery.test_done import toast
from tests.gallery.test_erasing import erase_rows
from tests.gallery.test_quality import words
from tests.gallery.test_record import roster_of, undo


def asked(owner: User) -> list[tuple[str, str]]:
    """Return the pairs that are asked about, by name."""
    pairs = Alike.objects.asked(roster_of(owner)).select_related("first", "second")
    return [(pair.first.name, pair.second.name) for pair in pairs]


@pytest.fixture
def two(alice: User) -> tuple[Person, Person]:
    """Two people whose faces are near, and somebody else."""
    for name, person, count in (("Ada", 1, 3), ("Annie", 1, 2), ("Grace", 2, 2)):
        for number in range(count):
            make_known(alice, name, near(vector(person), 0.2, 10 * person + number))
    return person_called("Ada"), person_called("Annie")


def test_who_looks_like_one_is_asked_about_and_nobody_else(
    alice: User, two: tuple[Person, Person]
) -> None:
    assert asked(alice) == [("Ada", "Annie")]


def test_a_face_more_or_less_may_make_a_difference(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    other = make_known(alice, "Annie", vector(2))
    assert asked(alice) == []
    people.name_face(face=make_face(make_photo(alice), near(vector(1), 0.2)), name="Annie")
    people.name_face(face=other, name="")

    assert asked(alice) == [("Ada", "Annie")]
    people.remove_encoding(person_called("Annie").encodings.get())
    assert asked(alice) == []


def test_whom_one_photo_shows_together_are_not_one_unless_it_shows_people_several_times(
    alice: User, two: tuple[Person, Person]
) -> None:
    photo = make_photo(alice)
    for left, name in ((10, "Ada"), (100, "Annie")):
        face = make_face(photo, near(vector(1), 0.2, left), box=Box(left, 10, left + 40, 50))
        people.name_face(face=face, name=name)
    assert asked(alice) == []

    photo.is_collage = True
    photo.save(update_fields=["is_collage"])
    following.go_on(roster_of(alice))

    assert asked(alice) == [("Ada", "Annie")]


@pytest.mark.parametrize(
    ("born", "is_asked"),
    [(Born(1990), True), (Born(1990, 4), True), (Born(1991), False), (Born(1989, 12, 31), False)],
)
def test_who_was_born_on_two_days_is_not_one(
    alice: User, two: tuple[Person, Person], born: Born, is_asked: bool
) -> None:
    births.say(person=two[0], born=Born(1990, 4, 30))
    births.say(person=two[1], born=born)

    assert bool(asked(alice)) is is_asked
    undo(Did.BIRTH)
    assert asked(alice) == [("Ada", "Annie")]


def test_hidden_people_are_not_asked_about(alice: User, two: tuple[Person, Person]) -> None:
    describing.hide(roster=roster_of(alice), keys=[two[1].pk])
    assert asked(alice) == []


def test_two_people_stay_two_whatever_they_are_merged_with_until_that_is_undone(
    alice: User, two: tuple[Person, Person]
) -> None:
    curating.keep_apart(one=two[1], other=two[0])
    assert asked(alice) == []
    make_known(alice, "Ann", near(vector(1), 0.2, 9))
    assert asked(alice) == [("Ada", "Ann"), ("Annie", "Ann")] or len(asked(alice)) == 2

    curating.merge(into=person_called("Ann"), others=[two[1].pk])
    assert asked(alice) == []

    undo(Did.MERGE)
    assert len(asked(alice)) == 2
    undo(Did.APART)
    assert len(asked(alice)) == 3


def test_who_are_one_are_not_asked_about_any_more(alice: User, two: tuple[Person, Person]) -> None:
    curating.merge(into=two[0], others=[two[1].pk])
    assert asked(alice) == []

    undo(Did.MERGE)
    assert asked(alice) == [("Ada", "Annie")]


def test_whoever_has_gone_is_kept_apart_from_nobody(
    alice: User, two: tuple[Person, Person]
) -> None:
    people.delete(two[1])

    with pytest.raises(NameRefused):
        curating.keep_apart(one=two[0], other=two[1])


def test_in_a_large_library_it_is_found_behind_whoever_says_a_name(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(little, "LITTLE", 0)
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Annie", near(vector(1), 0.2))
    assert asked(alice) == []
    assert following.is_waiting()

    assert alice.pk in list(following.follow_all())

    assert asked(alice) == [("Ada", "Annie")]
    assert not following.is_waiting()
    assert alike.follow(roster_of(alice)) is False


def test_in_a_library_of_an_earlier_version_it_is_found_soon(
    alice: User, bob: User, two: tuple[Person, Person]
) -> None:
    nobody = roster_of(bob)
    upgrade = import_module("gallery.migrations.0029_people_alike")

    upgrade.make_due(apps, None)

    assert alike.due() == [roster_of(alice)]
    assert nobody not in alike.due()
    list(following.follow_all())
    assert alike.due() == []


def test_encodings_of_two_encoders_never_meet(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    make_known(alice, "Annie", vector(1), encoder="another")
    assert asked(alice) == []

    make_known(alice, "Ada", vector(1), encoder="another")
    assert asked(alice) == [("Ada", "Annie")]


def test_the_desk_asks_and_takes_each_answer(
    alice: User, as_alice: Client, two: tuple[Person, Person]
) -> None:
    (card,) = cards(alice)
    assert [(side.person.name, len(side.faces)) for side in card.two] == [("Ada", 3), ("Annie", 2)]
    assert desk.progress(roster_of(alice)).left == 1
    page = as_alice.get(reverse("desk")).content.decode()
    assert "Are Ada and Annie one person?" in words(page)

    reply(as_alice, card, said="no", shown=card.other)
    assert Apart.objects.count() == 1
    assert kinds(alice) == []
    undo(Did.APART)
    reply(as_alice, card, said="yes", shown=card.other)
    assert list(Person.objects.order_by("name").values_list("name", flat=True)) == ["Ada", "Grace"]
    progress = words(as_alice.get(reverse("desk_progress")).content.decode())
    assert "8 of 8 answered today" in progress  # Seven names, and that two are one.
    undo(Did.MERGE)
    reply(as_alice, card, person=two[1].pk, shown=card.other)
    assert sorted(Person.objects.values_list("name", flat=True)) == ["Annie", "Grace"]


def test_who_was_seen_together_meanwhile_is_not_merged_at_the_desk(
    alice: User, as_alice: Client, two: tuple[Person, Person]
) -> None:
    (card,) = cards(alice)
    photo = make_photo(alice)
    for left, person in zip((10, 100), two, strict=True):
        face = make_face(photo, box=Box(left, 10, left + 40, 50))
        people.name_as(face=face, person_id=person.pk)

    page = words(reply(as_alice, card, said="yes", shown=card.other).content.decode())

    assert "By now something speaks against it." in page
    assert Person.objects.count() == 3


def test_a_pair_is_no_face(alice: User, as_alice: Client, two: tuple[Person, Person]) -> None:
    (card,) = cards(alice)

    answers: list[dict[str, Any]] = [{"said": "no_face"}, {"said": "name", "name": "Bea"}]
    for said in answers:
        page = words(reply(as_alice, card, shown=card.other, **said).content.decode())
        assert "None of these faces is there any more" in page
    assert Person.objects.count() == 3


def test_strangers_answer_nothing(
    alice: User, as_bob: Client, bob: User, two: tuple[Person, Person]
) -> None:
    make_known(bob, "Bob")
    (card,) = cards(alice)

    for said in ("yes", "no"):
        reply(as_bob, card, said=said, shown=card.other)
    said_apart = as_bob.post(reverse("keep_apart"), {"person": [one.pk for one in two]})

    assert said_apart.status_code == 404
    assert not Apart.objects.exists()
    assert Person.objects.filter(roster=roster_of(alice)).count() == 3


def test_people_shows_them_and_two_are_said_to_be_two(
    alice: User, as_alice: Client, two: tuple[Person, Person]
) -> None:
    html = as_alice.get(reverse("people")).content.decode()
    assert "They may be one" in html
    assert f"{reverse('merge_people')}?person={two[0].pk}&amp;person={two[1].pk}" in html

    answer = as_alice.post(reverse("keep_apart"), {"person": [one.pk for one in two]}, headers=HTMX)

    assert "They may be one" not in answer.content.decode()
    said = toast(answer)
    assert "two people" in said["text"]
    as_alice.post(said["undo"], headers=HTMX)
    assert "They may be one" in as_alice.get(reverse("pairs")).content.decode()


@pytest.mark.parametrize("keys", [[], ["x", "1"], ["1"], ["1", "1"]])
def test_one_alone_is_not_two(
    as_alice: Client, two: tuple[Person, Person], keys: list[Any]
) -> None:
    page = as_alice.post(reverse("keep_apart"), {"person": keys}, follow=True)
    assert page.status_code in {200, 404}
    assert not Apart.objects.exists()


def test_it_is_exported_of_either_that_they_are_two(
    alice: User, two: tuple[Person, Person]
) -> None:
    curating.keep_apart(one=two[0], other=two[1])

    for person in two:
        *_, last = person_export.words(person)
        assert (last["what"], last["person"]) == ("who else the person is not", two[1].pk)


def test_of_whom_was_erased_nothing_says_any_more_that_they_are_two(
    alice: User, two: tuple[Person, Person]
) -> None:
    for one, other in (two, (person_called("Grace"), two[1])):
        curating.keep_apart(one=one, other=other)

    erase_rows(two[1])

    said = Word.objects.filter(topic=Topic.APART)
    assert said.count() == 2
    assert set(said.values_list("about", "value")) == {("0", None)}
    assert not Apart.objects.exists()
    assert not Alike.objects.exists()
    assert erasing.theirs(two[0])
