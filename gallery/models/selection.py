"""The photos that a task is about, where there are too many to stand among its arguments."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np
from django.db import models

from gallery.models.task import Task

STORED = np.dtype("<i8")


class Selection(models.Model):
    """Photos by key, in the order in which something is done with them; lists of tasks do not read it."""

    task = models.OneToOneField(Task, on_delete=models.CASCADE, related_name="selection")
    packed = models.BinaryField()

    def __str__(self) -> str:
        return f"{self.task}: {len(self.packed) // STORED.itemsize}"

    @classmethod
    def of(cls, task: Task, photos: Collection[int]) -> Selection:
        packed = np.array([*photos], STORED).tobytes()
        return cls.objects.create(task=task, packed=packed)

    def some(self, first: int, count: int) -> list[int]:
        """Return the keys of so many, from that place on."""
        found: list[Any] = np.frombuffer(self.packed, STORED)[first : first + count].tolist()
        return found
