"""A roster: the people whom an account knows, and by whom its photos' faces are named."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models
from django.db.models import QuerySet
from django.utils import timezone


class RosterQuerySet(QuerySet["Roster"]):
    def visible_to(self, user: AbstractBaseUser | AnonymousUser) -> RosterQuerySet:
        return self.filter(owner_id=user.pk)

    def of(self, owner_id: int) -> Roster:
        """Return the roster by which the account's photos go, made now if there is none yet.

        Two who need it at once get the same one: the second waits for the first and then finds it.
        """
        return self.get_or_create(owner_id=owner_id)[0]


class Roster(models.Model):
    """Each account has one of its own; who goes by it is asked here alone, so that several may one day."""

    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="roster"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects = RosterQuerySet.as_manager()

    def __str__(self) -> str:
        return f"Roster of {self.owner}"

    @property
    def members(self) -> list[int]:
        """The keys of the accounts whose photos go by this roster."""
        return [self.owner_id]
