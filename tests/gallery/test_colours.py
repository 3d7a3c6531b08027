"""Photos from before colours were converted are opened, and those that are not sRGB offered again."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
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

from analysis.limits import DEFAULT_LIMITS
from analysis.methods import DEFAULT
from analysis.processes import Loaded, Reply, Request
from analysis.weights import INSTALLED
from gallery import kinds
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.children.requests import SeeColours
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.models import AnalysisJob, Photo, Task
from gallery.services import colours, renewal
from gallery.words import say
from gallery.worker.work import opened
from gallery.worker.work.colours import Colours
from gallery.worker.work.renewal import ask_for_more
from tests.analysis import icc
from tests.factories import METHODS, make_photo

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = {name: made for name, made in METHODS.items() if name != "colour"}
P3 = METHODS | {"unconverted": "Display P3"}
del P3["colour"]
CRASH = ChildFailed(say("child_crashed"))


class FakePool(AnalysisPool):
    """Says of each photo what it is told to; `before` is called ahead of each answer."""

    def __init__(
        self,
        said: dict[int, str | Exception | None] | None = None,
        before: Callable[[], object] = lambda: None,
    ) -> None:
        super().__init__(timeout=1, memory=1)
        self.said = {Photo.objects.get(pk=key).original: one for key, one in (said or {}).items()}
        self.before = before
        self.asked: list[Sequence[Path]] = []

    async def ask(self, request: Request[Reply]) -> Reply:
        paths = cast(SeeColours, request).paths
        self.asked.append(paths)
        await database_sync_to_async(self.before)()
        answers = [self.said.get(path, "") for path in paths]
        for answer in answers:
            if isinstance(answer, Exception):
                raise answer
        return cast(Reply, tuple(answers))


def old(owner: User, **fields: Any) -> Photo:
    return make_photo(owner, **({"methods": BEFORE} | fields))


def kept(photo: Photo) -> dict[str, str]:
    """Return what the database has of a photo's methods by now."""
    methods: dict[str, str] = Photo.objects.get(pk=photo.pk).methods
    return methods


def begun(user: User) -> Colours:
    colours.look(user=user)
    task = tasks.claim([Colours.name])
    assert task is not None
    return Colours(task)


async def to_the_end(looking: Colours, pool: AnalysisPool) -> None:
    while await looking.step(pool):
        pass


def looked(user: User, pool: AnalysisPool) -> Colours:
    looking = begun(user)
    async_to_sync(to_the_end)(looking, pool)
    return Colours(Task.objects.get(pk=looking.task.pk))


def words(answer: Any) -> str:
    page = re.sub(r"<[^>]+>", " ", answer.content.decode())
    return html.unescape(re.sub(r"\s+", " ", page))


def test_photos_that_are_srgb_are_up_to_date_and_the_others_are_kept_in_mind(
    alice: User, bob: User
) -> None:
    srgb, other, gone, his = old(alice), old(alice), old(alice), old(bob)
    today, waits = make_photo(alice), old(alice, state="queued")

    done = looked(alice, FakePool({other.pk: "Display P3", gone.pk: None}))

    assert kept(srgb) == METHODS
    assert kept(other) == P3
    for photo in (gone, his, waits):
        assert kept(photo) == BEFORE
    assert kept(today) == METHODS
    assert done.sentence == (
        "1 of 3 photos has other colours than sRGB. 1 was passed over: its file could not be read."
    )
    assert [*colours.unknown(alice)] == [gone]
    assert [*colours.unconverted(alice)] == [other]
    assert {*renewal.made_otherwise(alice)} == {other, gone}


def test_a_library_without_old_photos_has_nothing_to_look_at(alice: User) -> None:
    make_photo(alice)
    assert looked(alice, FakePool()).sentence == "0 of 0 photos have other colours than sRGB."


def test_it_goes_chunk_by_chunk_and_goes_on_where_it_was(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened, "CHUNK", 2)
    photos = [old(alice) for _ in range(5)]
    pool = FakePool({photo.pk: "Display P3" for photo in photos[1:4]})
    looking = begun(alice)
    assert async_to_sync(looking.step)(pool)
    assert looking.task.cursor == photos[1].pk
    later = old(alice)  # It was not there when the task was asked for.

    Task.objects.update(lease_until=timezone.now())  # As when its worker is killed.
    tasks.free_expired()
    again = tasks.claim([Colours.name])
    assert again is not None
    async_to_sync(to_the_end)(Colours(again), pool)

    originals = [photo.original for photo in photos]
    assert [*map(list, pool.asked)] == [originals[:2], originals[2:4], originals[4:]]
    task = Task.objects.get(pk=looking.task.pk)
    assert (task.done, task.total, task.result) == (5, 5, {"others": 3, "unread": 0})
    assert kept(later) == BEFORE


def test_a_photo_that_ends_its_child_is_passed_over_alone(alice: User) -> None:
    good, bad, other = old(alice), old(alice), old(alice)
    done = looked(alice, FakePool({bad.pk: CRASH, other.pk: "Adobe RGB"}))
    assert [kept(photo).get("colour") for photo in (good, bad, other)] == [
        "sRGB", None, None,
    ]  # fmt: skip
    assert done.task.result == {"others": 1, "unread": 1}


