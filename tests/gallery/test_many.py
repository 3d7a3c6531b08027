"""One thing is done with more photos than anybody waits for: by a task, in parts, and undone as one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery import kinds, lists
from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane
from gallery.models import Action, Album, AlbumPhoto, BinnedPhoto, Photo, Selection, Task
from gallery.services import albums, many, photo_words, rederiving, saying
from tests.factories import make_photo

ADDRESS = "/photos/chosen/"


@pytest.fixture(autouse=True)
def few_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, size in {"AT_ONCE": 3, "FIRST": 2, "MOST": 3}.items():
        monkeypatch.setattr(many, name, size)


@pytest.fixture
def keys(alice: User) -> list[int]:
    return [make_photo(alice).pk for _ in range(8)]


def do(client: Client, what: str, keys: list[int], **said: Any) -> str:
    said = {"do": what, "photo": keys, **said}
    return client.post(ADDRESS, said, follow=True).content.decode()


def claimed() -> Task:
    task = tasks.claim(kinds.in_lane(Lane.SAID))
    assert task is not None
    return task


def steps(task: Task) -> Iterator[bool]:
    """Do the task's steps, one after each `next`, in this very transaction."""
    step = {many.KIND: many.step, saying.KIND: many.undo_more}[task.kind]
    while step(task):
        yield True


def work_off() -> str:
    """Do all that is due; return how the last task tells of it."""
    while task := tasks.claim(kinds.in_lane(Lane.SAID)):
        for _ in steps(task):
            pass
    task = Task.objects.latest("pk")
    assert task.is_done
    return kinds.of(task).sentence


def favourites() -> int:
    return Photo.objects.filter(is_favourite=True).count()


def test_the_first_are_done_at_once_and_the_rest_by_a_task(
    alice: User, as_alice: Client, keys: list[int]
) -> None:
    page = do(as_alice, "favourite", keys)
    assert "Making photos favourites: 8 photos. It goes on under Work." in page
    assert favourites() == 2
    assert "Waits for its turn, 2 of 8 photos done." in as_alice.get("/work/").content.decode()

    assert work_off() == "8 photos are favourites."

    assert favourites() == 8
    assert not Selection.objects.exists()
    assert [done.sentence for done in lists.done.latest(alice)] == ["8 photos are favourites."]
    assert saying.last(alice) == Action.objects.first()


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("keyword", {"keyword": "sea, summer"}),
        ("date", {"year": "1987", "month": "6"}),
        ("date", {"shift": "yes", "direction": "-1", "hours": "2"}),
        ("caption", {"caption": "At sea"}),
        ("album", {"name": "Trip"}),
        ("delete", {}),
    ],
)
def test_whatever_is_done_with_many_is_undone_and_done_again_as_one(
    alice: User, as_alice: Client, keys: list[int], what: str, said: dict[str, str]
) -> None:
    Photo.objects.update(taken_at=datetime(2019, 5, 3), taken_from="exif", taken_offset=None)
    before = everything()
    do(as_alice, what, keys, **said)
    work_off()
    after = everything()
    assert len(after - before) + len(before - after) >= 8
    assert rederiving.differences(alice.roster) == []

    as_alice.post(reverse("undo_last"))
    assert everything() != before
    assert work_off() == "Undone."
    assert everything() == before
    assert rederiving.differences(alice.roster) == []

    action = Action.objects.whole().earliest("pk")
    as_alice.post(reverse("redo", args=[action.pk]))
    assert work_off() == "Done again."
    assert everything() == after


def everything() -> set[tuple[Any, ...]]:
    """Return what humans said of photos, as pages read it."""
    columns = (
        "pk",
        "taken_at",
        "taken_to",
        "taken_from",
        "caption",
        "is_favourite",
        "keywords__word",
    )
    return {
        *Photo.objects.values_list(*columns),
        *BinnedPhoto.objects.values_list("pk"),
        *AlbumPhoto.objects.values_list("album", "photo", "position"),
    }


