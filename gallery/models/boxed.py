"""Where a face is: by a detector, or by a human's word."""

from __future__ import annotations

from typing import Any

from django.db import models

from analysis.results import Box
from gallery.fields import SentenceField
from gallery.models.face_queries import Lost, Mark

EDGES = ("left", "top", "right", "bottom")


class BoxedBy(models.TextChoices):
    DETECTOR = "", "a detector"
    CORRECTED = "corrected", "a human, instead of a detector's"
    DRAWN = "drawn", "a human, where no detector found a face"


class Boxed(models.Model):
    """A box in pixels of the upright original.

    Where a human gave it, `found_box` is the detector's, if one found the face; it has no box else.
    What is said of the face `is_due` where it is not of this box yet; `unmeasured` is why it can't be.
    A human's box follows from the record of words (`models.record`).
    """

    left = models.IntegerField()
    top = models.IntegerField()
    right = models.IntegerField()
    bottom = models.IntegerField()
    boxed_by = models.CharField(
        max_length=9, choices=BoxedBy.choices, blank=True, default=BoxedBy.DETECTOR
    )
    found_box = models.JSONField(null=True)
    is_due = models.BooleanField(default=False)
    unmeasured = SentenceField()
    lost = models.CharField(max_length=8, choices=Lost.choices, blank=True, default=Lost.FOUND)

    mark: str

    class Meta:
        abstract = True

    @property
    def box(self) -> Box:
        return Box(self.left, self.top, self.right, self.bottom)

    @box.setter
    def box(self, box: Box) -> None:
        self.left, self.top, self.right, self.bottom = edges_of(box)

    @property
    def detected(self) -> Box | None:
        """The detector's box, where a human's stands in for it."""
        return Box(*self.found_box) if self.found_box else None

    @detected.setter
    def detected(self, box: Box | None) -> None:
        self.found_box = None if box is None else edges_of(box)

    @property
    def is_drawn(self) -> bool:
        return self.boxed_by == BoxedBy.DRAWN

    @property
    def is_corrected(self) -> bool:
        return self.boxed_by == BoxedBy.CORRECTED

    @property
    def has_humans_box(self) -> bool:
        """Whether a human gave the box, and did not take it back."""
        return self.boxed_by != BoxedBy.DETECTOR and self.mark != Mark.UNDRAWN

    @property
    def of_its_box(self) -> str:
        """What is added to a crop's address, so that no browser shows one that it kept of another box."""
        if self.boxed_by == BoxedBy.DETECTOR:
            return ""
        return f"?box={'-'.join(map(str, edges_of(self.box)))}"

    @property
    def is_private(self) -> bool:
        """Whether it is of somebody who does not want to be recognised: of it the box alone is shown."""
        return self.mark == Mark.PRIVATE

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


def edges_of(box: Box) -> list[Any]:
    return [getattr(box, edge) for edge in EDGES]
