"""Has photos analysed again as those that are uploaded now, a few at a time; what people said stays."""

from __future__ import annotations

import asyncio
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analysis.errors import UnknownMethod, WeightsMissing
from analysis.methods import Choice
from gallery import installed
from gallery.children.pool import AnalysisPool
from gallery.jobs import queue, tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, Work
from gallery.models import AnalysisJob, Photo, Preferences, Task
from gallery.models.leased import State
from gallery.services import renewal

LOOK_EVERY = 0.5  # seconds


class Renewal(Work):
    """Photos again. `arguments` names `which` (`services.renewal.WHICH`), up to the `last`.

    `result` holds the photos `asked` for that are not done yet, and how many `failed`.
    """

    name = "renewal"
    lane = Lane.LIBRARY
    taken = gettext_lazy("Your photos are being analysed again already.")

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return f"renewal {owner.pk}"

    @property
    def title(self) -> str:
        if self.task.arguments.get("choice"):
            return _("Photos again, by methods that you chose")
        return _("Photos again, by the methods of today")

    @property
    def outcome(self) -> str:
        done = ngettext(
            "%(count)s photo was analysed again.",
            "%(count)s photos were analysed again.",
            self.task.done,
        ) % {"count": intcomma(self.task.done)}
        failed = self.task.result.get("failed", 0)
        if not failed:
            return done
        sentence = ngettext(
            "Of %(count)s it failed: open it to see why.",
            "Of %(count)s it failed: open them to see why.",
            failed,
        )
        return f"{done} {sentence % {'count': intcomma(failed)}}"

    async def step(self, pool: AnalysisPool) -> bool:
        if not await database_sync_to_async(ask_for_more)(self.task):
            return False
        await asyncio.sleep(LOOK_EVERY)
        return True


@transaction.atomic
def ask_for_more(task: Task) -> bool:
    """Count what is done, and queue as many photos more; False, and the task closed, after the last.

    Whoever uploads a photo meanwhile waits for the few that are queued before it, not for the library.
    Raises LeaseLost, or WeightsMissing before every photo fails by it.
    """
    asked = task.result.get("asked", [])
    jobs = AnalysisJob.objects.filter(photo__in=asked)
    waiting = list(jobs.open().order_by("photo").values_list("photo", flat=True))
    failed = task.result.get("failed", 0) + jobs.filter(state=State.FAILED).count()
    more = _more(task, 2 * settings.ANALYSIS_CHILDREN - len(waiting))
    if asked and not more and waiting == sorted(asked):
        return True  # Nothing to say: whoever looks is told twice a second else.
    # Photos that were deleted, or became ones to renew by other settings, must not make it 11 of 10.
    done = min(task.total, task.done + len(asked) - len(waiting))
    result = {"asked": waiting + more, "failed": failed}
    cursor = more[-1] if more else task.cursor
    if not tasks.advance(task, cursor=cursor, done=done, result=result):
        raise LeaseLost
    if not result["asked"]:
        return not tasks.finish(task, {"failed": failed})
    found = renewal.photos_of(task.owner, task.arguments).filter(pk__in=more)
    for photo in found.select_related("job"):
        queue.enqueue(photo, choice=_wanted(task) or _chosen_for(photo))
    return True


def _wanted(task: Task) -> Choice | None:
    """Return the methods by which a human wanted all of these photos, if they said so."""
    names = task.arguments.get("choice")
    return Choice.of(names, installed.weights()) if names else None


def _chosen_for(photo: Photo) -> Choice | None:
    """Return the methods of a photo for which a human chose some; None without, or if one is gone."""
    if not photo.job.chosen:
        return None
    weights = installed.weights()
    try:
        choice = Preferences.objects.of(photo.owner_id).choice.but(photo.job.chosen, weights)
        choice.check(weights)
    except (UnknownMethod, WeightsMissing):
        return None
    return choice


def _more(task: Task, count: int) -> list[int]:
    if count <= 0:
        return []
    choice = _wanted(task) or Preferences.objects.of(task.owner_id).choice
    choice.check(installed.weights())
    found = renewal.photos_of(task.owner, task.arguments)
    found = found.filter(pk__gt=task.cursor, pk__lte=task.arguments["last"]).order_by("pk")
    return list(found.values_list("pk", flat=True)[:count])
