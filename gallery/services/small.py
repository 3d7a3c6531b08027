"""Looks for photos from before there were small pictures for walls on phones and slow lines."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Count, Max

from gallery.jobs import tasks
from gallery.models import Photo, Task
from gallery.models.photo import PhotoQuerySet


def lacking(owner: User) -> PhotoQuerySet:
    """Return the owner's photos that have a thumbnail, and no small picture yet."""
    return Photo.objects.visible_to(owner).without_small()


def make(*, user: User) -> Task:
    """Have the small pictures of those photos made from their thumbnails; raises TaskRefused."""
    found = lacking(user).aggregate(total=Count("pk"), last=Max("pk"))
    arguments = {"last": found["last"] or 0}
    return tasks.enqueue(kind="small", owner=user, arguments=arguments, total=found["total"])
