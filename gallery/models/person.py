"""The people of a roster, and the encodings they are known by."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from gallery.fields import FoldedField, VectorField, fold
from gallery.models.roster import Roster

COLOURS = 7  # as many as analysis.drawing and the stylesheet have


class PersonQuerySet(QuerySet["Person"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> PersonQuerySet:
        return self.filter(roster__in=Roster.objects.visible_to(user))

    def called(self, name: str) -> PersonQuerySet:
        """Return whoever has that name, however it is capitalised."""
        return self.filter(folded_name=fold(name))


class Person(models.Model):
    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="people")
    name = models.CharField(max_length=100)
    # Folding makes up to three letters of one.
    folded_name = FoldedField("name", max_length=300)
    created_at = models.DateTimeField(default=timezone.now)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(
                fields=["roster", "folded_name"], name="person_name_once_per_roster"
            ),
            models.CheckConstraint(condition=~models.Q(name=""), name="person_has_a_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("person", args=[self.pk])

    @property
    def colour(self) -> int:
        """An index into the palette, the same on every page."""
        return self.pk % COLOURS


class KnownEncoding(models.Model):
    """An encoding that a human said is this person's. Encodings of two encoders never meet."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="encodings")
    face = models.OneToOneField(
        "gallery.Face", on_delete=models.CASCADE, related_name="known_encoding"
    )
    vector = VectorField(128)
    encoder = models.CharField(max_length=60)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["person", "encoder"], name="known_by_encoder")]

    def __str__(self) -> str:
        return f"{self.person} by face {self.face_id}"
