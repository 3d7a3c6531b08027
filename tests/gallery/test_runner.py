"""The runner: what it does with each way in which an analysis can end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, cast

import pytest
from asgiref.sync import sync_to_async
from django.contrib.auth.models import User

from analysis.errors import UnreadablePhoto
from analysis.methods import Choice
from analysis.processes import Reply, Request
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.children.requests import Analyse
from gallery.jobs import queue
from gallery.models import AnalysisJob, Face, Photo
from gallery.words import say
from gallery.worker.runner import Runner
from tests.factories import analysed, found_face, make_photo, vector

pytestmark = pytest.mark.django_db(transaction=True)

Behaviour = Callable[[Analyse], Awaitable[Any]]


class FakePool(AnalysisPool):
    """Answers as it is told to, without a child."""

    def __init__(self, behave: Behaviour) -> None:
        super().__init__(timeout=1, memory=1)
        self.behave = behave
        self.asked: list[Analyse] = []
        self.at_once = self.most_at_once = 0

    async def ask(self, request: Request[Reply]) -> Reply:
        analyse = cast(Analyse, request)
        self.asked.append(analyse)
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            return cast(Reply, await self.behave(analyse))
        finally:
            self.at_once -= 1


async def queued_photo(owner: User) -> Photo:
    return await sync_to_async(make_photo)(owner, state="queued")


async def one_face(request: Analyse) -> Any:
    return analysed(found_face(vector(1)))


async def settle() -> None:
    """Wait until everything that was started has ended."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=20)


async def run(behave: Behaviour, children: int = 1) -> FakePool:
    pool = FakePool(behave)
    Runner(pool, children).wake()
    await settle()
    return pool


async def job_of(photo: Photo) -> AnalysisJob:
    return await AnalysisJob.objects.aget(photo=photo)


async def test_every_queued_photo_is_analysed_and_done(alice: User) -> None:
    photos = [await queued_photo(alice) for _ in range(5)]

    async def slowly(request: Analyse) -> Any:
        await asyncio.sleep(0.05)
        return await one_face(request)

    pool = await run(slowly, children=2)

    assert sorted(request.path for request in pool.asked) == sorted(p.original for p in photos)
    assert pool.most_at_once == 2
    for photo in photos:
        job = await job_of(photo)
        assert (job.state, job.attempts) == ("done", 1)
        assert await Face.objects.filter(photo=photo).acount() == 1


async def test_a_permanent_error_fails_at_once_with_its_sentence(alice: User) -> None:
    photo = await queued_photo(alice)

    async def refuse(request: Analyse) -> None:
        raise UnreadablePhoto(say("unreadable"))

    await run(refuse)

    job = await job_of(photo)
    assert (job.state, job.attempts) == ("failed", 1)
    assert str(job.error) == "This file is not a photo we can read. Try a JPEG or PNG."


async def test_a_photo_is_analysed_by_the_methods_that_were_chosen_for_it(alice: User) -> None:
    photo = await queued_photo(alice)
    chosen = Choice(landmarks="dlib5")
    await AnalysisJob.objects.aupdate(choice=chosen.by_stage())

    pool = await run(one_face)

    assert [request.choice for request in pool.asked] == [chosen]
    assert (await job_of(photo)).state == "done"


async def test_a_method_that_is_gone_by_now_fails_its_photo_with_the_sentence(
    alice: User,
) -> None:
    photo = await queued_photo(alice)
    await AnalysisJob.objects.aupdate(choice={"emotion": "mine.onnx"})

    pool = await run(one_face)

    job = await job_of(photo)
    assert pool.asked == []
    assert (job.state, job.attempts) == ("failed", 1)
    assert str(job.error).startswith("There is no emotion called mine.onnx; there are ")


