"""The task runner: what it does with each way in which a task can end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from itertools import pairwise

import pytest
from channels.db import database_sync_to_async
from django.contrib.auth.models import User

from analysis.errors import UnusableNetwork
from gallery import kinds
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.jobs import tasks
from gallery.kinds import TaskFailed, Work
from gallery.models import Task
from gallery.services import turns
from gallery.words import say
from gallery.worker import task_runner
from gallery.worker.task_runner import TaskRunner
from tests.counting import counting

pytestmark = pytest.mark.django_db(transaction=True)

Step = Callable[[Task], Awaitable[bool]]


@pytest.fixture(autouse=True)
def kinds_as_they_were(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kinds, "KINDS", kinds.KINDS.copy())


async def enqueued(owner: User, kind: str = "emotions") -> Task:
    arguments = {"network": "mine", "name": kind}
    return await database_sync_to_async(tasks.enqueue)(
        kind=kind, owner=owner, arguments=arguments, total=9
    )


async def fresh(task: Task) -> Task:
    return await Task.objects.aget(pk=task.pk)


def runner_that(step: Step) -> TaskRunner:
    """Return a runner for which every kind's step is `step`."""
    kinds.KINDS.update({name: doing(kind, step) for name, kind in kinds.KINDS.items()})
    return TaskRunner(AnalysisPool(timeout=1, memory=1))


def doing(kind: type[Work], step: Step) -> type[Work]:
    async def its_step(self: Work, pool: AnalysisPool) -> bool:
        return await step(self.task)

    return type(kind.__name__, (kind,), {"step": its_step})


async def settle() -> None:
    """Wait until everything that was started has ended."""
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=20)


async def run(step: Step) -> None:
    runner_that(step).wake()
    await settle()


def failing_with(error: Exception) -> Step:
    async def step(task: Task) -> bool:
        raise error

    return step


async def finish(task: Task) -> bool:
    await database_sync_to_async(tasks.finish)(task, {"changed": 3})
    return False


async def test_every_due_task_is_done(alice: User) -> None:
    waiting = [await enqueued(alice), await enqueued(alice, "comparison")]
    await run(finish)
    for task in waiting:
        assert ((await fresh(task)).state, (await fresh(task)).result) == ("done", {"changed": 3})


async def test_a_task_leaves_the_database_to_others_between_two_steps(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enqueued(alice)
    monkeypatch.setattr(turns, "gap", lambda took: 0.05)
    times: list[float] = []

    async def step(task: Task) -> bool:
        times.append(time.monotonic())
        return len(times) < 3 or await finish(task)

    await run(step)
    assert [later - before >= 0.05 for before, later in pairwise(times)] == [True, True]


@pytest.mark.parametrize(
    ("long", "quick"), [("training", "emotions"), ("training", "intake"), ("emotions", "intake")]
)
async def test_what_takes_long_keeps_nothing_waiting_that_does_not(
    alice: User, bob: User, long: str, quick: str
) -> None:
    first, other = await enqueued(alice, long), await enqueued(bob, quick)
    ended = asyncio.Event()

    async def step(task: Task) -> bool:
        if task.kind == long:
            await asyncio.wait_for(ended.wait(), 20)
        await finish(task)
        ended.set()
        return False

    await run(step)
    assert (await fresh(other)).finished_at < (await fresh(first)).finished_at  # type: ignore[operator]


@pytest.mark.usefixtures("can_count")
async def test_an_owner_whose_turn_is_long_lets_another_go_first(
    alice: User, bob: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(task_runner, "TURN", 0)
    hers = [await database_sync_to_async(counting)(alice) for _ in range(2)]
    his = await database_sync_to_async(counting)(bob, 3)
    TaskRunner(AnalysisPool(timeout=1, memory=1)).wake()
    await settle()
    ends = [(await fresh(task)).finished_at for task in (his, *hers)]
    assert sorted(ends) == ends  # type: ignore[type-var]
    assert [(await fresh(task)).result["last"] for task in (his, *hers)] == [3, 10, 10]


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
        "x.onnx cannot be run. Choose another one.",
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


def blocked(begun: asyncio.Event, cancelled: list[int]) -> Step:
    async def step(task: Task) -> bool:
        begun.set()
        try:
            await asyncio.sleep(20)
        except asyncio.CancelledError:
            cancelled.append(task.pk)
            raise
        return False

    return step


@pytest.mark.usefixtures("soon")
async def test_a_human_who_stops_a_task_ends_its_work(alice: User) -> None:
    task = await enqueued(alice)
    begun, cancelled = asyncio.Event(), list[int]()
    runner_that(blocked(begun, cancelled)).wake()
    await begun.wait()
    await database_sync_to_async(tasks.stop)(task)
    await settle()
    assert cancelled == [task.pk]
    assert (await fresh(task)).is_stopped


@pytest.mark.usefixtures("soon")
async def test_a_long_task_keeps_its_lease(alice: User) -> None:
    task = await enqueued(alice)

    async def step(task: Task) -> bool:
        before = (await fresh(task)).lease_until
        assert before is not None
        async with asyncio.timeout(15):  # The lease has 20 seconds.
            while (await fresh(task)).lease_until == before:
                await asyncio.sleep(0.05)
        assert (await fresh(task)).lease_until > before  # type: ignore[operator]
        return await finish(task)

    await run(step)
    assert (await fresh(task)).is_done
