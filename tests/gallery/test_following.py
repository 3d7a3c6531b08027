"""Names that follow what became known are those of a roster that is matched anew from the first face."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.db import transaction

from analysis.born import Born
from analysis.results import Array
from gallery import installed
from gallery.jobs import tasks
from gallery.kinds import TaskRefused
from gallery.models import (
    Face,
    KnownChange,
    KnownEncoding,
    Nearest,
    Person,
    Photo,
    Roster,
    RosterNetwork,
    Task,
)
from gallery.models.face_queries import NamedBy
from gallery.services import (
    births,
    faces_at_hand,
    following,
    little,
    matching,
    names,
    nearest,
    people,
    photos,
    results,
    turns,
    work,
)
from gallery.worker.work import names as names_again
from gallery.worker.work.names import guess_some
from tests import roster_networks as made
from tests.factories import (
    CLEAR,
    ENCODER,
    POOR,
    analysed,
    claimed,
    found_face,
    fresh,
    make_face,
    make_known,
    make_photo,
    near,
    vector,
)
from tests.gallery.test_faces_at_hand import at_hand, in_database

PEOPLE = 10
WAYS = [
    {"way": "nearest"},
    {"way": "vote"},
    {"is_plain": True},
    {"accepted": 10},
    {"way": "classifier"},
]


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the library of a test treated as one that is too large to be compared at once."""
    monkeypatch.setattr(little, "LITTLE", 0)
    monkeypatch.setattr(matching, "PHOTOS", 4)
    monkeypatch.setattr(names_again, "IN_A_TURN", 4)
    monkeypatch.setattr(following, "CHANGES", 3)
    monkeypatch.setattr(following, "IN_A_TURN", 2)
    monkeypatch.setattr(turns, "GAP", 0)
    monkeypatch.setattr(faces_at_hand, "LATE", timedelta())


def roster_of(owner: User) -> Roster:
    return Roster.objects.of(owner.pk)


def settle(owner: User) -> None:
    """Do all that waits in the background."""
    for _ in tasks.visible_to(owner).open().filter(kind=names.KIND):
        task = tasks.claim([names.KIND])
        assert task is not None
        while guess_some(task):
            pass
    assert set(following.follow_all()) <= {owner.pk}


