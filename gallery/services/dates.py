"""Looks for photos that were here before anybody looked when, by what and where they were taken."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Count, Max

from gallery.jobs import tasks
from gallery.models import Photo, Task
from gallery.models.photo import PhotoQuerySet


def unknown(owner: User) -> PhotoQuerySet:
    """Return the owner's photos of which nobody knows yet whether they say when and how they were taken."""
    return Photo.objects.visible_to(owner).of_unknown_dates()


def look(*, user: User) -> Task:
    """Have those photos of the user's opened to see when and how they were taken; raises TaskRefused."""
    found = unknown(user).aggregate(total=Count("pk"), last=Max("pk"))
    arguments = {"last": found["last"] or 0}
    return tasks.enqueue(kind="dates", owner=user, arguments=arguments, total=found["total"])
