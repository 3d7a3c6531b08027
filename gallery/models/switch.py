"""What administrators switch on or off for everybody on the site."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone


class Name(models.TextChoices):
    # Whether members who are no administrators may use the camera page.
    CAMERA = "camera"
    # Whether members read by which names others sign in, to share albums with them.
    MEMBERS = "members"


class SwitchQuerySet(QuerySet["Switch"]):
    def is_on(self, name: Name) -> bool:
        return self.filter(pk=name, is_on=True).exists()

    def turn(self, name: Name, *, is_on: bool, by: int) -> None:
        said = {"is_on": is_on, "changed_by_id": by, "changed_at": timezone.now()}
        self.update_or_create(pk=name, defaults=said)


class Switch(models.Model):
    """A switch that nobody has touched is off."""

    name = models.CharField(max_length=20, primary_key=True, choices=Name.choices)
    is_on = models.BooleanField(default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(default=timezone.now)

    objects = SwitchQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "switches"

    def __str__(self) -> str:
        return f"{self.name}: {'on' if self.is_on else 'off'}"
