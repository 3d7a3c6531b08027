"""The work on one photo. `gallery.jobs.queue` is the only code that changes a job's state."""

from __future__ import annotations

import uuid
from datetime import timedelta

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from gallery.models.face import Face, NamedBy
from gallery.models.person import Person
from gallery.models.photo import Photo


class State(models.TextChoices):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


OPEN = (State.QUEUED, State.RUNNING)


class AnalysisJobQuerySet(QuerySet["AnalysisJob"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> AnalysisJobQuerySet:
        return self.filter(photo__owner_id=user.pk)

    def open(self) -> AnalysisJobQuerySet:
        return self.filter(state__in=OPEN)

    def due(self) -> AnalysisJobQuerySet:
        """Return the jobs that may be claimed now, oldest first."""
        return self.filter(state=State.QUEUED, due_at__lte=timezone.now()).order_by("due_at", "pk")

    def expired(self) -> AnalysisJobQuerySet:
        """Return running jobs whose worker stopped renewing its lease."""
        return self.filter(state=State.RUNNING, lease_until__lt=timezone.now())

    def for_portraits(self) -> AnalysisJobQuerySet:
        """Return the last day's jobs, newest first, each with `was_added`: its face has the name."""
        named = Face.objects.filter(
            photo=OuterRef("photo"), person=OuterRef("portrait_of"), named_by=NamedBy.HUMAN
        )
        recent = self.filter(queued_at__gte=timezone.now() - timedelta(days=1))
        return recent.annotate(was_added=Exists(named)).order_by("-queued_at")


class AnalysisJob(models.Model):
    """A photo has one job for life, so it can never be queued twice; "analyse again" reopens it.

    `batch` groups the jobs that were open together, for the progress line. `choice` names the method
    of each stage (`analysis.methods.Choice`); it is empty for what was done before one could choose.
    """

    photo = models.OneToOneField(Photo, on_delete=models.CASCADE, related_name="job")
    state = models.CharField(max_length=7, choices=State.choices, default=State.QUEUED)
    batch = models.UUIDField(default=uuid.uuid4)
    attempts = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300, blank=True)
    portrait_of = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="portrait_jobs"
    )
    answer = models.CharField(max_length=300, blank=True)
    choice = models.JSONField(default=dict, blank=True)

    queued_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    lease = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)

    objects = AnalysisJobQuerySet.as_manager()

    known_face: Face | None = None  # that a portrait became; set by whoever lists portraits

    class Meta:
        indexes = [
            models.Index(fields=["state", "due_at"], name="job_due"),
            models.Index(fields=["batch", "state"], name="job_batch"),
            models.Index(fields=["-queued_at"], name="job_queued_last"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=State.RUNNING, lease__isnull=False, lease_until__isnull=False)
                | (~Q(state=State.RUNNING) & Q(lease__isnull=True)),
                name="job_runs_under_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state=State.FAILED) | ~Q(error=""), name="job_failure_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.photo_id}: {self.state}"

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
