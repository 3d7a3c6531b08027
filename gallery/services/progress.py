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
        ended=Max("finished_at"),
    )
    started, ended = counts.pop("started"), counts.pop("ended")
    now = timezone.now()
    if not counts["open"] and (ended is None or now - ended > SHOWN_AFTER_THE_END):
        return Progress()
    finished = counts["done"] + counts["failed"]
    seconds_left = None
    if finished and counts["open"] and started is not None and ended is not None:
        # To the last that ended, not to now: else the time left would grow between two photos.
        seconds_left = round((ended - started).total_seconds() / finished * counts["open"]) or 1
    return Progress(**counts, seconds_left=seconds_left)
