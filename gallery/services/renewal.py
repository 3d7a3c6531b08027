"""Having photos analysed again that are here, many at once, as new ones are analysed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.contrib.auth.models import User
from django.db.models import Count, Max

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


# Which photos a task is about, by the name that its arguments say. Another reason to analyse photos again
# is another line.
WHICH: Mapping[str, Callable[[User], PhotoQuerySet]] = {
    "made_otherwise": made_otherwise,
    "unconverted": colours.unconverted,
}


def begin(*, user: User, which: str) -> Task:
    """Have those photos of the user's analysed again that there are by now; raises TaskRefused.

    `which` is one of WHICH.
    """
    found = WHICH[which](user).aggregate(total=Count("pk"), last=Max("pk"))
    arguments = {"which": which, "last": found["last"] or 0}
    return tasks.enqueue(kind="renewal", owner=user, arguments=arguments, total=found["total"])
