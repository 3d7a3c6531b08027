"""The network that was trained of a roster's people, in force or not, and what it was trained on."""

from __future__ import annotations

from pathlib import Path

from django.db import models
from django.utils import timezone

from gallery import installed
from gallery.models.roster import Roster


class RosterNetwork(models.Model):
    """`file` is the name of its ONNX in the folder of rosters. It never changes: a new one has a new name.

    `known` says by how many encodings each person, by key, was known to it; `held_out` is what became of
    faces that it was tried on, as `analysis.training.held_out` tells it.
    """

    roster = models.OneToOneField(Roster, on_delete=models.CASCADE, related_name="network")
    file = models.CharField(max_length=60)
    encoder = models.CharField(max_length=60)
    trained_at = models.DateTimeField(default=timezone.now)
    known = models.JSONField(default=dict)
    held_out = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"Network of {self.roster}"

    @property
    def path(self) -> Path:
        return installed.rosters() / self.file

    @property
    def people(self) -> int:
        return len(self.known)

    @property
    def faces(self) -> int:
        return sum(self.known.values())