class Story:
    """Things that people say of a library of a few people, one after the other, chosen by chance."""

    def __init__(self, owner: User, seed: int) -> None:
        self.owner, self.chance = owner, random.Random(seed)
        # A family, so that more people are near a face than are kept, and two who are not of it.
        family = [near(vector(100), 0.3, seed + number) for number in range(PEOPLE - 2)]
        self.centres = [*family, vector(101), vector(102)]
        for _ in range(25):
            self.photo()
        for _ in range(12):
            self.name()
        self.acts: list[Callable[[], None]] = [
            *[self.name] * 6, *[self.photo] * 2, self.take_back, self.refuse, self.confirm_some,
            self.refuse_some, self.delete_person, self.forget_one, *[self.birth] * 3, self.collage,
            self.again, self.delete_photo, self.add_reference,
        ]  # fmt: skip

    def encoding(self) -> Array:
        away = self.chance.choice([0.2, 0.3, 0.45, 0.7])
        return near(self.chance.choice(self.centres), away, self.chance.randrange(10**6))

    def photo(self) -> None:
        year = self.chance.randrange(1990, 2024)
        photo = make_photo(self.owner, taken_at=datetime(year, 5, 4, 3, 2), taken_from="exif")
        for _ in range(self.chance.randrange(1, 4)):
            make_face(
                photo,
                self.encoding(),
                quality=self.chance.choice([None, CLEAR, POOR]),
                age_years=self.chance.choice([3.0, 30.0]),
            )
        matching.match_photos(roster_of(self.owner), [photo.pk])

    def one(self, rows: Any) -> Any:
        return self.chance.choice(list(rows.order_by("pk")) or [None])

    def face(self, **fields: Any) -> Face | None:
        found: Face | None = self.one(Face.objects.filter(**fields))
        return found

    def person(self) -> Person | None:
        found: Person | None = self.one(Person.objects.all())
        return found

    def name(self) -> None:
        if face := self.face():
            people.name_face(face=face, name=f"Person {self.chance.randrange(PEOPLE)}")

    def take_back(self) -> None:
        if face := self.face(named_by=NamedBy.HUMAN):
            people.name_face(face=face, name="")

    def refuse(self) -> None:
        if (face := self.face(named_by=NamedBy.MACHINE)) and face.person_id:
            people.refuse(face=face, person_id=face.person_id)

    def confirm_some(self) -> None:
        if person := self.person():
            some = Face.objects.filter(person=person, named_by=NamedBy.MACHINE)
            people.confirm_many(person=person, faces=[face.pk for face in some[:2]])

    def refuse_some(self) -> None:
        if person := self.person():
            some = Face.objects.filter(suggestion=person)
            people.refuse_many(person=person, faces=[face.pk for face in some[:2]])

    def delete_person(self) -> None:
        if person := self.person():
            people.delete(person)

    def forget_one(self) -> None:
        if known := self.one(KnownEncoding.objects.all()):
            people.remove_encoding(known)

    def add_reference(self) -> None:
        if face := self.face(named_by=NamedBy.HUMAN, known_encoding=None):
            people.add_reference(face=face)

    def birth(self) -> None:
        if person := self.person():
            births.say(person=person, born=self.chance.choice([None, Born(1988), Born(2005)]))

    def collage(self) -> None:
        if photo := self.one(Photo.objects.all()):
            photos.mark_collage(photo=photo, is_collage=self.chance.random() < 0.5)

    def again(self) -> None:
        if photo := self.one(Photo.objects.all()):
            found = [found_face(self.encoding())]
            assert results.save(claim=claimed(photo), analysed=analysed(*found))

    def delete_photo(self) -> None:
        if photo := self.one(Photo.objects.all()):
            photos.delete(photo)


def state(owner: User) -> dict[int, tuple[Any, ...]]:
    """Return what each unnamed face is called, and whom it is near."""
    kept = dict(Nearest.objects.filter(is_due=False).values_list("face", "people"))
    columns = "person", "suggestion", "distance", "normalised"
    unnamed = matching.unnamed(roster_of(owner))
    return {
        pk: (person, suggestion, *map(rounded, numbers), listed(kept.get(pk, b"")))
        for pk, person, suggestion, *numbers in unnamed.values_list("pk", *columns)
    }


def rounded(number: float | None) -> float | None:
    return None if number is None else round(number, 3)


def listed(data: bytes | memoryview) -> list[tuple[int, float, float, int]]:
    return [
        (one.person, round(one.plain, 3), round(one.normalised, 3), one.votes)
        for one in nearest.unpacked(data)
    ]


@pytest.fixture(params=range(5), ids="seed {}".format)
def story(request: pytest.FixtureRequest, alice: User, settings: Any, tmp_path: Path) -> Story:
    settings.MATCH_TOLERANCE, settings.DATA_DIR = 0.6, tmp_path
    roster = roster_of(alice)
    for name, value in WAYS[request.param % len(WAYS)].items():
        setattr(roster, name, value)
    roster.save()
    found = Story(alice, request.param)
    if roster.way == "classifier":
        tell_by_network(roster, found)
    return found


