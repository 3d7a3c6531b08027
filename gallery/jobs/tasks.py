"""The only code that changes a task's state.

    QUEUED -> RUNNING -> DONE | FAILED;  RUNNING -> QUEUED again after a fault;
    QUEUED | RUNNING -> STOPPED by a human, who may have it go on.

How a worker takes and keeps a task is in `leases`. What it has done so far is saved under the lease, and
counts as a fresh start: only attempts in a row that come to nothing end a task.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.db.models import F, Max, OuterRef, Q, Subquery
from django.utils import timezone

from analysis.sentences import Sentence
from gallery import kinds
from gallery.jobs import leases, wake
from gallery.jobs.leases import ATTEMPTS
from gallery.kinds import TaskRefused
from gallery.live import events
from gallery.models import Task
from gallery.models.leased import ENDED_EARLY, OPEN, State
from gallery.models.task import TaskQuerySet
from gallery.words import say

# Of the newest measurement in the pace: chunks differ by half, and a time left that jumps is not believed.
NEWEST = 0.2


def visible_to(user: User | AnonymousUser) -> TaskQuerySet:
    """Return the tasks that `user` may see and stop: their own, and administrators each other's."""
    for_administrators = [one.name for one in kinds.KINDS.values() if one.for_administrators]
    # Another version may have left rows of a kind that there is not here.
    known = Task.objects.filter(kind__in=kinds.KINDS)
    if user.is_staff:
        return known.filter(Q(owner_id=user.pk) | Q(kind__in=for_administrators))
    return known.filter(owner_id=user.pk).exclude(kind__in=for_administrators)


def unfinished() -> TaskQuerySet:
    """Return what is under way, and what ended early and keeps something to go on with."""
    keeping = [one.name for one in kinds.KINDS.values() if one.keeps]
    known = Task.objects.filter(kind__in=kinds.KINDS)
    return known.filter(Q(state__in=OPEN) | Q(kind__in=keeping, state__in=ENDED_EARLY))


def enqueue(*, kind: str, owner: User, arguments: dict[str, Any], total: int = 0) -> Task:
    """Queue a task of the kind called so; raises TaskRefused while one with the same key is open."""
    work = kinds.KINDS[kind]
    key = work.key(owner, arguments)
    try:
        # A savepoint: PostgreSQL refuses all that follows a failed statement in the caller's transaction.
        with transaction.atomic():
            task = Task.objects.create(
                kind=kind, key=key, owner=owner, arguments=arguments, total=total
            )
    except IntegrityError as error:
        if not key:  # Then it was another constraint.
            raise
        raise TaskRefused(f"{work.taken}") from error
    _tell([owner.pk])
    _ring()
    return task


def begin_anew(
    *,
    kind: str,
    owner: User,
    arguments: dict[str, Any],
    total: int = 0,
    forgets: Collection[str] = (),
) -> bool:
    """Have the open task with the same key begin from the start; False where there is none.

    Of its result it `forgets` what it will come by again. Only for kinds whose steps read `cursor`, `done`
    and `result` from the row: a worker may be at it.
    """
    key = kinds.KINDS[kind].key(owner, arguments)
    same = Task.objects.filter(kind=kind, key=key).open()
    begun = 0
    for task in same:
        result = {name: value for name, value in task.result.items() if name not in forgets}
        again = Task.objects.filter(pk=task.pk).open()
        begun += again.update(cursor=0, done=0, total=total, result=result)
    _tell([owner.pk])
    return bool(begun)


def claim(names: Collection[str]) -> Task | None:
    """Take a due task of the kinds called so, or None: of the owner whose last turn is longest ago."""
    # Turns of tasks that have ended count too, or who begins many small ones would always be first.
    turns = Task.objects.filter(owner=OuterRef("owner"), kind__in=names).order_by().values("owner")
    last_turn = Subquery(turns.annotate(began=Max("started_at")).values("began"))
    waiting = Task.objects.filter(kind__in=names).annotate(last_turn=last_turn)
    task = leases.claim(waiting, (F("last_turn").asc(nulls_first=True), "due_at", "pk"))
    if task is not None:
        _tell([task.owner_id])
    return task


def others_wait(task: Task, names: Collection[str]) -> bool:
    """Whether other owners' tasks of these kinds are due."""
    return Task.objects.filter(kind__in=names).due().exclude(owner=task.owner_id).exists()


