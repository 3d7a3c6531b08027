"""A long piece of work that somebody asked for. `gallery.jobs.tasks` alone changes its state."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

from gallery import installed
from gallery.models.leased import ENDED_EARLY, OPEN, Leased, LeasedQuerySet


class TaskQuerySet(LeasedQuerySet["Task"]):
    def ended(self) -> TaskQuerySet:
        return self.exclude(state__in=OPEN)


class Task(Leased):
    """`arguments` says what to do; `done` of `total`, `cursor` and `result` how far it has come.

    What a task of its `kind` is, `gallery.kinds` finds; what `arguments` and `result` hold is said by
    the kind's file in `gallery.worker.work`. A worker that takes over goes on from `cursor`, or from the
    files in `folder`. No two open tasks have the same `key`, unless it is empty. `pace` is in seconds a
    unit, smoothed, as of `paced_at`.
    """

    kind = models.CharField(max_length=30)
    key = models.CharField(max_length=100, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tasks"
    )
    arguments = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    cursor = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    pace = models.FloatField(null=True)
    paced_at = models.DateTimeField(null=True)

    objects = TaskQuerySet.as_manager()

    class Meta(Leased.Meta):
        indexes = [models.Index(fields=["state", "due_at"], name="task_due")]
        constraints = [
            *Leased.Meta.constraints,
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state__in=OPEN) & ~Q(key=""),
                name="task_open_once_for_its_key",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"

    @property
    def has_ended_early(self) -> bool:
        return self.state in ENDED_EARLY

    @property
    def folder(self) -> Path:
        """The folder of the files that this task alone has."""
        return installed.tasks() / f"{self.pk}"
