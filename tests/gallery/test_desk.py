"""The desk asks one thing after the other, and what is answered there is said as anywhere else."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from gallery.models import Action, Face, FaceGroup, Person, Task
from gallery.models.face_queries import Mark
from gallery.models.record import Did
from gallery.services import desk, people
from gallery.services.desk.cards import Card
from tests.factories import (
    CLEAR,
    POOR,
    fresh,
    make_face,
    make_known,
    make_photo,
    near,
    person_called,
    rematch,
    vector,
)
from tests.gallery.test_asked import faces_at, keys, labels
from tests.gallery.test_groups import faces_of, group_of, regroup
from tests.gallery.test_quality import words
from tests.gallery.test_record import roster_of, undo
from tests.gallery.test_three_answers import MAYBE, SURE

HTMX = {"HX-Request": "true"}


def cards(owner: User) -> list[Card]:
    """Return all cards, as one who skips each would see them."""
    found, card = [], desk.following(roster_of(owner))
    while card is not None:
        found.append(card)
        card = desk.following(roster_of(owner), card.kind, card.place)
    return found


def kinds(owner: User) -> list[str]:
    return [card.kind for card in cards(owner)]


def reply(client: Client, card: Card, *, script: bool = False, **said: Any) -> Any:
    """Send what the card's form would."""
    form: dict[str, Any] = {"card": card.address, "after": card.after}
    if card.person or card.is_whole:
        form["shown"] = keys(card.faces)
    form["whose"] = [f"{face.pk}:{part.person.pk}" for part in card.parts for face in part.faces]
    headers = HTMX if script else {}
    return client.post(reverse("answer_desk"), form | said, headers=headers, follow=not script)


def ask(client: Client, **query: str) -> str:
    answer = client.get(reverse("desk_card"), query)
    return words(answer.content.decode()) if answer.status_code == 200 else ""


@pytest.fixture
def ada(alice: User) -> list[Face]:
    faces = faces_of(alice, 3, 4)
    regroup(alice)
    return faces


def test_groups_come_first_the_largest_ahead_then_what_is_asked_hard_to_see_and_sure(
    alice: User,
) -> None:
    faces_at(alice, SURE, 3)
    faces_at(alice, MAYBE, 2)
    faces_at(alice, SURE, 1, quality=POOR)
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    small, large = faces_of(alice, 5, 2), faces_of(alice, 6, 3)
    regroup(alice)

    found = cards(alice)

    assert kinds(alice) == ["group", "group", "asked", "asked", "doubted", "sure"]
    assert [set(keys(card.faces)) for card in found[:2]] == [set(keys(large)), set(keys(small))]
    assert [card.count for card in found] == [3, 2, 2, 2, 1, 3]
    assert {card.person.name for card in found[2:] if card.person} == {"Ada"}


