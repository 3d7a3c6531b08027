"""A kind of task that the site does not have, as one would be added: it counts, three at a time."""

from __future__ import annotations

from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User

from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, Work
from gallery.models import Task


class Counting(Work):
    """Counting to `total`, once an owner at a time."""

    name = "counting"
    lane = Lane.LIBRARY
    unit = "numbers"
    taken = "You are counting already."

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return f"counting {owner.pk}" if arguments.get("alone") else ""

    @property
    def title(self) -> str:
        return f"Counting to {self.task.total}"

    @property
    def outcome(self) -> str:
        return f"Counted to {self.task.result['last']}."

    async def step(self, pool: AnalysisPool) -> bool:
        done = min(self.task.done + 3, self.task.total)
        if done == self.task.done:
            await database_sync_to_async(tasks.finish)(self.task, {"last": done})
            return False
        if not await database_sync_to_async(tasks.advance)(self.task, done=done):
            raise LeaseLost
        return True


def counting(owner: User, total: int = 10, **arguments: Any) -> Task:
    return tasks.enqueue(kind="counting", owner=owner, arguments=arguments, total=total)
