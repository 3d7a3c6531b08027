"""By what the faces are told of those who do not want to be recognised, to leave them alone."""

from __future__ import annotations

from datetime import date

from django.db import models
from django.utils import timezone

from gallery.fields import ENCODING, VectorField
from gallery.models.person import Person
from gallery.models.roster import Roster


def today() -> date:
    return timezone.localdate()


class LockedVector(models.Model):
    """The one vector that may stay of somebody who refused, as they agreed to.

    Faces near it are not named, not asked about and in no group, and may be covered; nobody is ever named
    or listed by it. It stands without a `person` once they were erased.
    """

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="locked_vectors")
    person = models.OneToOneField(
        Person, on_delete=models.SET_NULL, null=True, related_name="locked_vector"
    )
    vector = VectorField(*ENCODING)
    encoder = models.CharField(max_length=60)
    since = models.DateField(default=today)

    def __str__(self) -> str:
        return f"Locked since {self.since}"