def pass_on(task: Task) -> bool:
    """Queue the task again for its next turn, which another owner's comes before."""
    return _told(task, leases.release(_held(task), due_at=timezone.now()))


def renew(task: Task) -> bool:
    """Extend the lease; False when the task is no longer this worker's."""
    return leases.renew(_held(task))


def advance(task: Task, **changes: Any) -> bool:
    """Save how far `task` has come; False, and nothing saved, when it is no longer this worker's.

    `changes` are among `cursor`, `done`, `total` and `result`. Call it inside the transaction that saves
    what was done, before anything is written.
    """
    if changes.get("done", 0) > task.done:
        changes |= _pace(task, changes["done"], timezone.now())
    saved = _held(task).update(attempts=0, lease_until=leases.until(), **changes)
    # The next step goes by this copy, which is not read again.
    for name, value in changes.items():
        setattr(task, name, value)
    return _told(task, saved)


def _pace(task: Task, done: int, now: datetime) -> dict[str, Any]:
    # What lies between two turns counts for nothing.
    since = max((at for at in (task.paced_at, task.started_at) if at is not None), default=now)
    newest = (now - since).total_seconds() / (done - task.done)
    pace = newest if task.pace is None else task.pace + NEWEST * (newest - task.pace)
    return {"pace": pace, "paced_at": now}


def finish(task: Task, result: dict[str, Any]) -> bool:
    return _told(task, leases.close(_held(task), State.DONE, result=result, error=None))


def fail(task: Task, reason: Sentence) -> bool:
    """End the task with a sentence for the person who asked for it."""
    return _told(task, leases.close(_held(task), State.FAILED, error=reason))


def retry(task: Task, reason: Sentence) -> bool:
    """Queue the task again, later each time, or fail it when its attempts are used up."""
    # By the row: `advance` may have set it to 0 since this copy was claimed: then it is the first failure.
    attempts = max(1, Task.objects.values_list("attempts", flat=True).get(pk=task.pk))
    if attempts >= ATTEMPTS:
        return fail(task, say("task_gave_up", attempts=attempts, reason=reason))
    return _told(task, leases.release(_held(task), due_at=leases.later(attempts)))


def hand_back(task: Task) -> bool:
    """Queue the task again without counting the attempt, which failed by no fault of its own."""
    return _told(task, leases.hand_back(_held(task)))


def stop(task: Task) -> bool:
    """End the task's work at a human's word; its worker notices with its next renewal."""
    return _told(task, leases.close(Task.objects.filter(pk=task.pk).open(), State.STOPPED))


def go_on(task: Task) -> bool:
    """Queue a task again that was stopped or that failed; it goes on where it was.

    Raises TaskRefused while another one with its key is open.
    """
    ended = Task.objects.filter(pk=task.pk, state__in=ENDED_EARLY)
    try:
        with transaction.atomic():
            again = ended.update(
                state=State.QUEUED, error=None, attempts=0, due_at=timezone.now(),
                finished_at=None, dismissed_at=None,
            )  # fmt: skip
    except IntegrityError as error:
        raise TaskRefused(f"{kinds.of(task).taken}") from error
    _ring()
    return _told(task, again)


def dismiss(task: Task) -> bool:
    """Show a task that has ended no more."""
    ended = Task.objects.filter(pk=task.pk).ended()
    return bool(ended.update(dismissed_at=timezone.now()))


def free_expired() -> int:
    """Give back the tasks of workers that died; one that used up its attempts fails."""
    expired = Task.objects.all().expired()
    # Asked before the changes, after which none of them is expired any more.
    owners = set(expired.values_list("owner", flat=True))
    reason = say("task_died", attempts=ATTEMPTS)
    failed = leases.close(expired.filter(attempts__gte=ATTEMPTS), State.FAILED, error=reason)
    freed = failed + leases.release(expired, due_at=timezone.now())
    _tell(owners)
    return freed


def _held(task: Task) -> TaskQuerySet:
    return Task.objects.filter(pk=task.pk, state=State.RUNNING, lease=task.lease)


def _told(task: Task, changed: int) -> bool:
    if changed:
        _tell([task.owner_id])
    return bool(changed)


def _tell(owners: Iterable[int]) -> None:
    """Let the owners' open pages know."""
    for owner in owners:
        events.publish(owner)


def _ring() -> None:
    transaction.on_commit(wake.ring, robust=True)
