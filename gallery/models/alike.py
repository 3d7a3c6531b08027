"""Two people who may be one, as their known faces say, and two who are not, as a human said."""

from __future__ import annotations

from functools import cache
from itertools import product

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from gallery.models.person import Gone, Person
from gallery.models.roster import Roster


class Apart(models.Model):
    """A human said: these are two people. `first` has the lower key; either may be somebody else by now."""

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        verbose_name_plural = "apart"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="apart_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="apart_lower_key_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} is not {self.second}"


@cache
def _are_said_to_be_two() -> Q:
    """Return whether the two of a pair were said to be two, or those whom they took in by merging.

    Each way in which that may be is a look-up of its own, for which there is an index.
    """
    found = Q()
    for mine, its in product(("", "__merged_into"), repeat=2):
        for one, other in (("first", "second"), ("second", "first")):
            said = {f"{one}{mine}": OuterRef("first"), f"{other}{its}": OuterRef("second")}
            found |= Q(Exists(Apart.objects.filter(**said)))
    return found


class AlikeQuerySet(QuerySet["Alike"]):
    def asked(self, roster: Roster) -> AlikeQuerySet:
        """Return the pairs of which nobody has said yet what they are, nearest first."""
        there = {
            f"{side}__{name}": value
            for side in ("first", "second")
            for name, value in (("roster", roster), ("gone", Gone.NOT), ("is_hidden", False))
        }
        found = self.filter(~_are_said_to_be_two(), **there)
        return found.order_by("beyond", "pk")


class Alike(models.Model):
    """Two people whose known faces are so near that they may be one. `first` has the lower key.

    `beyond` is how far they are from the limit up to which two are asked about, never above 0. All of it
    follows from what people are known by (`services.alike`).
    """

    first = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    second = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    beyond = models.FloatField()

    objects = AlikeQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "alike"
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="alike_once"),
            models.CheckConstraint(
                condition=Q(first__lt=F("second")), name="alike_lower_key_first"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.first} may be {self.second}"
