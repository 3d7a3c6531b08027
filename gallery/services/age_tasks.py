"""Has the ages of all faces told again from the crops that were kept."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db.models import Count, Max, Q
from django.utils.translation import gettext as _

from analysis.methods import find
from gallery import installed
from gallery.jobs import tasks
from gallery.kinds import TaskRefused
from gallery.models import Face, Recommendation, Task
from gallery.models.face_queries import FaceQuerySet

STAGE = "age_gender"


def tell_again(*, user: User) -> Task:
    """Have the recommended method tell the age of each face that another one told; raises TaskRefused."""
    method = Recommendation.objects.choice().age_gender
    if not age_network(method):
        raise TaskRefused(_("The default method can't tell ages by the crops that were kept."))
    found = told_by_others(method).aggregate(total=Count("pk"), last=Max("pk"))
    arguments = {"method": method, "last": found["last"] or 0}
    return tasks.enqueue(kind="ages", owner=user, arguments=arguments, total=found["total"])


def age_network(method: str) -> str:
    """Return what faces say whose ages the method told; "" if it can't tell any by a kept crop."""
    return find(STAGE, method, installed.weights()).age_network


def told_by_others(method: str) -> FaceQuerySet:
    """Return the faces that follow the recommendation and whose age another network told.

    What this one told of a whole photo is not told again: a crop is a little worse.
    """
    network = age_network(method)
    own = Q(**{f"methods__{STAGE}": network}) | Q(
        **{f"methods__{STAGE}__startswith": f"{network},"}
    )
    # A face that was saved before methods were has no such key, and must not get lost in a NULL.
    unsaid = Q(**{f"methods__{STAGE}__isnull": True})
    return Face.objects.following(STAGE).filter(unsaid | ~own)


def face_count() -> int:
    """Return how many faces would be told again; 0 where the default can't."""
    method = Recommendation.objects.choice().age_gender
    return told_by_others(method).count() if age_network(method) else 0


def renamed(methods: str, network: str) -> str:
    """Return what says who told age and gender, once `network` has told the age anew."""
    gender = methods.rpartition(", ")[2]
    return f"{network}, {gender}" if gender else network
