"""Looks for photos that were analysed before colours were converted, and have others than sRGB."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Count, Max

from gallery.jobs import tasks
from gallery.models import Photo, Task
from gallery.models.leased import State
from gallery.models.photo import UNCONVERTED, PhotoQuerySet


def unknown(owner: User) -> PhotoQuerySet:
    """Return the owner's photos of which nobody knows yet whether they are sRGB."""
    return _analysed(owner).of_unknown_colours()


def unconverted(owner: User) -> PhotoQuerySet:
    """Return the owner's photos that are known to have colours which were not converted."""
    return _analysed(owner).filter(methods__has_key=UNCONVERTED)


def look(*, user: User) -> Task:
    """Have the user's photos of unknown colours opened to see what these are; raises TaskRefused."""
    found = unknown(user).aggregate(total=Count("pk"), last=Max("pk"))
    arguments = {"last": found["last"] or 0}
    return tasks.enqueue(kind="colours", owner=user, arguments=arguments, total=found["total"])


def _analysed(owner: User) -> PhotoQuerySet:
    return Photo.objects.visible_to(owner).filter(job__state=State.DONE)
