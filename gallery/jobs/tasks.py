"""The only code that changes a task's state.

    QUEUED -> RUNNING -> DONE | FAILED;  RUNNING -> QUEUED again after a fault;
    QUEUED | RUNNING -> STOPPED by a human, who may have it go on.

How a worker takes and keeps a task is in `leases`. What it has done so far is saved under the lease, and
counts as a fresh start: only attempts in a row that come to nothing end a task.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone

from analysis.sentences import Sentence
from gallery.jobs import leases, wake
from gallery.jobs.leases import ATTEMPTS
from gallery.models import Task
from gallery.models.leased import ENDED_EARLY, State
from gallery.models.task import Kind, TaskQuerySet
from gallery.words import say


def enqueue(*, kind: Kind, owner: User, arguments: dict[str, Any], total: int = 0) -> Task:
    task = Task.objects.create(kind=kind, owner=owner, arguments=arguments, total=total)
    _ring()
    return task


def claim(kinds: Sequence[Kind]) -> Task | None:
    """Take the oldest due task of these kinds, or None."""
    return leases.claim(Task.objects.filter(kind__in=kinds))


def renew(task: Task) -> bool:
    """Extend the lease; False when the task is no longer this worker's."""
    return leases.renew(_held(task))


def advance(task: Task, **changes: Any) -> bool:
    """Save how far `task` has come; False, and nothing saved, when it is no longer this worker's.

    `changes` are among `cursor`, `done`, `total` and `result`. Call it inside the transaction that saves
    what was done, before anything is written.
    """
    saved = _held(task).update(attempts=0, lease_until=leases.until(), **changes)
    for name, value in changes.items():
        setattr(task, name, value)
    return bool(saved)


def finish(task: Task, result: dict[str, Any]) -> bool:
    return bool(leases.close(_held(task), State.DONE, result=result, error=None))


def fail(task: Task, reason: Sentence) -> bool:
    """End the task with a sentence for the person who asked for it."""
    return bool(leases.close(_held(task), State.FAILED, error=reason))


def retry(task: Task, reason: Sentence) -> bool:
    """Queue the task again, later each time, or fail it when its attempts are used up."""
    attempts = max(1, Task.objects.values_list("attempts", flat=True).get(pk=task.pk))
    if attempts >= ATTEMPTS:
        return fail(task, say("task_gave_up", attempts=attempts, reason=reason))
    return bool(leases.release(_held(task), due_at=leases.later(attempts)))


def hand_back(task: Task) -> bool:
    """Queue the task again without counting the attempt, which failed by no fault of its own."""
    return bool(leases.hand_back(_held(task)))


def stop(task: Task) -> bool:
    """End the task's work at a human's word; its worker notices with its next renewal."""
    return bool(leases.close(Task.objects.filter(pk=task.pk).open(), State.STOPPED))


def go_on(task: Task) -> bool:
    """Queue a task again that was stopped or that failed; it goes on where it was."""
    ended = Task.objects.filter(pk=task.pk, state__in=ENDED_EARLY)
    again = ended.update(
        state=State.QUEUED, error=None, attempts=0, due_at=timezone.now(), finished_at=None
    )
    _ring()
    return bool(again)


def free_expired() -> int:
    """Give back the tasks of workers that died; one that used up its attempts fails."""
    expired = Task.objects.all().expired()
    reason = say("task_died", attempts=ATTEMPTS)
    failed = leases.close(expired.filter(attempts__gte=ATTEMPTS), State.FAILED, error=reason)
    return failed + leases.release(expired, due_at=timezone.now())


def _held(task: Task) -> TaskQuerySet:
    return Task.objects.filter(pk=task.pk, state=State.RUNNING, lease=task.lease)


def _ring() -> None:
    transaction.on_commit(wake.ring, robust=True)
