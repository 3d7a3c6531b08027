"""What work in the background has in common, whatever it is: a state, a lease, attempts and an end."""

from __future__ import annotations

from typing import Self, TypeVar

from django.db import models
from django.db.models import Q, QuerySet
from django.utils import timezone

from gallery.fields import SentenceField


class State(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STOPPED = "stopped"


OPEN = (State.QUEUED, State.RUNNING)
ENDED_EARLY = (State.FAILED, State.STOPPED)
Row = TypeVar("Row", bound="Leased", covariant=True)


class LeasedQuerySet(QuerySet[Row]):
    def open(self) -> Self:
        return self.filter(state__in=OPEN)

    def due(self) -> Self:
        """Return the rows that may be claimed now, oldest first."""
        return self.filter(state=State.QUEUED, due_at__lte=timezone.now()).order_by("due_at", "pk")

    def expired(self) -> Self:
        """Return running rows whose worker stopped renewing its lease."""
        return self.filter(state=State.RUNNING, lease_until__lt=timezone.now())


class Leased(models.Model):
    """A row that one worker at a time holds. `gallery.jobs.leases` is the only code that takes it."""

    state = models.CharField(max_length=7, choices=State.choices, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = SentenceField()

    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    dismissed_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.RUNNING, lease__isnull=False, lease_until__isnull=False)
                | (~Q(state=State.RUNNING) & Q(lease__isnull=True)),
                name="%(class)s_runs_under_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.FAILED) | ~Q(error=""),
                name="%(class)s_failure_has_a_reason",
            ),
        ]

    @property
    def is_open(self) -> bool:
        return self.state in OPEN

    @property
    def is_done(self) -> bool:
        return self.state == State.DONE

    @property
    def is_failed(self) -> bool:
        return self.state == State.FAILED

    @property
    def is_running(self) -> bool:
        return self.state == State.RUNNING

    @property
    def is_stopped(self) -> bool:
        return self.state == State.STOPPED