def test_without_children_the_task_waits(alice: User) -> None:
    photo = old(alice)
    looking = begun(alice)
    unavailable = ChildFailed(say("child_unavailable"), "unavailable")
    with pytest.raises(ChildFailed):
        async_to_sync(looking.step)(FakePool({photo.pk: unavailable}))
    assert kept(photo) == BEFORE


def test_a_stopped_look_writes_nothing_more(alice: User) -> None:
    photo = old(alice)
    looking = begun(alice)
    with pytest.raises(LeaseLost):
        async_to_sync(looking.step)(FakePool(before=lambda: tasks.stop(looking.task)))
    assert kept(photo) == BEFORE


def test_a_photo_that_is_analysed_meanwhile_keeps_what_that_found(alice: User) -> None:
    photo = old(alice)
    now = METHODS | {"colour": "Display P3 to sRGB"}

    def analyse() -> None:
        Photo.objects.filter(pk=photo.pk).update(methods=now)

    done = looked(alice, FakePool({photo.pk: "Display P3"}, before=analyse))
    assert kept(photo) == now
    assert done.task.result == {"others": 0, "unread": 0}


def test_a_child_tells_profiles_without_decoding(tmp_path: Path) -> None:
    image = Image.new("RGB", (64, 48), (200, 30, 30))
    image.save(tmp_path / "plain", "JPEG")
    image.save(tmp_path / "p3", "JPEG", icc_profile=icc.display_p3())
    (tmp_path / "broken").write_bytes(b"no photo")
    names = ("plain", "p3", "broken", "gone")
    request = SeeColours(tuple(tmp_path / name for name in names), DEFAULT_LIMITS)
    assert request.answer(Loaded(INSTALLED)) == ("", "Display P3", None, None)


def test_the_settings_begin_it_and_offer_what_it_found(alice: User, as_alice: Client) -> None:
    old(alice)
    found = old(alice)
    assert "2 of your photos are from before colours" in words(as_alice.get(reverse("settings")))

    answer = as_alice.post(reverse("look_at_colours"), follow=True)
    assert "Photos in other colours than sRGB" in words(answer)
    again = as_alice.post(reverse("look_at_colours"), follow=True)
    assert "Your photos are being looked at already." in words(again)

    task = tasks.claim([Colours.name])
    assert task is not None
    async_to_sync(to_the_end)(Colours(task), FakePool({found.pk: "Display P3"}))
    for page in (reverse("settings"), reverse("task", args=[task.pk])):
        assert "Analyse 1 photo again" in words(as_alice.get(page))
    assert "from before colours" not in words(as_alice.get(reverse("settings")))
    assert "1 of 2 photos has other colours than sRGB." in words(as_alice.get(reverse("work")))


def test_nothing_is_offered_where_all_is_srgb(alice: User, as_alice: Client) -> None:
    make_photo(alice)
    task = looked(alice, FakePool()).task
    for page in (reverse("settings"), reverse("task", args=[task.pk])):
        assert "renew-unconverted" not in as_alice.get(page).content.decode()


def test_the_photo_says_from_what_it_was_not_converted(alice: User, as_alice: Client) -> None:
    photo = make_photo(alice, methods=P3)
    assert "colours not converted from Display P3." in words(as_alice.get(photo.get_absolute_url()))


def test_a_stranger_sees_neither_the_task_nor_the_photos(alice: User, as_charlie: Client) -> None:
    task = looked(alice, FakePool({old(alice).pk: "Display P3"})).task
    assert as_charlie.get(reverse("task", args=[task.pk])).status_code == 404
    assert "renew-unconverted" not in as_charlie.get(reverse("settings")).content.decode()


@pytest.mark.parametrize("count", [1, 5])
def test_the_settings_ask_as_often_however_many_photos_there_are(
    alice: User, as_alice: Client, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        old(alice)
        make_photo(alice, methods=P3)
    with django_assert_num_queries(19):
        as_alice.get(reverse("settings"))


def test_what_was_found_is_analysed_again_by_the_methods_that_it_was_made_by(alice: User) -> None:
    plain, chosen, gone = [make_photo(alice, methods=P3) for _ in range(3)]
    make_photo(alice)
    jobs = AnalysisJob.objects
    jobs.filter(photo=chosen).update(chosen={"detector": "hog"})
    jobs.filter(photo=gone).update(chosen={"emotion": "was deleted"})

    renewal.begin(user=alice, which="unconverted")
    task = tasks.claim(["renewal"])
    assert task is not None
    assert ask_for_more(task)
    while ask_for_more_after_analysis(task):
        pass

    queued = {job.photo_id: (job.choice, job.chosen) for job in jobs.all()}
    today = DEFAULT.by_stage()
    assert queued[plain.pk] == queued[gone.pk] == (today, {})
    assert queued[chosen.pk] == (today | {"detector": "hog"}, {"detector": "hog"})
    assert kinds.of(Task.objects.get(pk=task.pk)).sentence == "3 photos were analysed again."


def ask_for_more_after_analysis(task: Task) -> bool:
    waiting = AnalysisJob.objects.open()
    Photo.objects.filter(job__in=waiting).update(methods=METHODS)
    waiting.update(state="done")
    return ask_for_more(task)
