"""Naming and saving by one roster take turns, and act on what is there when the turn comes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction

from analysis.results import EmotionEstimate
from gallery.children.requests import ToldEmotions
from gallery.jobs import tasks
from gallery.models import Face, KnownEncoding, Person, Roster
from gallery.models.face_queries import NamedBy
from gallery.services import emotions, network_tasks, people, photos, results, turns
from gallery.worker.work import emotions as emotions_again
from tests.factories import (
    analysed,
    claimed,
    found_face,
    fresh,
    guess_of,
    known_encoding,
    make_face,
    make_known,
    make_photo,
    near,
    rematch,
    vector,
)

ADA = vector(1)


def guessed(owner: User) -> Face:
    """Return a face that a machine takes for Ada."""
    make_known(owner, "Ada", ADA)
    face = make_face(make_photo(owner), near(ADA, 0.2))
    rematch(owner)
    assert fresh(face).named_by == NamedBy.MACHINE
    return fresh(face)


def name(owner: User) -> Callable[[], Any]:
    face = make_face(make_photo(owner))
    return lambda: people.name_face(face=face, name="Ada")


def confirm(owner: User) -> Callable[[], Any]:
    face = guessed(owner)
    return lambda: people.confirm(face=face, person_id=guess_of(face))


def refuse(owner: User) -> Callable[[], Any]:
    face = guessed(owner)
    return lambda: people.refuse(face=face, person_id=guess_of(face))


def rename(owner: User) -> Callable[[], Any]:
    person = make_known(owner, "Ada").person
    assert person is not None
    return lambda: people.rename(person=person, name="Ada Lovelace")


def delete_person(owner: User) -> Callable[[], Any]:
    person = make_known(owner, "Ada").person
    assert person is not None
    return lambda: people.delete(person)


def remove_encoding(owner: User) -> Callable[[], Any]:
    encoding = known_encoding(make_known(owner, "Ada"))
    return lambda: people.remove_encoding(encoding)


def delete_photo(owner: User) -> Callable[[], Any]:
    photo = make_known(owner, "Ada").photo
    return lambda: photos.delete(photo)


def say(owner: User) -> Callable[[], Any]:
    face = make_face(make_photo(owner))
    return lambda: emotions.say(face=face, emotion="sad")


def say_not(owner: User) -> Callable[[], Any]:
    face = make_face(make_photo(owner))
    return lambda: emotions.say_not(face=face, emotion="happy")


def take_back(owner: User) -> Callable[[], Any]:
    face = make_face(make_photo(owner))
    emotions.say(face=face, emotion="happy")
    return lambda: emotions.take_back(face=face, emotion="happy")


def save(owner: User) -> Callable[[], Any]:
    claim = claimed(make_photo(owner))
    return lambda: results.save(claim=claim, analysed=analysed(found_face(ADA)))


def tell_again(owner: User) -> Callable[[], Any]:
    face = make_face(make_photo(owner, files=True), crop=True)
    task = network_tasks.tell_again(user=owner)
    claimed = tasks.claim(["emotions"])
    assert claimed is not None
    emotion = EmotionEstimate("sad", 0.7, {"sad": 0.7})
    told = ToldEmotions("mine", (emotion,))
    assert task.pk == claimed.pk
    return lambda: emotions_again.save_emotions(claimed, [fresh(face)], told)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "prepare",
    [
        name,
        confirm,
        refuse,
        rename,
        delete_person,
        remove_encoding,
        say,
        say_not,
        take_back,
        delete_photo,
        save,
        tell_again,
    ],
)
def test_nothing_is_written_before_the_rosters_turn(
    alice: User, prepare: Callable[[User], Callable[[], Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    roster = Roster.objects.of(alice.pk)
    act = prepare(alice)
    steps: list[str] = []
    take = turns.take

    def note_turns(roster_id: int) -> Roster:
        steps.append(f"turn of {roster_id}")
        return take(roster_id)

    monkeypatch.setattr(turns, "take", note_turns)

    def note_writes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if sql.startswith(("INSERT", "UPDATE", "DELETE")):
            steps.append("write")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note_writes):
        act()

    assert steps[0] == f"turn of {roster.pk}"
    assert "write" in steps


@pytest.mark.django_db
def test_a_face_that_went_meanwhile_is_refused_with_a_sentence(alice: User) -> None:
    face = make_face(make_photo(alice))
    Face.objects.filter(pk=face.pk).delete()

    with pytest.raises(people.NameRefused, match="not there any more"):
        people.name_face(face=face, name="Ada")
    assert not Person.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("act", [people.confirm, people.refuse])
def test_a_guess_that_went_meanwhile_is_neither_confirmed_nor_refused(
    alice: User, act: Callable[..., None]
) -> None:
    face = guessed(alice)
    Face.objects.filter(pk=face.pk).delete()

    with pytest.raises(people.NameRefused, match="not there any more"):
        act(face=face, person_id=face.person_id)


@pytest.mark.django_db
@pytest.mark.parametrize("act", [people.confirm, people.refuse])
def test_a_guess_that_is_another_by_now_is_neither_confirmed_nor_refused(
    alice: User, act: Callable[..., None]
) -> None:
    face = guessed(alice)
    shown = face.person_id
    nearer = make_face(make_photo(alice), near(ADA, 0.2))
    people.name_face(face=nearer, name="Bea")
    assert fresh(face).label == "Bea?"

    with pytest.raises(people.NameRefused, match="has changed meanwhile"):
        act(face=face, person_id=shown)
    assert fresh(face).label == "Bea?"


@pytest.mark.django_db
def test_a_guess_confirmed_while_its_person_is_renamed_is_that_person(alice: User) -> None:
    face = guessed(alice)
    person = face.person
    assert person is not None
    people.rename(person=Person.objects.get(pk=person.pk), name="Ada Lovelace")

    people.confirm(face=face, person_id=person.pk)

    assert [person.name for person in Person.objects.all()] == ["Ada Lovelace"]
    assert fresh(face).label == "Ada Lovelace"


@pytest.mark.django_db
def test_the_encoding_of_an_analysis_meanwhile_is_the_one_that_becomes_known(alice: User) -> None:
    face = make_face(make_photo(alice), vector(1))
    stale = fresh(face)
    Face.objects.filter(pk=face.pk).update(encoding=vector(2))

    people.name_face(face=stale, name="Ada")

    assert (KnownEncoding.objects.get().vector == vector(2)).all()


@pytest.mark.django_db(transaction=True)
def test_two_pages_that_make_one_person_at_once_make_one(alice: User) -> None:
    faces = [make_face(make_photo(alice)) for _ in range(4)]
    start = threading.Barrier(len(faces))
    failed: list[Exception] = []

    def call_it(face: Face, called: str) -> None:
        try:
            start.wait(timeout=10)
            people.name_face(face=face, name=called)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    names = ["Ada", "ada", "ADA", "Ada"]
    threads = [
        threading.Thread(target=call_it, args=pair) for pair in zip(faces, names, strict=True)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert failed == []
    assert Person.objects.count() == 1
    assert Person.objects.get().faces.count() == 4


@pytest.mark.django_db(transaction=True)
def test_whoever_waits_comes_in_between_two_turns_of_work_that_takes_many(alice: User) -> None:
    """SQLite keeps no queue: work that took the next turn at once would always be faster."""
    face, roster = make_face(make_photo(alice)), Roster.objects.of(alice.pk)
    begun, named = threading.Event(), threading.Event()

    def work() -> None:
        try:
            for _ in range(30):
                with transaction.atomic():
                    turns.take(roster.pk)
                    begun.set()
                    time.sleep(0.05)
                if named.is_set():
                    return
                turns.give_way()
        finally:
            connection.close()

    working = threading.Thread(target=work)
    working.start()
    assert begun.wait(timeout=10)
    people.name_face(face=face, name="Ada")
    was_in_between = working.is_alive()
    named.set()
    working.join(timeout=30)

    assert was_in_between


def test_a_gap_on_sqlite_is_as_long_as_the_turn_before_it_and_no_longer_than_somebody_looks() -> (
    None
):
    assert [turns.gap(took) for took in (0.0, 0.03, 5.0)] == [0.0, 0.03, turns.GAP]
