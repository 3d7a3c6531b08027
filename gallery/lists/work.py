"""Tasks as pages list them: what is under way first, then what could go on, then what has ended."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import F
from django.utils import timezone

from gallery import kinds
from gallery.jobs import tasks
from gallery.kinds import Work
from gallery.models import AnalysisJob
from gallery.models.job import AnalysisJobQuerySet
from gallery.models.leased import OPEN, State
from gallery.models.task import TaskQuerySet

LATELY = timedelta(days=7)
MOST = 10
MOST_ENDED = 50


def begun_on(page: str, user: User) -> list[Work]:
    """Return the work that is begun on the page called so: what is unfinished, and what ended lately."""
    there = [kind.name for kind in kinds.KINDS.values() if kind.home == page]
    found = _latest_first(tasks.visible_to(user).filter(kind__in=there, dismissed_at=None))
    unfinished = list(found.filter(pk__in=tasks.unfinished().values("pk")))
    ended = found.filter(finished_at__gte=timezone.now() - LATELY)
    lately = ended.exclude(pk__in=[task.pk for task in unfinished])[:MOST]
    return kinds.of_all([*unfinished, *lately])


def of_owner(user: User) -> list[Work]:
    """Return what the user began and did not dismiss."""
    found = _latest_first(tasks.visible_to(user).filter(owner=user, dismissed_at=None))
    # "running" sorts after "queued".
    is_open = found.filter(state__in=OPEN).order_by("-state", "queued_at", "pk")
    return kinds.of_all([*is_open, *found.ended()[:MOST_ENDED]])


def under_way(user: User | AnonymousUser) -> list[Work]:
    """Return the user's tasks that run or wait, those that run first, for the bar of every page."""
    mine = tasks.visible_to(user).open().filter(owner_id=user.pk)
    return kinds.of_all(list(mine.order_by("-state", "queued_at", "pk")))


def failed_photos(user: User) -> AnalysisJobQuerySet:
    """Return the jobs of photos that could not be analysed, the latest first, but for dismissed ones."""
    failed = AnalysisJob.objects.visible_to(user).filter(state=State.FAILED, dismissed_at=None)
    return failed.select_related("photo").order_by("-finished_at", "-pk")


def _latest_first(found: TaskQuerySet) -> TaskQuerySet:
    order = F("finished_at").desc(nulls_first=True), "-queued_at", "-pk"
    return found.select_related("owner").order_by(*order)
