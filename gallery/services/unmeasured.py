"""The faces that wait to be measured, in boxes that humans gave or that are a detector's again."""

from __future__ import annotations

from contextlib import suppress

from gallery.jobs import tasks
from gallery.kinds import TaskRefused
from gallery.models import Face, Roster
from gallery.models.face_queries import FaceQuerySet, Mark

KIND = "boxes"


def due(roster: Roster) -> FaceQuerySet:
    """Return the faces of the roster that wait to be measured."""
    waiting = Face.everything.of(roster).filter(is_due=True, unmeasured="")
    return waiting.exclude(mark__in=[Mark.UNDRAWN, Mark.PRIVATE])


def begin(roster: Roster) -> None:
    """Have a worker measure the faces that wait for it; call it in the roster's turn."""
    waiting = due(roster).count()
    if waiting:
        with suppress(TaskRefused):  # Whoever is at it finds these too.
            tasks.enqueue(kind=KIND, owner=roster.owner, arguments={}, total=waiting)
