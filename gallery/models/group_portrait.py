"""Pictures that were brought as ones of somebody, and show several faces."""

from __future__ import annotations

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from gallery.models.face import Face
from gallery.models.face_queries import NamedBy
from gallery.models.person import Gone, Person
from gallery.models.photo import Photo


class GroupPortraitQuerySet(QuerySet["GroupPortrait"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> GroupPortraitQuerySet:
        return self.filter(photo__owner_id=user.pk)

    def unanswered(self) -> GroupPortraitQuerySet:
        """Return those that still show faces, on none of which a human has named the person since."""
        faces = Face.objects.filter(photo=OuterRef("photo"))
        by_now = Coalesce(OuterRef("person__merged_into"), OuterRef("person"))
        named = faces.filter(person=by_now, named_by=NamedBy.HUMAN)
        return self.of_people_there().filter(Exists(faces), ~Exists(named))

    def of_people_there(self) -> GroupPortraitQuerySet:
        """Return those of people who have not gone, be it as somebody else."""
        return self.filter(Q(person__gone=Gone.NOT) | Q(person__merged_into__isnull=False))


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
