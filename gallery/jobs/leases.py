"""Taking a row of work, keeping it and letting go of it: for photos (`queue`) and for tasks (`tasks`).

Every step is one conditional UPDATE fenced by the lease token, so that any number of workers, and
workers that were believed dead, can share a table.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db.models import F
from django.db.models.expressions import OrderBy
from django.db.models.functions import Greatest
from django.utils import timezone

from gallery.models.leased import LeasedQuerySet, Row, State

LEASE = timedelta(seconds=20)
ATTEMPTS = 3
BACK_OFF = timedelta(seconds=5)


class LeaseLost(Exception):
    """Another worker has the row, or a human stopped it, or it is gone: nothing may be written."""


def until() -> datetime:
    """Return when a lease that is taken now runs out."""
    return timezone.now() + LEASE


def claim(
    jobs: LeasedQuerySet[Row], order: Sequence[str | OrderBy] = ("due_at", "pk")
) -> Row | None:
    """Take the first due row, or None. The attempt counts from here, so a crash counts too."""
    # A look and a conditional UPDATE instead of a lock on the row, which SQLite has not. Whoever loses
    # the row to a faster worker looks for the next.
    due = jobs.due().order_by(*order)
    while (pk := due.values_list("pk", flat=True).first()) is not None:
        won = (
            jobs.due()
            .filter(pk=pk)
            .update(
                state=State.RUNNING,
                lease=uuid.uuid4(),
                lease_until=until(),
                started_at=timezone.now(),
                attempts=F("attempts") + 1,
            )
        )
        if won:
            return jobs.get(pk=pk)
    return None


def renew(held: LeasedQuerySet[Row]) -> bool:
    """Extend the lease of `held`; False when the row is no longer this worker's."""
    return bool(held.update(lease_until=until()))


def release(rows: LeasedQuerySet[Row], due_at: datetime) -> int:
    """Queue the rows again, for `due_at` or later."""
    return rows.update(state=State.QUEUED, lease=None, lease_until=None, due_at=due_at)


def hand_back(held: LeasedQuerySet[Row]) -> int:
    """Queue the row again without counting the attempt."""
    # A task that has come somewhere since begins to count anew.
    held.update(attempts=Greatest(F("attempts") - 1, 0))
    # Not due at once: what cannot be begun now would be tried without a pause.
    return release(held, due_at=timezone.now() + BACK_OFF)


def close(rows: LeasedQuerySet[Row], state: State, **changes: object) -> int:
    """End the rows' work, whether a worker holds them or not."""
    return rows.update(
        state=state, lease=None, lease_until=None, finished_at=timezone.now(), **changes
    )


def later(attempts: int) -> datetime:
    """Return when to try again after so many attempts, later each time."""
    return timezone.now() + BACK_OFF * (1 << (attempts - 1))