async def test_a_failed_child_costs_its_photo_an_attempt_and_the_others_nothing(
    alice: User,
) -> None:
    bad, good = await queued_photo(alice), await queued_photo(alice)

    async def crash_on_the_bad_one(request: Analyse) -> Any:
        if request.path == bad.original:
            raise ChildFailed(say("child_crashed"))
        return analysed()

    await run(crash_on_the_bad_one)

    job = await job_of(bad)
    assert (job.state, job.attempts, job.error) == ("queued", 1, None)
    assert job.due_at > job.queued_at
    assert (await job_of(good)).state == "done"


async def test_no_photo_pays_for_a_child_that_cannot_be_started(alice: User) -> None:
    photo = await queued_photo(alice)

    async def there_is_none(request: Analyse) -> None:
        raise ChildFailed(say("child_unavailable"), "unavailable")

    pool = await run(there_is_none)

    job = await job_of(photo)
    assert (job.state, job.attempts, job.error) == ("queued", 0, None)
    assert job.due_at > job.queued_at
    assert len(pool.asked) == 1


async def test_a_photo_that_always_crashes_its_child_ends_failed_with_the_reason(
    alice: User,
) -> None:
    photo = await queued_photo(alice)
    await AnalysisJob.objects.aupdate(attempts=2)

    async def crash(request: Analyse) -> None:
        raise ChildFailed(say("child_crashed"))

    await run(crash)

    job = await job_of(photo)
    assert job.state == "failed"
    assert str(job.error) == (
        "The analysis of this photo failed 3 times: the process that read it crashed."
    )


async def test_a_fault_of_our_own_is_tried_again(
    alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    photo = await queued_photo(alice)

    async def break_down(request: Analyse) -> None:
        raise ZeroDivisionError

    await run(break_down)

    job = await job_of(photo)
    assert (job.state, job.attempts) == ("queued", 1)
    assert "ZeroDivisionError" in caplog.text


async def test_of_a_photo_deleted_meanwhile_nothing_is_written(alice: User) -> None:
    photo = await queued_photo(alice)

    async def delete_it_first(request: Analyse) -> Any:
        await Photo.objects.filter(pk=photo.pk).adelete()
        return analysed(found_face(vector(1)))

    pool = await run(delete_it_first)

    assert len(pool.asked) == 1
    assert not await Face.objects.aexists()
    assert not photo.folder.exists()


async def test_a_job_freed_and_claimed_by_another_is_left_to_it(alice: User) -> None:
    photo = await queued_photo(alice)

    async def take_it_away(request: Analyse) -> Any:
        await AnalysisJob.objects.aupdate(lease="00000000-0000-4000-8000-000000000000")
        return analysed(found_face(vector(1)))

    await run(take_it_away)

    job = await job_of(photo)
    assert (job.state, f"{job.lease}") == ("running", "00000000-0000-4000-8000-000000000000")
    assert not await Face.objects.aexists()


async def test_a_ring_between_the_last_look_and_the_end_of_the_work_is_not_lost(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = await sync_to_async(make_photo)(alice)
    runner = Runner(FakePool(one_face), children=1)
    loop = asyncio.get_running_loop()
    look, looks = queue.claim, []

    def look_a_moment_too_early() -> queue.Claim | None:
        claim = look()
        looks.append(claim)
        if len(looks) == 1:
            queue.enqueue(photo)
            loop.call_soon_threadsafe(runner.wake)
        return claim

    monkeypatch.setattr(queue, "claim", look_a_moment_too_early)
    runner.wake()
    await settle()

    assert looks[0] is None
    assert (await job_of(photo)).state == "done"
    assert await Face.objects.acount() == 1


async def test_a_ring_while_nothing_is_due_does_nothing_and_the_next_one_works(
    alice: User,
) -> None:
    pool = FakePool(one_face)
    runner = Runner(pool, children=2)
    runner.wake()
    await settle()
    assert pool.asked == []

    photo = await queued_photo(alice)
    runner.wake()
    await settle()

    assert (await job_of(photo)).state == "done"
