"""Whom faces without a human's word are near, and what of that is to be found anew."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone

from gallery.fields import ENCODING, VectorField
from gallery.models.face import Face
from gallery.models.roster import Roster


class Nearest(models.Model):
    """The people nearest to a face that no human named, best first, as `services.nearest` packs them.

    `furthest` is the normalised distance of the last of them, null where anybody within reach is one. A
    face that nobody is near to has no row. One that `is_due` is to be compared with all that is known.
    """

    face = models.OneToOneField(
        Face, on_delete=models.CASCADE, primary_key=True, related_name="nearest"
    )
    people = models.BinaryField(default=b"")
    furthest = models.FloatField(null=True)
    is_due = models.BooleanField(default=False)

    class Meta:
        verbose_name_plural = "nearest"
        indexes = [models.Index(fields=["face"], condition=Q(is_due=True), name="nearest_due")]

    def __str__(self) -> str:
        return f"Nearest to face {self.face_id}"


class KnownChange(models.Model):
    """A known encoding that came or went since faces near it were compared with all that is known.

    It stays until that is done. Whose it is, or was, is a number: the person may be gone. One that is
    somebody else's now is told of once, with whose it was `before`.

    No constraint of the database looks for each one's roster, of which thousands are written at once: it
    took a fifth of what merging two people of 5,000 faces does.
    """

    roster = models.ForeignKey(
        Roster, on_delete=models.CASCADE, related_name="known_changes", db_constraint=False
    )
    person = models.BigIntegerField()
    before = models.BigIntegerField(null=True)
    vector = VectorField(*ENCODING)
    encoder = models.CharField(max_length=60)
    level = models.FloatField()
    came = models.BooleanField()
    created_at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return f"{'Known' if self.came else 'No longer known'}: person {self.person}"
