"""A roster: the people whom an account knows, and by whom its photos' faces are named."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone

from analysis.naming import Way

# One in so many strangers may get a name.
ACCEPTED = (10, 100, 1000)
WAYS = [(way.value, way.value) for way in Way]


class RosterQuerySet(QuerySet["Roster"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> RosterQuerySet:
        return self.filter(owner_id=user.pk)

    def of(self, owner_id: int) -> Roster:
        """Return the roster by which the account's photos go, made now if there is none yet.

        Two who need it at once get the same one: the second waits for the first and then finds it.
        """
        return self.get_or_create(owner_id=owner_id)[0]


class Roster(models.Model):
    """Each account has one of its own; who goes by it is asked here alone, so that several may one day.

    Its people are told by `way`; at most one in `accepted` strangers gets a name. The limits are those for
    `counted` people, and move only when there are twice as many or half. With `is_plain` it is the study's
    way instead: whoever is nearest by the plain distance, within the site's tolerance.

    `revision` is another number whenever anything is that faces are compared with, `faces_revision`
    whenever faces came, or all of a photo were compared; `has_nearest` says whether it is kept of all faces
    whom they are near, as earlier versions did not. Of so many as were `grouped` all groups were found
    anew; since `groups_due_at` there is something that they do not know of yet, and since `alike_due_at`
    something that may make two people look like one.
    """

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="roster"
    )
    created_at = models.DateTimeField(default=timezone.now)
    is_plain = models.BooleanField(default=False)
    way = models.CharField(max_length=10, choices=WAYS, default=Way.NEAREST.value)
    accepted = models.PositiveIntegerField(default=ACCEPTED[1])
    counted = models.PositiveIntegerField(default=0)
    revision = models.BigIntegerField(default=0)
    faces_revision = models.BigIntegerField(default=0)
    has_nearest = models.BooleanField(default=True)
    grouped = models.PositiveIntegerField(default=0)
    groups_due_at = models.DateTimeField(null=True)
    alike_due_at = models.DateTimeField(null=True)

    objects = RosterQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Roster of {self.owner}"

    @property
    def members(self) -> list[int]:
        """The keys of the accounts whose photos go by this roster."""
        return [self.owner_id]