def tell_by_network(roster: Roster, story: Story) -> None:
    """Have some of the people told by a network, of which it knows one each who is elsewhere by now."""
    keys = [*Person.objects.order_by("pk").values_list("pk", flat=True)[: PEOPLE // 2]]
    where = np.stack([near(one, 0.3, 7) for one in story.centres[: len(keys)]])
    made.write(installed.rosters() / "one.onnx", made.network(keys, where))
    fields = {"file": "one.onnx", "encoder": ENCODER, "known": {f"{key}": 1 for key in keys}}
    RosterNetwork.objects.create(roster=roster, **fields)
    with suppress(TaskRefused):  # It begins anew.
        names.guess_again(roster)
    settle(roster.owner)


def test_what_follows_is_what_matching_all_anew_gives(story: Story) -> None:
    seen: list[tuple[Any, ...]] = []
    for _ in range(12):
        for _ in range(story.chance.randrange(1, 5)):
            story.chance.choice(story.acts)()
        settle(story.owner)
        followed = state(story.owner)
        assert followed == anew(story.owner)
        assert at_hand(story.owner) == in_database(story.owner)
        seen += followed.values()
    assert not KnownChange.objects.exists()
    # It was worth telling.
    assert any(person for person, *_ in seen)
    assert max(len(people) for *_, people in seen) >= 3


def anew(owner: User) -> dict[int, tuple[Any, ...]]:
    """Return what all would be if all was matched anew, which is not done."""
    with transaction.atomic():
        matching.rematch(roster_of(owner))
        found = state(owner)
        transaction.set_rollback(True)
    return found


def test_a_library_that_kept_nobodys_nearest_is_compared_by_a_task(alice: User) -> None:
    make_known(alice, "Ada", vector(1))
    settle(alice)
    face = make_face(make_photo(alice), near(vector(1), 0.3))
    Roster.objects.update(has_nearest=False)

    assert names.begin_where_due() == 1
    settle(alice)

    assert fresh(face).label == "Ada?"
    assert Nearest.objects.filter(face=face).exists()
    assert roster_of(alice).has_nearest
    assert names.begin_where_due() == 0


def large_library(owner: User) -> tuple[Face, Face]:
    """Return Bob's and Anna's known faces, which are alike, in a library in which all has followed."""
    bob = make_face(make_photo(owner), near(vector(1), 0.2))
    people.name_face(face=bob, name="Bob")
    anna = make_face(make_photo(owner), vector(1))
    people.name_face(face=anna, name="Anna")
    settle(owner)
    assert not following.is_waiting()
    return bob, anna


def test_a_name_that_is_taken_back_while_others_follow_leaves_the_next_guess(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bob, anna = large_library(alice)
    people.name_face(face=make_face(make_photo(alice), vector(9)), name="Carl")
    due = following._due

    def due_just_before(roster: Roster) -> list[int]:
        found = due(roster)
        people.name_face(face=fresh(anna), name="")
        return found

    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(following, "_due", due_just_before)
        following.follow(roster_of(alice))
    list(following.follow_all())

    assert fresh(anna).asked_about == fresh(bob).person
    assert state(alice) == anew(alice)


def test_while_a_library_of_before_is_compared_no_guess_is_lost(alice: User) -> None:
    large_library(alice)
    photo = make_photo(alice)
    guessed, other = make_face(photo, near(vector(1), 0.1)), make_face(photo, vector(7))
    matching.match_photos(roster_of(alice), [photo.pk])
    before = fresh(guessed).asked_about
    Nearest.objects.all().delete()
    Roster.objects.update(has_nearest=False)

    people.name_face(face=other, name="Carl")
    list(following.follow_all())

    assert before is not None
    assert fresh(guessed).asked_about == before


def test_a_word_on_the_way_does_not_have_all_begin_again(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    large_library(alice)
    for seed in range(20, 23):
        make_face(make_photo(alice), vector(seed))
    monkeypatch.setattr(names_again, "IN_A_TURN", 1)
    task = names.guess_again(roster_of(alice))
    claimed_task = tasks.claim([names.KIND])
    assert claimed_task is not None
    assert guess_some(claimed_task)
    before = Task.objects.get(pk=task.pk).cursor

    people.name_face(face=make_face(make_photo(alice), vector(30)), name="Bob")

    assert Task.objects.get(pk=task.pk).cursor == before > 0


def test_what_was_stopped_is_begun_again_by_the_next_word(alice: User) -> None:
    _, anna = large_library(alice)
    work.stop(names.guess_again(roster_of(alice)))
    assert not roster_of(alice).has_nearest
    assert not Task.objects.open().exists()

    people.name_face(face=anna, name="")

    assert Task.objects.filter(kind=names.KIND).open().exists()
    settle(alice)
    assert roster_of(alice).has_nearest