def test_photos_stand_in_an_album_as_they_were_chosen(
    alice: User, as_alice: Client, keys: list[int]
) -> None:
    album = albums.create(owner=alice, name="Trip", photos=keys[:1])

    do(as_alice, "album", keys, album=album.pk)
    work_off()

    rows = AlbumPhoto.objects.filter(album=album).order_by("position")
    assert [*rows.values_list("photo", flat=True)] == keys
    do(as_alice, "out", keys, within=album.pk)
    assert work_off() == "8 photos were taken out of the album “Trip”."
    assert not rows.exists()


def test_stopped_it_keeps_what_is_done_and_goes_on_from_there(
    as_alice: Client, keys: list[int]
) -> None:
    do(as_alice, "favourite", keys)
    task = claimed()
    next(steps(task))
    as_alice.post(reverse("stop_task", args=[task.pk]))
    with pytest.raises(LeaseLost):
        next(steps(task))

    assert favourites() == 4
    as_alice.post(reverse("go_on_task", args=[task.pk]))
    assert work_off() == "8 photos are favourites."


def test_whoever_takes_over_from_a_killed_worker_goes_on_where_it_was(
    as_alice: Client, keys: list[int]
) -> None:
    do(as_alice, "favourite", keys)
    next(steps(claimed()))
    Task.objects.update(lease_until="2000-01-01T00:00Z")
    tasks.free_expired()

    assert work_off() == "8 photos are favourites."
    assert (favourites(), Action.objects.whole().count()) == (8, 1)


def test_what_is_undone_meanwhile_does_not_go_on(as_alice: Client, keys: list[int]) -> None:
    do(as_alice, "favourite", keys)
    task = claimed()
    next(steps(task))
    as_alice.post(reverse("undo_last"))
    assert favourites() == 2

    assert [*steps(task)] == []
    task.refresh_from_db()
    assert kinds.of(task).sentence == "It was undone before it was through."
    work_off()
    assert favourites() == 0


def test_what_is_said_of_a_photo_meanwhile_stays(
    alice: User, as_alice: Client, keys: list[int]
) -> None:
    do(as_alice, "favourite", keys)
    photo_words.like(owner=alice, photos=keys[-2:], is_favourite=True)
    photo_words.like(owner=alice, photos=keys[-1:], is_favourite=False)
    work_off()
    assert favourites() == 7

    as_alice.post(reverse("undo", args=[Action.objects.earliest("pk").pk]))
    assert work_off() == "Undone."
    assert favourites() == 1


def test_what_is_said_later_stays_as_the_rest_is_undone(
    alice: User, as_alice: Client, keys: list[int]
) -> None:
    do(as_alice, "caption", keys, caption="At sea")
    work_off()
    photo_words.caption(owner=alice, photos=keys[:3], text="At home")

    as_alice.post(reverse("undo", args=[Action.objects.earliest("pk").pk]))

    assert work_off() == "Undone. Of 1 something else was said since, which stays."
    assert Photo.objects.filter(caption="At home").count() == 3
    assert Photo.objects.filter(caption="").count() == 5


@pytest.mark.django_db(transaction=True)
def test_an_album_that_is_gone_meanwhile_ends_it_with_a_sentence(
    alice: User, as_alice: Client, keys: list[int]
) -> None:
    album = albums.create(owner=alice, name="Trip")
    do(as_alice, "album", keys, album=album.pk)
    albums.delete(album=Album.objects.get(pk=album.pk))

    pool = AnalysisPool(timeout=1, memory=1)
    with pytest.raises(kinds.TaskFailed) as failed:
        async_to_sync(kinds.of(claimed()).step)(pool)

    assert (
        f"{failed.value.sentence}"
        == "The album is not there any more, or is not open to you any more."
    )


def test_what_is_refused_is_refused_before_anything_is_begun(
    as_alice: Client, keys: list[int]
) -> None:
    assert "This day is in the future." in do(as_alice, "date", keys, on="2999-01-01")
    assert not Task.objects.exists()
    assert not Action.objects.exists()


def test_what_was_so_already_of_the_first_is_told_once_it_is_otherwise(
    alice: User, as_alice: Client, keys: list[int]
) -> None:
    photo_words.like(owner=alice, photos=keys[:4], is_favourite=True)
    do(as_alice, "favourite", keys)
    assert work_off() == "4 photos are favourites."

    as_alice.post(reverse("undo_last"))
    work_off()
    assert favourites() == 4
