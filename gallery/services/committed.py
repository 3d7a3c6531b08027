"""Until when all that anybody wrote is committed.

Who changes a row says in it when that was, and others see it only once that is committed, however long it
takes. Whoever looks for what has changed since looks from here on.
"""

from __future__ import annotations

import sqlite3
from datetime import datetime, timedelta

from django.db import connection
from django.utils import timezone

# On SQLite nobody tells since when somebody writes: so long at most, as all others wait 20 s and give up.
LONGEST = timedelta(minutes=10)
OLDEST = (
    "SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database() "
    "AND pid <> pg_backend_pid() AND backend_xid IS NOT NULL"
)


def until(before: datetime | None) -> datetime:
    """Return a moment: what comes to be seen from now on was written after it, by its writer's clock.

    `before` is what was returned last; it still holds, and is what is returned on SQLite while somebody
    writes.
    """
    now = timezone.now()
    if connection.vendor == "sqlite":
        return (before or now - LONGEST) if _is_anybody_writing() else now
    with connection.cursor() as cursor:
        cursor.execute(OLDEST)
        (oldest,) = cursor.fetchone()
    return min(now, oldest or now)


def _is_anybody_writing() -> bool:
    """Return whether somebody else has the lock for writing, of which SQLite has one."""
    if connection.in_atomic_block:
        return False
    connection.ensure_connection()
    lite = connection.connection
    (patience,) = lite.execute("PRAGMA busy_timeout").fetchone()
    lite.execute("PRAGMA busy_timeout = 0")
    try:
        lite.execute("BEGIN IMMEDIATE")
        lite.execute("ROLLBACK")
    except sqlite3.OperationalError:
        return True
    finally:
        lite.execute(f"PRAGMA busy_timeout = {patience}")
    return False
