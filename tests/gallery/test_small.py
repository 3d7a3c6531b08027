"""Walls have small pictures; those of photos from before there were any are made from thumbnails."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import cast

import pytest
from asgiref.sync import async_to_sync
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from PIL import Image

from analysis.processes import Loaded, Reply, Request
from analysis.renditions import small as made_small
from analysis.weights import INSTALLED
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.children.requests import MakeSmall
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.models import Photo, Task
from gallery.services import results, small
from gallery.words import say
from gallery.worker.work import opened
from gallery.worker.work.small import SmallPictures
from tests.factories import analysed, claimed, jpeg, make_photo

pytestmark = pytest.mark.django_db(transaction=True)


class FakePool(AnalysisPool):
    """Makes the same picture of every thumbnail that is not in `broken`, which ends the child."""

    def __init__(
        self, broken: tuple[Photo, ...] = (), before: Callable[[], object] = lambda: None
    ) -> None:
        super().__init__(timeout=1, memory=1)
        self.broken = {photo.thumbnail for photo in broken}
        self.before = before

    async def ask(self, request: Request[Reply]) -> Reply:
        await database_sync_to_async(self.before)()
        paths = cast(MakeSmall, request).thumbnails
        if self.broken.intersection(paths):
            raise ChildFailed(say("child_crashed"))
        return cast(Reply, tuple(b"small" if path.is_file() else None for path in paths))


def old(owner: User) -> Photo:
    photo = make_photo(owner, files=True, has_small=False)
    photo.small.unlink()
    return photo


def begun(user: User) -> SmallPictures:
    small.make(user=user)
    task = tasks.claim([SmallPictures.name])
    assert task is not None
    return SmallPictures(task)


async def to_the_end(making: SmallPictures, pool: AnalysisPool) -> None:
    while await making.step(pool):
        pass


def made(user: User, pool: AnalysisPool) -> SmallPictures:
    making = begun(user)
    async_to_sync(to_the_end)(making, pool)
    return SmallPictures(Task.objects.get(pk=making.task.pk))


def test_an_analysis_keeps_a_small_picture(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice, state="queued", has_small=False, files=True)
    answer = analysed()
    results.save(claim=claimed(photo), analysed=answer)
    served = as_alice.get(reverse("photo_small", args=[photo.pk]))
    assert served.content == answer.small
    assert served["Cache-Control"].startswith("private")


@pytest.mark.parametrize("size", [(640, 427), (384, 640), (640, 246), (200, 100)])
def test_a_small_picture_has_half_the_side_and_the_same_ratio(size: tuple[int, int]) -> None:
    picture = made_small(jpeg(*size))
    with Image.open(io.BytesIO(picture)) as image:
        assert image.format == "JPEG"
        assert max(image.size) == min(320, max(size))
        assert image.width / image.height == pytest.approx(size[0] / size[1], rel=0.02)


def test_old_photos_show_their_thumbnails_until_small_ones_are_made(
    alice: User, bob: User, as_alice: Client
) -> None:
    photo, gone, his, failed = old(alice), old(alice), old(bob), make_photo(alice, state="failed")
    gone.thumbnail.unlink()
    address = reverse("photo_small", args=[photo.pk])
    assert as_alice.get(address).content == photo.thumbnail.read_bytes()
    assert address not in as_alice.get(reverse("library")).content.decode()

    done = made(alice, FakePool())

    assert as_alice.get(address).content == b"small"
    assert address in as_alice.get(reverse("library")).content.decode()
    assert done.sentence == "1 picture made. 1 was passed over: its file could not be read."
    kept = dict(Photo.objects.values_list("pk", "has_small"))
    assert kept == {photo.pk: True, gone.pk: False, his.pk: False, failed.pk: False}


def test_a_thumbnail_that_ends_its_child_is_passed_over_alone(alice: User) -> None:
    good, bad, other = old(alice), old(alice), old(alice)
    done = made(alice, FakePool((bad,)))
    assert [photo.small.exists() for photo in (good, bad, other)] == [True, False, True]
    assert done.task.result == {"unread": 1}


def test_it_goes_on_where_it_was(alice: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opened, "CHUNK", 2)
    photos = [old(alice) for _ in range(5)]
    making = begun(alice)
    assert async_to_sync(making.step)(FakePool())
    taken_over = SmallPictures(Task.objects.get(pk=making.task.pk))
    assert taken_over.task.done == 2
    async_to_sync(to_the_end)(taken_over, FakePool())
    assert all(Photo.objects.get(pk=photo.pk).has_small for photo in photos)


def test_a_stopped_task_writes_nothing_more(alice: User) -> None:
    photo = old(alice)
    making = begun(alice)
    with pytest.raises(LeaseLost):
        async_to_sync(making.step)(FakePool(before=lambda: tasks.stop(making.task)))
    assert not photo.small.exists()
    assert [*small.lacking(alice)] == [photo]


def test_a_child_makes_small_pictures_of_what_it_can_read(tmp_path: Path) -> None:
    (tmp_path / "good").write_bytes(jpeg(640, 480))
    (tmp_path / "broken").write_bytes(b"no picture")
    paths = tuple(tmp_path / name for name in ("good", "broken", "gone"))
    good, broken, gone = MakeSmall(paths).answer(Loaded(INSTALLED))
    assert good is not None
    assert good.startswith(b"\xff\xd8")
    assert (broken, gone) == (None, None)


def test_the_settings_offer_it_while_photos_lack_one(alice: User, as_alice: Client) -> None:
    old(alice)
    sentence = "1 of your photos is from before walls had small pictures"
    assert sentence in as_alice.get(reverse("settings")).content.decode()
    page = as_alice.post(reverse("make_small_pictures"), follow=True).content.decode()
    assert "Small pictures for phones and slow lines" in page
    again = as_alice.post(reverse("make_small_pictures"), follow=True).content.decode()
    assert "These pictures are being made already." in again
    task = tasks.claim([SmallPictures.name])
    assert task is not None
    async_to_sync(to_the_end)(SmallPictures(task), FakePool())
    assert sentence not in as_alice.get(reverse("settings")).content.decode()


def test_a_stranger_gets_404_for_a_small_picture(alice: User, as_charlie: Client) -> None:
    photo = make_photo(alice, files=True)
    assert as_charlie.get(reverse("photo_small", args=[photo.pk])).status_code == 404
