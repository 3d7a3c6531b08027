"""The work on one photo. `gallery.jobs.queue` is the only code that changes a job's state."""

from __future__ import annotations

import uuid

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models

from gallery.fields import SentenceField
from gallery.models.face import Face
from gallery.models.leased import Leased, LeasedQuerySet
from gallery.models.person import Person
from gallery.models.photo import Photo


class AnalysisJobQuerySet(LeasedQuerySet["AnalysisJob"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> AnalysisJobQuerySet:
        return self.filter(photo__owner_id=user.pk)


class AnalysisJob(Leased):
    """A photo has one job for life, so it can never be queued twice; "analyse again" reopens it.

    `batch` groups the jobs that were open together, for the progress line. `choice` names the method
    of each stage (`analysis.methods.Choice`); it is empty for what was done before one could choose.
    `chosen` is the part of it that a human wanted for this once, and not by their settings.
    """

    photo = models.OneToOneField(Photo, on_delete=models.CASCADE, related_name="job")
    batch = models.UUIDField(default=uuid.uuid4)
    portrait_of = models.ForeignKey(
        Person, on_delete=models.SET_NULL, null=True, related_name="portrait_jobs"
    )
    answer = SentenceField()
    choice = models.JSONField(default=dict, blank=True)
    chosen = models.JSONField(default=dict, blank=True)

    objects = AnalysisJobQuerySet.as_manager()

    known_face: Face | None = None  # that a portrait became; set by whoever lists portraits
    is_doubted = False  # whether something speaks against the portrait; likewise

    class Meta(Leased.Meta):
        indexes = [
            models.Index(fields=["state", "due_at"], name="job_due"),
            models.Index(fields=["batch", "state"], name="job_batch"),
            models.Index(fields=["-queued_at"], name="job_queued_last"),
            models.Index(fields=["finished_at"], name="job_ended"),
        ]

    def __str__(self) -> str:
        return f"{self.photo_id}: {self.state}"
