"""Photos from before anybody looked when they were taken are opened for that."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image
from pytest_django import DjangoAssertNumQueries

from analysis.dates import Source, Taken
from analysis.limits import DEFAULT_LIMITS
from analysis.processes import Loaded, Reply, Request
from analysis.shot import NOTHING, Place, Shot
from analysis.weights import INSTALLED
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.children.requests import Dated, SeeDates
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.models import Photo, Task
from gallery.services import dates
from gallery.words import say
from gallery.worker.work import opened
from gallery.worker.work.dates import Dates
from tests.factories import UNDATED, make_photo

pytestmark = pytest.mark.django_db(transaction=True)

SHOT = Taken(datetime(2019, 5, 3, 14, 2, 11), Source.EXIF, 540)
PHONE = Shot("Apple iPhone 12", "back camera 4.2mm f/1.6", Place(37.5665, 126.978))
CRASH = ChildFailed(say("child_crashed"))
Answer = Taken | Exception | None


class FakePool(AnalysisPool):
    """Says of each photo what it is told to, of others nothing; None is a file that is gone."""

    def __init__(
        self, said: dict[int, Answer] | None = None, before: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__(timeout=1, memory=1)
        self.said = {Photo.objects.get(pk=key).original: one for key, one in (said or {}).items()}
        self.before = before

    # All of them with one camera.
    async def ask(self, request: Request[Reply]) -> Reply:
        await database_sync_to_async(self.before)()
        answers: list[Dated | None] = []
        for path in cast(SeeDates, request).paths:
            answer = self.said.get(path)
            if isinstance(answer, Exception):
                raise answer
            answers.append(None if path in self.said and answer is None else Dated(answer, PHONE))
        return cast(Reply, tuple(answers))


def old(owner: User, **fields: Any) -> Photo:
    return make_photo(owner, **UNDATED, **fields)


def taken(photo: Photo) -> Taken | None:
    return Photo.objects.get(pk=photo.pk).taken


def shot(photo: Photo) -> Shot:
    return Photo.objects.get(pk=photo.pk).shot


def begun(user: User) -> Dates:
    dates.look(user=user)
    task = tasks.claim([Dates.name])
    assert task is not None
    return Dates(task)


async def to_the_end(looking: Dates, pool: AnalysisPool) -> None:
    while await looking.step(pool):
        pass


def looked(user: User, pool: AnalysisPool) -> Dates:
    looking = begun(user)
    async_to_sync(to_the_end)(looking, pool)
    return Dates(Task.objects.get(pk=looking.task.pk))


def words(answer: Any) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return html.unescape(re.sub(r"\s+", " ", page))


def test_old_photos_get_the_date_that_they_say_and_the_others_that_of_their_upload(
    alice: User, bob: User
) -> None:
    says, silent, gone, his = old(alice), old(alice, state="failed"), old(alice), old(bob)
    today = make_photo(alice)

    done = looked(alice, FakePool({says.pk: SHOT, gone.pk: None, his.pk: SHOT}))

    assert taken(says) == SHOT
    at = timezone.localtime(silent.created_at).replace(tzinfo=None)
    assert taken(silent) == Taken(at, Source.UPLOAD, 0)
    assert taken(today) == today.taken
    assert [shot(photo) for photo in (says, silent, today)] == [PHONE, PHONE, NOTHING]
    assert [*Photo.objects.filter(camera=None)] == [gone, his]
    assert (taken(gone), taken(his)) == (None, None)
    assert done.sentence == (
        "1 of 3 photos says when it was taken. 1 was passed over: its file could not be read."
    )
    assert [*dates.unknown(alice)] == [gone]


def test_photos_that_were_dated_before_anybody_looked_for_cameras_keep_their_dates(
    alice: User,
) -> None:
    photo = make_photo(alice, camera=None)
    looked(alice, FakePool({photo.pk: SHOT}))
    assert (taken(photo), shot(photo)) == (photo.taken, PHONE)


def test_a_library_without_old_photos_has_nothing_to_look_at(alice: User) -> None:
    make_photo(alice)
    assert looked(alice, FakePool()).sentence == "0 of 0 photos say when they were taken."


def test_it_goes_chunk_by_chunk_and_goes_on_where_it_was(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "CHUNK", 2)
    photos = [old(alice) for _ in range(5)]
    pool = FakePool({photo.pk: SHOT for photo in photos[1:4]})
    looking = begun(alice)
    assert async_to_sync(looking.step)(pool)
    later = old(alice)  # It was not there when the task was asked for.

    Task.objects.update(lease_until=timezone.now())  # As when its worker is killed.
    tasks.free_expired()
    again = tasks.claim([Dates.name])
    assert again is not None
    async_to_sync(to_the_end)(Dates(again), pool)

    task = Task.objects.get(pk=looking.task.pk)
    assert (task.done, task.total, task.result) == (5, 5, {"dated": 3, "unread": 0})
    assert [photo.pk for photo in dates.unknown(alice)] == [later.pk]


def test_a_photo_that_ends_its_child_is_passed_over_alone(alice: User) -> None:
    good, bad, other = old(alice), old(alice), old(alice)
    done = looked(alice, FakePool({bad.pk: CRASH, other.pk: SHOT}))
    assert [taken(photo) is None for photo in (good, bad, other)] == [False, True, False]
    assert done.task.result == {"dated": 1, "unread": 1}


def test_without_children_the_task_waits(alice: User) -> None:
    photo = old(alice)
    looking = begun(alice)
    unavailable = ChildFailed(say("child_unavailable"), "unavailable")
    with pytest.raises(ChildFailed):
        async_to_sync(looking.step)(FakePool({photo.pk: unavailable}))
    assert taken(photo) is None


def test_a_stopped_look_writes_nothing_more(alice: User) -> None:
    photo = old(alice)
    looking = begun(alice)
    with pytest.raises(LeaseLost):
        async_to_sync(looking.step)(FakePool(before=lambda: tasks.stop(looking.task)))
    assert taken(photo) is None


def test_a_photo_that_is_analysed_meanwhile_keeps_what_that_found(alice: User) -> None:
    photo = old(alice)

    def analyse() -> None:
        analysed = Photo.objects.get(pk=photo.pk)
        analysed.taken, analysed.shot = SHOT, PHONE
        analysed.save()

    done = looked(alice, FakePool(before=analyse))
    assert taken(photo) == SHOT
    assert shot(photo) == PHONE
    assert done.task.result == {"dated": 0, "unread": 0}


def test_a_child_tells_dates_without_decoding(tmp_path: Path) -> None:
    image = Image.new("RGB", (64, 48), (200, 30, 30))
    exif = Image.Exif()
    exif[0x132] = "2019:05:03 14:02:11"
    image.save(tmp_path / "dated", "JPEG", exif=exif.tobytes())
    image.save(tmp_path / "silent", "JPEG")
    (tmp_path / "broken").write_bytes(b"no photo")
    names = ("dated", "silent", "broken", "gone")
    request = SeeDates(tuple(tmp_path / name for name in names), DEFAULT_LIMITS)
    assert request.answer(Loaded(INSTALLED)) == (
        Dated(Taken(SHOT.at, Source.CHANGED)),
        Dated(None),
        Dated(None),
        None,
    )


def test_the_settings_begin_it_and_say_nothing_of_it_afterwards(
    alice: User, as_alice: Client
) -> None:
    old(alice)
    found = old(alice)
    assert "2 of your photos are from before anybody looked" in words(
        as_alice.get(reverse("settings"))
    )

    answer = as_alice.post(reverse("look_for_dates"), follow=True)
    assert "When photos were taken" in words(answer)
    again = as_alice.post(reverse("look_for_dates"), follow=True)
    assert "Your photos are being looked at already." in words(again)

    task = tasks.claim([Dates.name])
    assert task is not None
    async_to_sync(to_the_end)(Dates(task), FakePool({found.pk: SHOT}))
    assert "look-for-dates" not in as_alice.get(reverse("settings")).content.decode()
    assert "1 of 2 photos says when it was taken." in words(as_alice.get(reverse("work")))


def test_a_stranger_begins_nothing_of_hers(alice: User, as_charlie: Client) -> None:
    photo = old(alice)
    as_charlie.post(reverse("look_for_dates"))
    assert Task.objects.get().total == 0
    assert "look-for-dates" not in as_charlie.get(reverse("settings")).content.decode()
    assert taken(photo) is None


@pytest.mark.parametrize("count", [1, 5])
def test_the_settings_ask_as_often_however_many_photos_there_are(
    alice: User, as_alice: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        old(alice)
    with django_assert_num_queries(19):
        as_alice.get(reverse("settings"))
