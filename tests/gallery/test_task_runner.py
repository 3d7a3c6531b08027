"""The task runner: what it does with each way in which a task can end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User

from analysis.errors import UnusableNetwork
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.jobs import tasks
from gallery.models import Task
from gallery.models.task import Kind
from gallery.words import say
from gallery.worker import task_runner
from gallery.worker.task_runner import TaskRunner, Work
from gallery.worker.work import TaskFailed

pytestmark = pytest.mark.django_db(transaction=True)


async def enqueued(owner: User, kind: Kind = Kind.AGAIN) -> Task:
    return await database_sync_to_async(tasks.enqueue)(kind=kind, owner=owner, arguments={})


async def fresh(task: Task) -> Task:
    return await Task.objects.aget(pk=task.pk)


def runner_that(work: Work) -> TaskRunner:
    return TaskRunner(AnalysisPool(timeout=1, memory=1), dict.fromkeys(Kind, work))


async def settle() -> None:
    """Wait until everything that was started has ended."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=20)


async def run(work: Work) -> None:
    runner_that(work).wake()
    await settle()


def failing_with(error: Exception) -> Work:
    async def work(task: Task, pool: AnalysisPool) -> None:
        raise error

    return work


async def finish(task: Task, pool: AnalysisPool) -> None:
    await database_sync_to_async(tasks.finish)(task, {"changed": 3})


async def test_every_due_task_is_done(alice: User) -> None:
    waiting = [await enqueued(alice), await enqueued(alice, Kind.COMPARISON)]
    await run(finish)
    for task in waiting:
        assert ((await fresh(task)).state, (await fresh(task)).result) == ("done", {"changed": 3})


async def test_a_training_keeps_no_other_task_waiting(alice: User) -> None:
    training, other = await enqueued(alice, Kind.TRAINING), await enqueued(alice)
    ended = asyncio.Event()

    async def work(task: Task, pool: AnalysisPool) -> None:
        if task.kind == Kind.TRAINING:
            await asyncio.wait_for(ended.wait(), 20)
        await finish(task, pool)
        ended.set()

    await run(work)
    assert (await fresh(other)).finished_at < (await fresh(training)).finished_at  # type: ignore[operator]


@pytest.mark.parametrize(
    "error",
    [
        TaskFailed(say("emotion_broken", file="x.onnx")),
        UnusableNetwork(say("emotion_broken", file="x.onnx")),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_what_would_fail_again_fails_at_once_with_its_sentence(
    alice: User, error: Exception
) -> None:
    task = await enqueued(alice)
    await run(failing_with(error))
    assert ((await fresh(task)).state, f"{(await fresh(task)).error}") == (
        "failed",
        "The emotion network x.onnx cannot be run. Choose another one.",
    )


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (ChildFailed(say("child_crashed")), 1),
        (RuntimeError("a bug"), 1),
        (ChildFailed(say("child_unavailable"), "unavailable"), 0),
    ],
)
async def test_what_may_help_is_tried_again_later(
    alice: User, error: Exception, attempts: int
) -> None:
    task = await enqueued(alice)
    await run(failing_with(error))
    assert ((await fresh(task)).state, (await fresh(task)).attempts) == ("queued", attempts)


@pytest.fixture
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(task_runner, "RENEW_EVERY", 0.05)


def blocked(begun: asyncio.Event, cancelled: list[int]) -> Callable[..., object]:
    async def work(task: Task, pool: AnalysisPool) -> None:
        begun.set()
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            cancelled.append(task.pk)
            raise

    return work


@pytest.mark.usefixtures("soon")
async def test_a_human_who_stops_a_task_ends_its_work(alice: User) -> None:
    task = await enqueued(alice)
    begun, cancelled = asyncio.Event(), list[int]()
    runner_that(blocked(begun, cancelled)).wake()  # type: ignore[arg-type]
    await begun.wait()
    await database_sync_to_async(tasks.stop)(task)
    await settle()
    assert cancelled == [task.pk]
    assert (await fresh(task)).is_stopped


@pytest.mark.usefixtures("soon")
async def test_a_long_task_keeps_its_lease(alice: User) -> None:
    task = await enqueued(alice)

    async def work(task: Task, pool: AnalysisPool) -> None:
        before = (await fresh(task)).lease_until
        assert before is not None
        async with asyncio.timeout(15):  # The lease has 20 seconds.
            while (await fresh(task)).lease_until == before:
                await asyncio.sleep(0.05)
        assert (await fresh(task)).lease_until > before  # type: ignore[operator]
        await finish(task, pool)

    await run(work)
    assert (await fresh(task)).is_done
