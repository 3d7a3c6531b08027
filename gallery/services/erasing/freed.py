"""Has nothing of deleted rows be left in the files of an SQLite database.

What is deleted is written over at once (`secure_delete`, in the settings), but stands in the write-ahead
log until that is emptied, and in pages that were freed by a connection without that setting until the whole
file is written anew. That is VACUUM, while which nobody else can write: it is done only where something is
found.
"""

from __future__ import annotations

import logging
import shutil
import time
from pathlib import Path
from typing import NamedTuple

from django.db import OperationalError, connection

from gallery.services.erasing import remains
from gallery.services.erasing.traces import Finder

# A reader who is in the middle of something keeps the log for so long.
TRIES, PAUSE = 5, 2.0
log = logging.getLogger(__name__)


class Freed(NamedTuple):
    """Whether the log was emptied, the file was written anew, and how many traces are left in both."""

    is_empty: bool = True
    was_rewritten: bool = False
    left: int = 0


def clear(finder: Finder) -> Freed:
    """Empty the log, and write the file anew where traces are left in it. Call it in no transaction."""
    if connection.vendor != "sqlite":
        return Freed()
    is_empty = _empty_log()
    left = _count(finder)
    if not left or not _has_room():
        return Freed(is_empty, left=left)
    was_rewritten = _rewrite()
    is_empty = _empty_log()
    return Freed(is_empty, was_rewritten, _count(finder))


def _count(finder: Finder) -> int:
    return sum(one.times for one in remains.in_database_files(finder))


def _empty_log() -> bool:
    """Write what the log holds into the file and cut it off; False while somebody reads from it."""
    for number in range(TRIES):
        if number:
            time.sleep(PAUSE)
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, *_pages = cursor.fetchone()
        if not is_busy:
            return True
    return False


def _rewrite() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")
    except OperationalError:
        log.exception("The database could not be written anew.")
        return False
    return True


def _has_room() -> bool:
    """Return whether the disk has room for what VACUUM writes: a copy of the file, twice."""
    path = Path(connection.settings_dict["NAME"])
    return path.is_file() and shutil.disk_usage(path.parent).free > 2.2 * path.stat().st_size
