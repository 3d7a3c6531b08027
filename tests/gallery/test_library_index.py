"""What searches ask is kept in memory, and right after whatever is said, deleted, undone or analysed."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection, transaction
from django.utils import timezone

from gallery.management.commands import serve
from gallery.models import Photo
from gallery.services import emotions, library_index, people, photos
from gallery.services.library_index import Library, keeping, reading
from tests.factories import UNDATED, make_face, make_photo
from tests.gallery import test_photo_words
from tests.gallery.test_record import Story


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have nothing be read again because it is from the last minute."""
    monkeypatch.setattr(keeping, "LATE", timedelta())


def facts(library: Library) -> dict[str, dict[int, dict[str, Any]]]:
    """Return all that is kept, by the keys of photos and faces."""
    of_photos: dict[str, Any] = library.photos.named()
    of_faces: dict[str, Any] = library.faces.named()
    for name, texts in (("made", library.made), ("cameras", library.cameras)):
        of_photos[name] = [texts[code] for code in of_photos[name]]
    of_faces["photos"] = library.photos.keys[of_faces["photos"]]
    words = zip(library.tags.photos.tolist(), library.tags.words.tolist(), strict=True)
    said = sorted((int(library.photos.keys[on]), library.keywords[word]) for on, word in words)
    of_photos["keywords"] = [
        [word for on, word in said if on == key] for key in library.photos.keys
    ]
    return {
        name: {
            int(key): {what: str(column[at]) for what, column in columns.items()}
            for at, key in enumerate(columns["keys"])
        }
        for name, columns in (("photos", of_photos), ("faces", of_faces))
    }


def check(owner: User) -> None:
    kept = library_index.of(owner.pk)
    anew = reading.all_of(owner.pk)
    assert facts(kept) == facts(anew)
    assert kept.photos.keys.tolist() == anew.photos.keys.tolist()
    assert len(kept.faces.keys) == len(anew.faces.keys)


@pytest.mark.parametrize("seed", range(2))
def test_whatever_is_done_it_is_as_if_read_anew(alice: User, seed: int) -> None:
    story = Story(alice, seed)
    for _ in range(40):
        story.act()
        check(alice)


def test_what_is_said_of_photos_themselves_is_as_if_read_anew(alice: User, bob: User) -> None:
    story = test_photo_words.Story(alice, bob, 1)
    for _ in range(50):
        story.act()
        for owner in (alice, bob):
            check(owner)


def test_photos_that_come_and_go_unseen_are_noticed(alice: User, bob: User) -> None:
    first, second = make_photo(alice), make_photo(alice)
    make_face(second)
    make_photo(bob)
    check(alice)
    old = timezone.now() - timedelta(days=9)

    new = make_photo(alice, changed_at=old, **UNDATED)
    make_face(new)
    Photo.objects.filter(pk=first.pk).delete()
    check(alice)
    Photo.objects.filter(owner=alice).delete()
    check(alice)
    make_face(make_photo(alice, changed_at=old))
    check(alice)


def test_what_is_committed_late_is_seen_though_others_were_looked_at_since(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "LATE", timedelta(minutes=1))
    photo = make_photo(alice)
    check(alice)

    Photo.objects.filter(pk=photo.pk).update(
        filename="late.jpg", changed_at=timezone.now() - timedelta(seconds=50)
    )

    check(alice)


@pytest.mark.django_db(transaction=True)
def test_what_somebody_was_writing_while_others_looked_is_seen_however_late(alice: User) -> None:
    photo = make_photo(alice)
    check(alice)
    written, looked = threading.Event(), threading.Event()

    def write() -> None:
        with transaction.atomic():
            Photo.objects.filter(pk=photo.pk).update(filename="late.jpg", changed_at=timezone.now())
            written.set()
            looked.wait(20)
        connection.close()

    writer = threading.Thread(target=write)
    writer.start()
    assert written.wait(20)
    for _ in range(2):
        library_index.of(alice.pk)
    looked.set()
    writer.join()
    assert "late.jpg" in library_index.of(alice.pk).photos.texts
    check(alice)


def test_what_was_deleted_is_gone_at_once(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LATE", timedelta(minutes=1))
    first, _second = make_photo(alice), make_photo(alice)
    for _ in range(2):
        check(alice)
    Photo.objects.filter(pk=first.pk).delete()
    check(alice)


def test_only_what_changed_is_read_again(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "LATE", timedelta(minutes=1))
    some = [make_face(make_photo(alice)) for _ in range(3)]
    library_index.of(alice.pk)
    read: list[int] = []
    some_of = reading.some_of

    def counted(library: Library, keys: list[int]) -> Any:
        read.extend(keys)
        return some_of(library, keys)

    monkeypatch.setattr(reading, "some_of", counted)
    people.name_face(face=some[1], name="Ada")
    emotions.say(face=some[2], emotion="sad")
    for _ in range(2):
        library_index.of(alice.pk)

    assert sorted(read) == [some[1].photo_id, some[2].photo_id]


def test_where_most_changed_all_is_read(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        make_face(make_photo(alice))
    check(alice)
    monkeypatch.setattr(keeping, "MANY", 2)
    Photo.objects.filter(owner=alice).touch()
    Photo.objects.filter(owner=alice).update(filename="another.jpg")
    check(alice)


def test_a_large_library_is_read_some_at_a_time(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    for owner in (alice, bob, alice, alice, bob, alice):
        make_face(make_photo(owner, taken_at=datetime(2019, 5, 3), taken_from="exif"))
    whole = facts(reading.all_of(alice.pk))
    monkeypatch.setattr(reading, "PART", 2)
    assert facts(reading.all_of(alice.pk)) == whole
    assert len(whole["faces"]) == 4


def test_libraries_that_nobody_asked_for_longest_make_room(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_BYTES", 1)
    make_photo(alice)
    make_photo(bob)
    library_index.of(alice.pk)
    library_index.of(bob.pk)
    assert list(keeping._kept) == [bob.pk]
    check(alice)


def test_libraries_are_read_before_anybody_asks_as_long_as_there_is_room(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_photo(alice)
    make_photo(bob)
    User.objects.filter(pk=bob.pk).update(last_login=timezone.now())
    serve.read_libraries()
    assert list(keeping._kept) == [bob.pk]
    assert library_index.warm([bob.pk, alice.pk]) == 1
    library_index.forget()
    monkeypatch.setattr(keeping, "MOST_BYTES", 1)
    assert library_index.warm([bob.pk, alice.pk]) == 1
    assert list(keeping._kept) == [bob.pk]


def test_a_photo_and_a_face_take_as_much_memory_as_is_said(alice: User) -> None:
    for _ in range(3):
        photo = make_photo(alice)
        make_face(photo)
    library = library_index.of(alice.pk)
    assert library.faces.nbytes == 3 * 49
    assert library.photos.nbytes == 3 * 51


def test_what_was_deleted_and_came_back_is_there(alice: User) -> None:
    photo = make_photo(alice)
    make_face(photo)
    check(alice)
    photos.delete(photo)
    check(alice)
    assert len(library_index.of(alice.pk)) == 0
    photos.bring_back(owner=alice, photos=[photo.pk])
    check(alice)
    assert library_index.of(alice.pk).photos.keys.tolist() == [photo.pk]