def test_many_guesses_of_one_person_come_in_cards_that_leave_none_out(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    faces = faces_at(alice, SURE, 7)
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    few = dataclasses.replace(desk.sure.SURE, at_once=3)
    monkeypatch.setitem(desk.KINDS, "sure", few)

    shown = [keys(card.faces) for card in cards(alice)]

    assert list(map(len, shown)) == [3, 3, 1]
    assert {key for some in shown for key in some} == set(keys(faces))
    assert desk.waiting(roster_of(alice)) == 3


@pytest.fixture
def several(alice: User) -> list[Face]:
    """Two faces that surely are Ada, and one that surely is Bea."""
    for person, name in ((1, "Ada"), (5, "Bea")):
        make_known(alice, name, vector(person), quality=CLEAR)
    faces = [*faces_of(alice, 1, 2), *faces_of(alice, 5, 1)]
    rematch(alice)
    return faces


def test_one_yes_is_for_all_who_surely_are_somebody(
    alice: User, as_alice: Client, several: list[Face]
) -> None:
    (card,) = cards(alice)
    assert [(part.person.name, len(part.faces)) for part in card.parts] == [("Ada", 2), ("Bea", 1)]
    assert "3 faces that surely are these 2 people's" in ask(as_alice, card=card.address)
    assert desk.waiting(roster_of(alice)) == 1

    page = reply(as_alice, card, said="yes")

    assert labels(several) == ["Ada", "Ada", "Bea"]
    assert "You said yes to 3 guesses." in words(page.content.decode())
    undo(Did.CONFIRM)
    assert labels(several) == ["Ada?", "Ada?", "Bea?"]


def test_of_several_people_only_chosen_faces_are_refused_or_somebody_elses(
    alice: User, as_alice: Client, several: list[Face]
) -> None:
    (card,) = cards(alice)
    for said, name in (("no", ""), ("stranger", ""), ("name", "Cy")):
        page = reply(as_alice, card, said=said, name=name)
        assert "Choose first which faces you mean." in words(page.content.decode())
    assert labels(several) == ["Ada?", "Ada?", "Bea?"]

    reply(as_alice, card, said="no", face=[several[0].pk, several[2].pk])
    (left,) = cards(alice)
    assert (keys(left.faces), left.parts) == ([several[1].pk], ())

    reply(as_alice, left, said="name", name="Cy")
    assert labels(several) == ["Cy?", "Cy", "Unknown"]


def test_whoever_is_taken_for_somebody_else_meanwhile_is_left_alone(
    alice: User, as_alice: Client, several: list[Face]
) -> None:
    (card,) = cards(alice)
    people.refuse(face=fresh(several[0]), person_id=person_called("Ada").pk)

    reply(as_alice, card, said="yes")

    assert labels(several) == ["Unknown", "Ada", "Bea"]


def test_a_group_is_named_by_one_answer_and_comes_again_when_that_is_undone(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    (card,) = cards(alice)

    reply(as_alice, card, said="name", name=" Ada ")

    assert labels(ada) == ["Ada"] * 4
    assert Action.objects.count() == 1
    assert cards(alice) == []
    undo(Did.NAME)
    assert [one.key for one in cards(alice)] == [card.key]


def test_a_group_that_was_put_together_again_is_found_by_its_faces(
    alice: User, as_alice: Client
) -> None:
    faces = [make_face(make_photo(alice), vector(3)) for _ in range(3)]
    regroup(alice)
    (card,) = cards(alice)
    reply(as_alice, card, said="no")
    assert cards(alice) == []
    undo(Did.DIVIDE)
    (again,) = cards(alice)

    asked = as_alice.get(reverse("desk_card"), {"card": f"{card.address}:{faces[0].pk}"})

    assert asked.context["card"].address == again.address


def test_a_face_that_nobody_saw_is_not_named_with_its_group(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    (card,) = cards(alice)
    (late,) = faces_of(alice, 3, 1)
    regroup(alice)
    assert group_of(late) == group_of(ada[0])

    reply(as_alice, card, said="name", name="Ada")

    assert labels([*ada, late]) == ["Ada", "Ada", "Ada", "Ada", "Ada?"]


def test_a_group_that_comes_late_comes_before_guesses_unless_it_was_passed_by(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    faces_at(alice, SURE, 1)
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    late, sure = cards(alice)

    def after(*passed: int) -> str:
        return ask(as_alice, after=sure.after, passed=",".join(map(str, passed)))

    assert after(0).startswith("Who is this?")
    assert after(late.key) == ""
    assert ask(as_alice, after=late.after, passed=f"{late.key}").startswith("Is this Ada?")
    assert ask(as_alice, after=sure.after) == ""


def test_an_answer_is_of_the_chosen_faces_alone_and_the_others_stay(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    (card,) = cards(alice)

    page = reply(as_alice, card, said="stranger", face=[ada[0].pk])

    assert fresh(ada[0]).mark == Mark.STRANGER
    assert "3 faces on 3 photos" in words(page.content.decode())
    (left,) = cards(alice)
    assert (left.address, left.count) == (card.address, 3)


@pytest.mark.parametrize(
    ("chosen", "counts"), [((), [2, 2]), ((0, 1), [2, 2]), ((0,), [3])], ids=["all", "two", "one"]
)
def test_no_says_that_a_group_is_not_one_person_or_that_some_are_others(
    alice: User, as_alice: Client, chosen: Sequence[int], counts: list[int]
) -> None:
    other = near(vector(1), 0.4, 9)
    faces = [
        make_face(make_photo(alice), near(encoding, 0.1, seed))
        for encoding, seed in ((vector(1), 0), (vector(1), 1), (other, 2), (other, 3))
    ]
    regroup(alice)
    (card,) = cards(alice)

    reply(as_alice, card, said="no", face=[faces[at].pk for at in chosen])

    assert sorted(one.count for one in cards(alice)) == counts


@pytest.mark.parametrize(("said", "mark"), [("no_face", Mark.NO_FACE), ("stranger", Mark.STRANGER)])
def test_what_is_no_face_and_strangers_leave_for_good(
    alice: User, as_alice: Client, ada: list[Face], said: str, mark: str
) -> None:
    (card,) = cards(alice)

    reply(as_alice, card, said=said)

    marks = Face.everything.filter(pk__in=keys(ada)).values_list("mark", flat=True)
    assert set(marks) == {mark}
    assert cards(alice) == []


def test_yes_and_no_answer_what_is_guessed_and_asked(alice: User, as_alice: Client) -> None:
    sure, maybe = faces_at(alice, SURE, 2), faces_at(alice, MAYBE, 1)
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    asked, taken = cards(alice)

    reply(as_alice, asked, said="no")
    reply(as_alice, taken, said="yes", face=[sure[0].pk])

    assert labels([*sure, *maybe]) == ["Ada", "Ada?", "Unknown"]
    (left,) = cards(alice)
    reply(as_alice, left, said="yes")
    assert labels(sure) == ["Ada", "Ada"]
    assert cards(alice) == []


def test_the_nearest_people_stand_beside_a_card_and_one_key_names(
    alice: User, as_alice: Client
) -> None:
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    make_known(alice, "Bea", near(vector(1), 0.62, 3), quality=CLEAR)
    (face,) = faces_at(alice, MAYBE, 1)
    rematch(alice)
    (card,) = cards(alice)
    assert card.person
    others = [person.name for person in card.near]
    assert card.person.name not in others

    reply(as_alice, card, person=person_called("Bea").pk)

    assert labels([face]) == ["Bea"]


def test_a_name_that_is_somebodys_asks_whether_it_is_them(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    known = make_known(alice, "Ada", vector(8))
    card = cards(alice)[0]

    page = words(reply(as_alice, card, said="name", name="ada").content.decode())
    assert "Is this the Ada whom you know?" in page
    assert "Somebody new called Ada" in page
    back = reply(as_alice, card, script=True, said="name", name="ada", face=[ada[0].pk])
    assert back.status_code == 200
    assert "Is this the Ada whom you know?" in words(back.content.decode())
    assert f'value="{ada[0].pk}" autocomplete="off" checked' in " ".join(
        back.content.decode().split()
    )
    assert labels(ada) == ["Unknown"] * 4

    reply(as_alice, card, person=person_called("Ada").pk)
    assert {fresh(face).person_id for face in ada} == {known.person_id}


def test_somebody_new_may_bear_a_name_that_is_there(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    make_known(alice, "Ada", vector(8))

    reply(as_alice, cards(alice)[0], new="Ada")

    assert Person.objects.filter(name="Ada").count() == 2


def test_what_is_not_taken_comes_back_with_its_sentence(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    card = cards(alice)[0]

    back = reply(as_alice, card, script=True, said="name", name="  ")
    assert "Write a name first." in words(back.content.decode())
    assert 'role="alert"' in back.content.decode()
    plain = words(reply(as_alice, card, said="name", name="").content.decode())
    assert "Write a name first." in plain
    assert "Who is this?" in plain


def test_an_answer_to_what_is_gone_says_so_and_does_nothing(alice: User, as_alice: Client) -> None:
    (face,) = faces_at(alice, SURE, 1)
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    (card,) = cards(alice)
    people.name_face(face=fresh(face), name="Bea")

    gone = reply(as_alice, card, script=True, said="yes")

    assert gone.status_code == 204
    assert "changed meanwhile" in json.loads(gone["HX-Trigger"])["toast"]["text"]
    assert labels([face]) == ["Bea"]


def test_an_answer_that_is_taken_brings_nothing_but_how_to_undo_it(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    taken = reply(as_alice, cards(alice)[0], script=True, said="name", name="Ada")

    assert (taken.status_code, taken.content) == (204, b"")
    toast = json.loads(taken["HX-Trigger"])["toast"]
    assert toast["undo"] == reverse("undo", args=[Action.objects.get().pk])


def test_who_skips_goes_on_and_comes_round_again(alice: User, as_alice: Client) -> None:
    for person in (5, 6):
        faces_of(alice, person, person - 3)
    regroup(alice)
    large, small = cards(alice)

    assert ask(as_alice, after=large.after).startswith("Who is this? 2 faces")
    assert as_alice.get(reverse("desk_card"), {"after": small.after}).status_code == 204
    page = as_alice.get(reverse("desk"), {"after": small.after})
    assert page.context["card"].address == large.address


def test_when_all_is_answered_it_says_so(alice: User, as_alice: Client, ada: list[Face]) -> None:
    reply(as_alice, cards(alice)[0], said="name", name="Ada")

    assert "Nothing waits for you" in words(as_alice.get(reverse("desk")).content.decode())
    assert "Nothing waits for you" in ask(as_alice)


def test_an_account_without_any_photo_has_an_empty_desk(as_charlie: Client) -> None:
    assert "Nothing waits for you" in words(as_charlie.get(reverse("desk")).content.decode())


def test_the_desk_is_there_while_other_work_is_under_way(alice: User, as_alice: Client) -> None:
    make_photo(alice, state="queued")
    for kind in ("names", "renewal"):
        Task.objects.create(kind=kind, owner=alice, state="queued", arguments={"which": "analysed"})

    html = as_alice.get(reverse("desk")).content.decode()

    assert 'data-open="1"' in html


def test_progress_counts_what_was_answered_today_and_not_what_was_undone(
    alice: User, as_alice: Client, ada: list[Face]
) -> None:
    faces_of(alice, 6, 2)
    regroup(alice)
    progress = reverse("desk_progress")
    assert "0 of 6 answered today" in words(as_alice.get(progress).content.decode())

    reply(as_alice, cards(alice)[0], said="name", name="Ada")
    assert "4 of 6 answered today by 1 answer" in words(as_alice.get(progress).content.decode())

    undo(Did.NAME)
    assert "0 of 6 answered today" in words(as_alice.get(progress).content.decode())


def test_a_face_of_a_group_that_is_asked_about_too_waits_once(
    alice: User, as_alice: Client
) -> None:
    there = near(vector(1), MAYBE)
    for number in range(3):
        make_face(make_photo(alice), near(there, 0.05, number), quality=CLEAR)
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    regroup(alice)
    assert set(kinds(alice)) == {"group", "asked"}

    assert desk.progress(roster_of(alice)).left == 3
    assert desk.waiting(roster_of(alice)) == 1
    assert "Desk: 1 question waits" in as_alice.get(reverse("people")).content.decode()


def test_hidden_people_are_not_asked_about(alice: User) -> None:
    faces_at(alice, SURE, 1)
    make_known(alice, "Ada", vector(1), quality=CLEAR)
    assert kinds(alice) == ["sure"]

    Person.objects.update(is_hidden=True)

    assert kinds(alice) == []
    assert desk.progress(roster_of(alice)).left == 0


def test_a_stranger_sees_and_answers_nothing(
    alice: User, as_charlie: Client, as_bob: Client, ada: list[Face], bob: User
) -> None:
    make_known(bob, "Bea", vector(9))
    card = cards(alice)[0]

    assert as_bob.get(reverse("desk_card"), {"card": card.address}).status_code == 204
    assert "Nothing waits" in ask(as_bob)
    answers: list[dict[str, Any]] = [
        {"said": "name", "name": "Mallory"},
        {"said": "no"},
        {"said": "stranger"},
    ]
    for said in answers:
        reply(as_bob, card, **said)
        assert reply(as_charlie, card, **said).status_code == 404

    assert labels(ada) == ["Unknown"] * 4
    assert FaceGroup.objects.get(pk=card.key) == group_of(ada[0])


@pytest.mark.parametrize(
    "text",
    ["", "x", "group", "group:x", "sure:1:nan:1", "asked:1:inf:2", "sure:" + "9" * 99, "group:1:2:3"],
)  # fmt: skip
def test_an_address_that_names_no_card_is_the_first_one(
    alice: User, as_alice: Client, ada: list[Face], text: str
) -> None:
    for name in ("after", "card"):
        page = as_alice.get(reverse("desk"), {name: text})
        assert page.context["card"].kind == "group"
        assert as_alice.get(reverse("desk_card"), {name: text}).status_code in {200, 204}


@pytest.mark.parametrize("said", [{}, {"said": "maybe"}, {"card": "x:1", "said": "yes"}])
def test_what_is_no_answer_is_not_there(
    alice: User, as_alice: Client, ada: list[Face], said: dict[str, str]
) -> None:
    form = {"card": cards(alice)[0].address} | said
    assert as_alice.post(reverse("answer_desk"), form).status_code == 404


def test_a_card_asks_the_database_as_often_however_much_waits(
    alice: User, as_alice: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    url = reverse("desk_card")
    for round in range(2):
        for number in range(3):
            faces_of(alice, 10 + 10 * round + number, 2 + 3 * round)
        faces_at(alice, SURE, 3 + 10 * round)
        faces_at(alice, MAYBE, 3 + 10 * round)
        make_known(alice, f"Ada {round}", vector(1 + round), quality=CLEAR)
        regroup(alice)
        for card in cards(alice):
            with django_assert_max_num_queries(16):
                as_alice.get(url, {"card": card.address})
            with django_assert_max_num_queries(18):
                as_alice.get(url, {"after": card.after})
