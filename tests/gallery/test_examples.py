"""Search by example: where a face appears that is shown, and of the photo nothing stays."""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from analysis.errors import UnreadablePhoto
from analysis.sentences import Sentence
from gallery import installed
from gallery.children.requests import Analyse
from gallery.models import Face, Photo
from gallery.models.face_queries import Mark
from gallery.models.person import Consent
from gallery.services import consent, examples, library_faces, library_index
from tests.factories import (
    analysed,
    found_face,
    make_face,
    make_known,
    make_photo,
    near,
    upload_file,
    vector,
)

Show = Callable[..., list[Analyse]]
PAGE = "search_by_example"


@pytest.fixture(autouse=True)
def nothing_read() -> Iterator[None]:
    library_faces._last.clear()
    yield
    library_faces._last.clear()


@pytest.fixture
def show(monkeypatch: pytest.MonkeyPatch) -> Show:
    """Have a child find faces with these encodings, or fail; return what it is asked."""

    def has(*encodings: Any, error: Exception | None = None) -> list[Analyse]:
        asked: list[Analyse] = []

        async def answer(request: Analyse) -> Any:
            assert request.path.is_file()
            asked.append(request)
            if error:
                raise error
            return analysed(*map(found_face, encodings))

        monkeypatch.setattr(examples, "_asked", answer)
        return asked

    return has


def found(page: str) -> list[int]:
    """Return the keys of the faces that a page lists, in its order."""
    listed = page.partition('id="example-found"')[2]
    return [int(key) for key in re.findall(r'class="example-hit"[^>]*#face-(\d+)', listed)]


def post(client: Client, **said: Any) -> str:
    return client.post(reverse(PAGE), said).content.decode()


def test_a_photo_with_one_face_is_looked_for_at_once_nearest_first(
    alice: User, bob: User, as_alice: Client, show: Show
) -> None:
    far = make_face(make_photo(alice), near(vector(1), 0.3, 1))
    close = make_face(make_photo(alice), near(vector(1), 0.1, 2))
    make_face(make_photo(alice), vector(2))
    make_face(make_photo(bob), vector(1))
    asked = show(vector(1))

    page = post(as_alice, photo=upload_file())

    assert found(page) == [close.pk, far.pk]
    assert "On 2 photos" in page
    assert len(asked) == 1
    assert list(installed.examples().iterdir()) == []
    assert Photo.objects.count() == 4


def test_of_several_faces_one_is_chosen(alice: User, as_alice: Client, show: Show) -> None:
    ada = make_known(alice, "Ada", vector(1))
    bea = make_known(alice, "Bea", vector(2))
    show(vector(1), vector(2))

    page = post(as_alice, photo=upload_file())

    assert "Which face?" in page
    assert found(page) == []
    chosen = re.findall(r'name="face"\s+value="([^"]+)"', page)
    assert [found(post(as_alice, face=one)) for one in chosen] == [[ada.pk], [bea.pk]]


def test_a_form_that_was_changed_is_anothers_or_is_old_finds_nothing(
    alice: User, as_alice: Client, as_bob: Client, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_face(make_photo(alice), vector(1))
    show(vector(1), vector(2))
    signed = re.findall(r'name="face"\s+value="([^"]+)"', post(as_alice, photo=upload_file()))[0]
    for client, said in ((as_alice, signed + "x"), (as_bob, signed), (as_alice, "x")):
        page = post(client, face=said)
        assert "too long ago" in page
        assert found(page) == []
    later = time.time() + examples.KEPT + 1
    monkeypatch.setattr(time, "time", lambda: later)
    assert "too long ago" in post(as_alice, face=signed)


def test_what_is_no_photo_is_told_and_leaves_nothing(as_alice: Client, show: Show) -> None:
    show(error=UnreadablePhoto(Sentence("unreadable")))
    assert "Choose a photo first." in post(as_alice)
    assert "field-error" in post(as_alice, photo=upload_file(content=b"no photo"))
    assert "field-error" in post(as_alice, photo=upload_file())
    assert list(installed.examples().iterdir()) == []
    show()
    assert "No face was found on this photo" in post(as_alice, photo=upload_file())


def test_strangers_put_aside_and_deleted_faces_are_not_among_those_found(
    alice: User, as_alice: Client, show: Show
) -> None:
    marks = Mark.STRANGER, Mark.NO_FACE, Mark.PRIVATE
    for mark in marks:
        make_face(make_photo(alice), vector(1), mark=mark)
    gone, there = (make_face(make_photo(alice), vector(1)) for _ in range(2))
    show(vector(1))
    assert set(found(post(as_alice, photo=upload_file()))) == {gone.pk, there.pk}
    gone.photo.delete()
    assert found(post(as_alice, photo=upload_file())) == [there.pk]


def test_faces_that_were_all_deleted_between_two_looks_are_not_among_those_found(
    alice: User,
) -> None:
    face = make_face(make_photo(alice), encoding=vector(1))
    near_ones = np.array([face.pk]), np.array([0.1], np.float32)
    Photo.objects.all().delete()

    assert examples._hits(library_index.of(alice.pk), *near_ones, 0.5) == []


def test_who_does_not_want_to_be_recognised_is_not_looked_for(
    alice: User, as_alice: Client, show: Show
) -> None:
    ada = make_known(alice, "Ada", vector(1))
    assert ada.person is not None
    consent.say(person=ada.person, answer=Consent.REFUSED, is_locked=True)
    show(vector(1))
    page = post(as_alice, photo=upload_file())
    assert "Not to be recognised" in page
    assert 'name="face"' not in page
    assert found(page) == []


def test_a_face_of_the_library_is_found_everywhere_else(
    alice: User, as_alice: Client, as_bob: Client
) -> None:
    one, other = (make_face(make_photo(alice), near(vector(1), 0.1, at)) for at in range(2))
    address = reverse("face_everywhere", args=[one.pk])
    assert found(as_alice.get(address).content.decode()) == [other.pk]
    assert as_bob.get(address).status_code == 404
    Face.objects.filter(pk=one.pk).update(mark=Mark.STRANGER)
    assert as_alice.get(address).status_code == 404


def test_what_a_killed_process_left_is_swept_in_time(db: None) -> None:
    folder = installed.examples()
    folder.mkdir(parents=True)
    old, new = folder / "old", folder / "new"
    for path in (old, new):
        path.write_bytes(b"photo")
    before = time.time() - examples.KEPT - 1
    os.utime(old, (before, before))
    assert examples.sweep() == 1
    assert list(folder.iterdir()) == [new]
    assert examples.sweep() == 0


def test_all_photos_on_which_a_shown_face_appears_come_by_pages(
    alice: User, as_alice: Client, show: Show, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gallery.views.examples.PAGE", 2)
    close = [make_face(make_photo(alice), near(vector(1), far)).pk for far in (0.1, 0.15, 0.2)]
    show(vector(1))
    first = post(as_alice, photo=upload_file())
    [signed] = re.findall(r'name="face" value="([^"]+)"', first)

    assert found(first) == close[:2]
    second = post(as_alice, face=signed, page=2)
    assert found(second) == close[2:]
    assert 'id="shown-nearer"' in second
    assert 'id="shown-further"' not in second


def test_one_has_to_be_signed_in(client: Client, db: None) -> None:
    assert client.get(reverse(PAGE))["Location"].startswith(reverse("sign_in"))
