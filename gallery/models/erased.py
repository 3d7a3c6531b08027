"""Where faces were that were erased."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from analysis.results import Box
from gallery.models.photo import Photo


class ErasedFace(models.Model):
    """The box of a face that was erased, in pixels of the upright original, and nothing else of it.

    What is found there again is no face of the library: nobody is to be told by it once more. One that
    `is_private` was of somebody who does not want to be recognised.
    """

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="erased_faces")
    left = models.IntegerField()
    top = models.IntegerField()
    right = models.IntegerField()
    bottom = models.IntegerField()
    is_private = models.BooleanField(default=False)
    erased_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(right__gt=F("left"), bottom__gt=F("top")),
                name="erased_box_has_an_area",
            ),
        ]

    def __str__(self) -> str:
        return f"Erased from {self.photo_id}"

    @classmethod
    def at(cls, photo: int, box: Box, *, is_private: bool) -> Self:
        """Return one for a face of a photo, by key, at the box where a detector would find it again."""
        edges = {"left": box.left, "top": box.top, "right": box.right, "bottom": box.bottom}
        return cls(photo_id=photo, is_private=is_private, **edges)

    @property
    def box(self) -> Box:
        return Box(self.left, self.top, self.right, self.bottom)
