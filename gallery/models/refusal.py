"""What a human said that a face is not."""

from __future__ import annotations

from django.db import models

from gallery.models.face import Face
from gallery.models.person import Person


class Refusal(models.Model):
    """A human said: this face is not this person."""

    face = models.ForeignKey(Face, on_delete=models.CASCADE, related_name="refusals")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="refusals")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["face", "person"], name="refusal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.face_id} is not {self.person}"
