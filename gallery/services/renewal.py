"""Having photos analysed again that are here, many at once, as new ones are analysed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Count, Max

from analysis.methods import Choice
from gallery import installed
from gallery.jobs import tasks
from gallery.models import Photo, Preferences, Task
from gallery.models.leased import State
from gallery.models.photo import PhotoQuerySet
from gallery.services import colours


def made_otherwise(owner: User) -> PhotoQuerySet:
    """Return the owner's photos that would be made by other methods now.

    Without those that a human had analysed by methods of their choice for once: these stay so.
    """
    carried = Preferences.objects.of(owner.pk).choice.carried(installed.weights())
    photos = Photo.objects.visible_to(owner).filter(job__state=State.DONE, job__chosen={})
    return photos.made_otherwise(carried)


def chosen(owner: User) -> PhotoQuerySet:
    """Return all of the owner's photos, for some of them to be named by their keys."""
    return Photo.objects.visible_to(owner)


def analysed(owner: User) -> PhotoQuerySet:
    """Return all of the owner's photos that were analysed."""
    return Photo.objects.visible_to(owner).filter(job__state=State.DONE)


# Which photos a task is about, by the name that its arguments say. Another reason to analyse photos again
# is another line.
WHICH: Mapping[str, Callable[[User], PhotoQuerySet]] = {
    "made_otherwise": made_otherwise,
    "unconverted": colours.unconverted,
    "analysed": analysed,
    "chosen": chosen,
}


def photos_of(user: User, arguments: Mapping[str, Any]) -> PhotoQuerySet:
    """Return the photos of the user's that a task with these arguments is about, as of now."""
    found = WHICH[arguments["which"]](user)
    return found.filter(pk__one_of=arguments["photos"]) if "photos" in arguments else found


def begin(
    *,
    user: User,
    which: str,
    photos: Collection[int] | None = None,
    choice: Choice | None = None,
) -> Task:
    """Have those photos of the user's analysed again that there are by now; raises TaskRefused.

    `which` is one of WHICH; of these only the `photos`, by key, if some are named. With a `choice`, all are
    analysed by that for this once.
    """
    arguments: dict[str, Any] = {"which": which}
    if photos is not None:
        arguments["photos"] = sorted(photos)
    if choice is not None:
        arguments["choice"] = choice.by_stage()
    found = photos_of(user, arguments).aggregate(total=Count("pk"), last=Max("pk"))
    arguments["last"] = found["last"] or 0
    return tasks.enqueue(kind="renewal", owner=user, arguments=arguments, total=found["total"])
