"""Groups of unknown faces that seem to be one person's."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from gallery.models.face import Face
from gallery.models.roster import Roster


class FaceGroupQuerySet(QuerySet["FaceGroup"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> FaceGroupQuerySet:
        return self.filter(roster__in=Roster.objects.visible_to(user))


class FaceGroup(models.Model):
    """Faces that seem to be one person's, whom nobody named. Its key stays while most of them do.

    `count` is of how many faces it was when it was last looked at.
    """

    roster = models.ForeignKey(Roster, on_delete=models.CASCADE, related_name="groups")
    count = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)

    objects = FaceGroupQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["roster", "-count"], name="group_largest_first")]

    def __str__(self) -> str:
        return f"Group {self.pk} of {self.count}"

    def get_absolute_url(self) -> str:
        return reverse("group", args=[self.pk])


class GroupedFace(models.Model):
    """That a face was looked at for groups, and in which it is: in none while it waits for others."""

    face = models.OneToOneField(
        Face, on_delete=models.CASCADE, primary_key=True, related_name="grouped"
    )
    group = models.ForeignKey(
        FaceGroup, on_delete=models.CASCADE, null=True, related_name="members"
    )

    def __str__(self) -> str:
        return f"Face {self.face_id} in {self.group_id}"
