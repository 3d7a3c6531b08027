"""The process in which groups follow keeps unknown faces, and knows of whatever becomes of them."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone

from gallery.models import Face, Photo
from gallery.models.face_queries import Mark
from gallery.models.record import Did
from gallery.services import (
    curating,
    faces_at_hand,
    grouping,
    library_faces,
    people,
    photos,
    results,
    unknown_faces,
)
from gallery.services.unknown_faces import Unknown
from tests.factories import (
    analysed,
    claimed,
    found_face,
    make_face,
    make_photo,
    near,
    vector,
)
from tests.gallery.test_record import roster_of, undo


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing be read again because it is from the last minute."""
    monkeypatch.setattr(faces_at_hand, "LATE", timedelta())


@pytest.fixture
def faces(alice: User) -> list[Face]:
    """Return unknown faces that are at hand."""
    some = [make_face(make_photo(alice), near(vector(1), 0.1, number)) for number in range(4)]
    assert keys(at_hand(alice)) == {face.pk for face in some}
    return some


def at_hand(owner: User) -> list[tuple[Any, ...]]:
    return facts(faces_at_hand.read(roster_of(owner)))


def in_database(owner: User) -> list[tuple[Any, ...]]:
    return facts(unknown_faces.read(roster_of(owner)))


def facts(libraries: Iterable[Unknown]) -> list[tuple[Any, ...]]:
    """Return all that groups are found by, face by face."""
    found = []
    for some in libraries:
        columns = some.columns
        encodings = map(bytes, columns.encodings.astype(library_faces.KEPT))
        facts = columns.photos, columns.on_collages, columns.levels, some.groups, some.is_new
        found += list(zip(columns.keys.tolist(), encodings, *facts, strict=True))
    return found


def keys(found: Iterable[tuple[Any, ...]]) -> set[int]:
    return {key for key, *_ in found}


def test_who_is_put_aside_named_or_binned_is_not_among_them(alice: User, faces: list[Face]) -> None:
    roster = roster_of(alice)
    curating.mark(roster=roster, faces=[faces[0].pk], mark=Mark.STRANGER)
    people.name_face(face=faces[1], name="Ada")
    photos.delete(faces[2].photo)

    assert not keys(at_hand(alice)) & {face.pk for face in faces[:3]}
    assert at_hand(alice) == in_database(alice)

    for did in (Did.STRANGER, Did.NAME, Did.DELETE_PHOTO):
        undo(did)
    assert keys(at_hand(alice)) == {face.pk for face in faces}
    assert at_hand(alice) == in_database(alice)


def test_what_is_seen_anew_on_a_photo_is_among_them(alice: User, faces: list[Face]) -> None:
    photos.mark_collage(photo=faces[1].photo, is_collage=True)
    photo = faces[0].photo
    again = analysed(found_face(near(vector(1), 0.1, 0), box=faces[0].box), found_face(vector(7)))
    assert results.save(claim=claimed(photo), analysed=again)

    assert len(at_hand(alice)) == 5
    assert at_hand(alice) == in_database(alice)


def test_a_photo_that_came_with_an_old_date_is_seen(alice: User, faces: list[Face]) -> None:
    new = make_face(make_photo(alice, changed_at=timezone.now() - timedelta(days=9)), vector(2))
    assert new.pk in keys(at_hand(alice))


def test_which_groups_many_are_in_is_read_as_of_few(
    alice: User, bob: User, faces: list[Face], monkeypatch: pytest.MonkeyPatch
) -> None:
    make_face(make_photo(bob), vector(3))
    for owner in (bob, alice):
        grouping.regroup(roster_of(owner))
    new = make_face(make_photo(alice), vector(4))
    few = in_database(alice)

    monkeypatch.setattr(unknown_faces, "MANY", 0)

    assert in_database(alice) == few
    assert [key for key, *_, is_new in few if is_new] == [new.pk]


def test_only_what_changed_is_read_again(
    alice: User, faces: list[Face], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[int] = []
    columns_of = unknown_faces.columns_of

    def counted(rows: Any, kept: Any) -> Any:
        read.extend(rows.values_list("pk", flat=True))
        return columns_of(rows, kept)

    monkeypatch.setattr(faces_at_hand, "columns_of", counted)
    at_hand(alice)
    assert read == []
    Photo.objects.filter(pk=faces[0].photo_id).touch()
    at_hand(alice)
    assert read == [faces[0].pk]


def test_another_library_is_read_by_itself(alice: User, bob: User, faces: list[Face]) -> None:
    other = make_face(make_photo(bob), vector(3))
    assert keys(at_hand(bob)) == {other.pk}
    assert keys(at_hand(alice)) == {face.pk for face in faces}


def test_it_ends_without_a_word_when_nobody_listens_any_more(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    monkeypatch.setattr(sys, "stdin", ["\n"])
    with os.fdopen(writing, "w") as nobody:
        monkeypatch.setattr(sys, "stdout", nobody)
        call_command("follow")
