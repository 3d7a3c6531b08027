"""Files of people that were sent, until they are brought in or left."""

from __future__ import annotations

import uuid
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from analysis.known.layouts import Layout
from gallery import installed
from gallery.models.task import Task


class ArrivalQuerySet(QuerySet["Arrival"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> ArrivalQuerySet:
        return self.filter(owner_id=user.pk)


class Arrival(models.Model):
    """What an account has sent to know people by, and not said yet whether they are to be brought in.

    There is one at a time of each account. `source` is what its folder or file is called, `layout` the one
    that a human chose, if not the one that is told by itself. `task` reads the files once all are there;
    what it finds lies in `folder` with them. `touched_at` is when it began, or was all there.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="arrival"
    )
    source = models.CharField(max_length=255)
    layout = models.CharField(
        max_length=7, blank=True, default="", choices=[(one.value, one.value) for one in Layout]
    )
    task = models.OneToOneField(Task, on_delete=models.SET_NULL, null=True, related_name="arrival")
    touched_at = models.DateTimeField(default=timezone.now)

    objects = ArrivalQuerySet.as_manager()

    def __str__(self) -> str:
        return self.source

    @property
    def folder(self) -> Path:
        return installed.arrivals() / self.key.hex
