"""Claims due tasks and has them done, step by step: one of each lane at a time in each process."""

from __future__ import annotations

import asyncio
import logging
import time

from channels.db import database_sync_to_async
from django.conf import settings

from analysis.errors import AnalysisError
from gallery import installed, kinds, outages
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, TaskBusy, TaskFailed
from gallery.models import Task
from gallery.services import turns
from gallery.words import say

log = logging.getLogger(__name__)
RENEW_EVERY = 2.0  # seconds; a human who stops a task waits no longer
IDLE = 60.0
TURN = 30.0  # seconds, after which another owner comes first; a child to tell emotions takes 2 to start


class TurnEnded(Exception):
    """Other owners wait for their turn."""


class TaskRunner:
    """One a process; any number of processes share the table."""

    def __init__(self, pool: AnalysisPool) -> None:
        self.pool = pool
        self._working: dict[Lane, asyncio.Task[None]] = {}

    @classmethod
    def from_settings(cls) -> TaskRunner:
        memory = settings.ANALYSIS_MEMORY_MB * 2**20
        return cls(AnalysisPool(settings.ANALYSIS_TIMEOUT, memory, installed.weights()))

    def wake(self) -> None:
        """Have each lane that has nothing to do look for a due task."""
        self.pool.stop_idle(IDLE)
        for lane in Lane:
            if lane not in self._working or self._working[lane].done():
                self._working[lane] = asyncio.create_task(self._work(lane))

    async def _work(self, lane: Lane) -> None:
        try:
            names = kinds.in_lane(lane)
            while (task := await database_sync_to_async(tasks.claim)(names)) is not None:
                await self._run(task)
        except outages.DATABASE_ERRORS as error:
            outages.DATABASE.begin(error)
        except Exception:
            # The lease of a claimed task runs out, and the next bell tries again.
            log.exception("A task could not be claimed or closed.")

    async def _run(self, task: Task) -> None:
        try:
            await self._do(task)
        except asyncio.CancelledError:
            # The site is about to end: that is no fault of the task.
            await database_sync_to_async(tasks.hand_back)(task)
            raise
        except Exception as error:
            await database_sync_to_async(settle)(task, error)
        else:
            outages.CHILDREN.end()

    async def _do(self, task: Task) -> None:
        working = asyncio.create_task(self._steps(task))
        try:
            while not (await asyncio.wait([working], timeout=RENEW_EVERY))[0]:
                if not await database_sync_to_async(tasks.renew)(task):
                    raise LeaseLost
        finally:
            working.cancel()  # Does nothing once it is done.
            await asyncio.wait([working])
        working.result()

    async def _steps(self, task: Task) -> None:
        work = kinds.of(task)
        names = kinds.in_lane(work.lane)
        began = turn_began = time.monotonic()
        while await work.step(self.pool):
            await asyncio.sleep(turns.gap(time.monotonic() - turn_began))
            turn_began = time.monotonic()
            # Only between two steps, when all that was done is saved.
            if time.monotonic() - began < TURN:
                continue
            if await database_sync_to_async(tasks.others_wait)(task, names):
                raise TurnEnded


def settle(task: Task, error: Exception) -> None:
    """Close or queue again a task that went wrong, as another try might help or not."""
    attempt = f"Task {task.pk} ({task.kind})"
    match error:
        case LeaseLost():
            log.info("%s: stopped, or taken over by another process.", attempt)
        case TurnEnded():
            tasks.pass_on(task)
        case TaskFailed() | AnalysisError():
            tasks.fail(task, error.sentence)
        case TaskBusy():
            tasks.hand_back(task)
        case ChildFailed(code="unavailable"):
            outages.CHILDREN.begin(error)
            tasks.hand_back(task)
        case ChildFailed():
            log.warning("%s: %s", attempt, error)
            tasks.retry(task, error.clause)
        case _:
            log.error("%s", attempt, exc_info=error)
            tasks.retry(task, say("broken", name=type(error).__name__))
