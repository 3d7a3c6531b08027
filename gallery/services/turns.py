"""Whoever names, matches or saves faces that go by one roster takes turns with the others."""

from __future__ import annotations

import time

from django.db import connection

from gallery.models import Roster

# Seconds. Who waits for SQLite stands in no queue but looks every 0.1 s whether it is free: work that
# writes again at once would be found at it each time, until whoever waits gives up.
GAP = 0.12


def take(roster_id: int) -> Roster:
    """Wait for the roster's turn, which lasts until the transaction ends; return the roster as it is then.

    Call it before anything else in the transaction. Each statement of PostgreSQL sees what is committed
    by then, so without turns a photo saved while a person is named would be matched by neither; and two
    transactions that touch the same photos in another order would deadlock. SQLite has one writer
    anyway. Uploads need no turn and do not wait: nothing of theirs leads to the roster.
    """
    rosters = Roster.objects.all()
    if connection.features.has_select_for_update:
        # A new person's foreign key does not wait for this lock.
        rosters = rosters.select_for_update(no_key=True)
    return rosters.get(pk=roster_id)


def take_both(owner_id: int, other_id: int) -> Roster:
    """Wait for the turns of two accounts' rosters, which may be one; return that of the first.

    Always in the same order, or two who wait for each other would wait for ever.
    """
    keys = [Roster.objects.of(one).pk for one in (owner_id, other_id)]
    taken = {key: take(key) for key in sorted(set(keys))}
    return taken[keys[0]]


def take_of(owner_id: int) -> Roster:
    """Wait for the turn of the roster by which the owner's photos go."""
    return take(Roster.objects.of(owner_id).pk)


def give_way() -> None:
    """Let others write, between two turns of work that takes many."""
    time.sleep(gap(GAP))


def gap(took: float) -> float:
    """Return how many seconds to leave after a turn that took so many: none where who waits queues.

    Short turns leave short gaps: the database is free half of the time, and work takes twice as long.
    """
    return 0.0 if connection.features.has_select_for_update else min(GAP, took)
