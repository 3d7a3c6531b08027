"""A long piece of work that an administrator asked for. `gallery.jobs.tasks` alone changes its state."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.db import models
from django.db.models import Q

from gallery import installed
from gallery.models.leased import ENDED_EARLY, OPEN, Leased, LeasedQuerySet


class Kind(models.TextChoices):
    INTAKE = "intake", "Check of an uploaded network"
    TRAINING = "training", "Training"
    AGAIN = "again", "Telling the emotions again"
    COMPARISON = "comparison", "Comparison"


class TaskQuerySet(LeasedQuerySet["Task"]):
    def unfinished(self) -> TaskQuerySet:
        """Return what is under way, and trainings that ended early and may go on."""
        return self.filter(Q(state__in=OPEN) | Q(kind=Kind.TRAINING, state__in=ENDED_EARLY))


class Task(Leased):
    """`arguments` says what to do; `done` of `total`, `cursor` and `result` how far it has come.

    What `arguments` and `result` hold is said by the kind's module in `gallery.worker.work`. A worker that
    takes over goes on from `cursor`, or from the files in `folder`.
    """

    kind = models.CharField(max_length=10, choices=Kind.choices)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tasks"
    )
    arguments = models.JSONField(default=dict)
    result = models.JSONField(default=dict)
    cursor = models.BigIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)

    objects = TaskQuerySet.as_manager()

    class Meta(Leased.Meta):
        indexes = [models.Index(fields=["state", "due_at"], name="task_due")]
        constraints = [
            *Leased.Meta.constraints,
            models.UniqueConstraint(
                fields=["kind"],
                condition=Q(kind="again", state__in=OPEN),
                name="task_tells_again_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.state}"

    @property
    def can_go_on(self) -> bool:
        """Whether what ended early can be taken up; the file of an upload is gone by then."""
        return self.state in ENDED_EARLY and self.kind != Kind.INTAKE

    @property
    def can_be_discarded(self) -> bool:
        return self.state in ENDED_EARLY and self.kind == Kind.TRAINING

    @property
    def folder(self) -> Path:
        """The folder of the files that this task alone has."""
        return installed.tasks() / f"{self.pk}"
