"""Pictures that were brought as ones of somebody, and show several faces."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from gallery.models.face import Face, NamedBy
from gallery.models.person import Person
from gallery.models.photo import Photo


class GroupPortraitQuerySet(QuerySet["GroupPortrait"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> GroupPortraitQuerySet:
        return self.filter(photo__owner_id=user.pk)

    def unanswered(self) -> GroupPortraitQuerySet:
        """Return those that still show faces, on none of which a human has named the person since."""
        faces = Face.objects.filter(photo=OuterRef("photo"))
        named = faces.filter(person=OuterRef("person"), named_by=NamedBy.HUMAN)
        return self.filter(Exists(faces), ~Exists(named))


class GroupPortrait(models.Model):
    """That a person is on a photo, as whoever brought it said, but not by which face: that is asked.

    It goes when the face is chosen, or when a human says that none is.
    """

    photo = models.ForeignKey(Photo, on_delete=models.CASCADE, related_name="group_portraits")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="group_portraits")
    created_at = models.DateTimeField(default=timezone.now)

    objects = GroupPortraitQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["photo", "person"], name="group_portrait_once"),
        ]

    def __str__(self) -> str:
        return f"{self.person} on {self.photo}"

    def get_absolute_url(self) -> str:
        return reverse("group_portrait", args=[self.photo_id, self.person_id])
