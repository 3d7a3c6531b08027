"""Says which watched folders are due for a look. What is found there, a look decides as any other."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from gallery.models import SourceFolder
from gallery.services.sources import folders
from gallery.words import Words

EVERY = 30.0  # seconds
# Systems tell of changes too, but not of those on network drives, where such folders often lie, and not
# of those that nobody was there to hear of. So all is looked through, which reads names and times alone:
# of eleven seconds one at most is spent with that, however large the folder.
SHARE = 10
# A part of a look takes seconds, on a slow disk more; who has not been heard of for so long is dead.
LEASE = 120.0


def claim() -> SourceFolder | None:
    """Take the watched folder that has been due for longest, or None."""
    due = SourceFolder.objects.filter(is_watched=True, due_at__lte=timezone.now())
    for folder in due.select_related("owner").order_by("due_at", "pk"):
        if folders.is_looked_through(folder):  # By a task, for somebody who asked for it.
            _put_off(folder, EVERY)
        elif _put_off(folder, LEASE):
            return folder
    return None


def keep(folder: SourceFolder) -> bool:
    """Say that somebody still looks; False where another does, or nobody should."""
    return _put_off(folder, LEASE)


def rest(folder: SourceFolder, spent: float, trouble: Words | None = None) -> None:
    """Say what a look that took so many seconds came to, and when the next one is due."""
    _put_off(folder, pause(EVERY, spent), trouble=trouble)


def hand_back(folder: SourceFolder) -> None:
    """Let whoever comes next look at once: this process is about to end."""
    _put_off(folder, 0.0)


def pause(every: float, spent: float) -> float:
    """Return how many seconds to wait after a look that took so many."""
    return max(every, SHARE * spent)


def _put_off(folder: SourceFolder, seconds: float, **said: Any) -> bool:
    """Have it due in so many seconds, unless anybody has changed that since it was read here."""
    mine = SourceFolder.objects.filter(pk=folder.pk, is_watched=True, due_at=folder.due_at)
    folder.due_at = timezone.now() + timedelta(seconds=seconds)
    return bool(mine.update(due_at=folder.due_at, **said))
