"""How far the analysis of an owner's photos has come."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Count, Exists, Max, Min, OuterRef, Q
from django.utils import timezone

from gallery.models import AnalysisJob, Photo
from gallery.models.leased import OPEN, State

SHOWN_AFTER_THE_END = timedelta(seconds=10)
STILL_ARRIVING = timedelta(seconds=4)
WARM = 5


@dataclass(frozen=True, slots=True)
class Progress:
    """Counts of the current batch; all zero when nothing is open and the end is some time ago."""

    open: int = 0
    done: int = 0
    failed: int = 0
    seconds_left: int | None = None

    @property
    def finished(self) -> int:
        return self.done + self.failed

    @property
    def total(self) -> int:
        return self.open + self.finished


def of(user: AbstractBaseUser | AnonymousUser) -> Progress:
    """Return the progress of the batch that was queued last."""
    # Each page asks it: of those alone that may be shown, by an index, and not of all photos of the owner.
    lately = Q(finished_at__gte=timezone.now() - SHOWN_AFTER_THE_END)
    mine = Exists(Photo.objects.visible_to(user).filter(pk=OuterRef("photo")))
    newest = AnalysisJob.objects.filter(Q(state__in=OPEN) | lately).filter(mine)
    batch = newest.order_by("-queued_at").values_list("batch", flat=True).first()
    if batch is None:
        return Progress()
    counts = AnalysisJob.objects.filter(batch=batch).aggregate(
        open=Count("pk", filter=Q(state__in=OPEN)),
        done=Count("pk", filter=Q(state=State.DONE)),
        failed=Count("pk", filter=Q(state=State.FAILED)),
        started=Min("started_at"),
        first=Min("finished_at"),
        ended=Max("finished_at"),
        queued=Max("queued_at"),
    )
    started, first, ended, queued = map(counts.pop, ("started", "first", "ended", "queued"))
    now = timezone.now()
    if not counts["open"] and (ended is None or now - ended > SHOWN_AFTER_THE_END):
        return Progress()
    if queued is not None and now - queued < STILL_ARRIVING:
        # Nobody knows how many there will be, and what is left would only grow.
        return Progress(**counts)
    finished = counts["done"] + counts["failed"]
    # From the first that ended, once some have: before it, networks were loaded.
    since, done = (first, finished - 1) if finished >= WARM else (started, finished)
    seconds_left = None
    if finished and counts["open"] and since is not None and ended is not None:
        # To the last that ended, not to now: else the time left would grow between two photos.
        seconds_left = round((ended - since).total_seconds() / done * counts["open"]) or 1
    return Progress(**counts, seconds_left=seconds_left)
