"""Erases somebody and looks for what is left, in one go: of whom that was is nothing kept in between."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, Work
from gallery.models import Roster, Task
from gallery.services import erasing, turns
from gallery.services.erasing import faces, people, report
from gallery.services.erasing.erased import Erased
from gallery.services.nearest import few
from gallery.words import Words

AT_A_TIME = 200  # faces, so that nobody waits long for their turn
# Where something was found, by what a column is of.
PLACES: Mapping[str, Any] = {
    "auth.user": gettext_lazy("the name of an account"),
    "gallery.person": gettext_lazy("somebody else of that name"),
    "gallery.personalias": gettext_lazy("somebody else of that name"),
    "gallery.word": gettext_lazy("what was said of somebody else of that name"),
    "gallery.photo": gettext_lazy("the name of a photo's file"),
    "gallery.binnedphoto": gettext_lazy("a photo in the bin"),
    "freed": gettext_lazy("freed pages of the database"),
}


class Erasing(Work):
    """The erasing of somebody. `arguments` are keys: of the `roster`, of `people` and of their `faces`.

    They say too whether whose these were `is_private`: does not want to be recognised.

    `result` is what `services.erasing.report` tells.
    """

    name = erasing.KIND
    lane = Lane.QUICK
    unit = gettext_lazy("faces")
    home = "people"
    template = "gallery/_erased.html"

    @property
    def title(self) -> str:
        return _("Erasing of somebody")

    @property
    def outcome(self) -> str:
        result = self.task.result
        words = ngettext(
            "Somebody was erased, with %(count)s face.",
            "Somebody was erased, with %(count)s faces.",
            result["faces"],
        )
        first = words % {"count": intcomma(result["faces"])}
        if not result["is_checked"]:
            then = _("It was interrupted, so that it could not be looked for what is left.")
        elif result["found"]:
            then = _("Something is left: see where.")
        else:
            then = _("Nothing was found that is left.")
        return f"{first} {then}"

    async def step(self, pool: AnalysisPool) -> bool:
        # In a thread of its own: looking through gigabytes must not keep others waiting.
        await database_sync_to_async(erase_all, thread_sensitive=False)(self.task)
        return False

    def context(self, user: User) -> dict[str, Any]:
        result = self.task.result if self.task.is_done else {"found": [], "stays": []}
        found = [(PLACES.get(_table(place), place), count) for place, count in result["found"]]
        return {"found": found, "stays": [Words.read(text) for text in result["stays"]]}


def erase_all(task: Task) -> None:
    """Erase the faces, then the people, and keep what is left of them; raises LeaseLost."""
    roster = Roster.objects.get(pk=task.arguments["roster"])
    # Whoever goes on with it does not know any more who was erased before.
    erased = Erased(is_private=task.arguments["is_private"])
    is_whole = task.cursor == 0
    for some in few(task.arguments["faces"][task.done :], AT_A_TIME):
        with transaction.atomic():
            _advance(task, task.done + len(some))
            faces.erase(turns.take(roster.pk), some, erased)
    with transaction.atomic():
        _advance(task, task.total - 1)
        roster = turns.take(roster.pk)
        # What was undone meanwhile may have made more faces theirs.
        if late := erasing.said_to_be(task.arguments["people"]):
            faces.erase(roster, late, erased)
        people.erase(roster, task.arguments["people"], erased)
    if not tasks.finish(task, report.of(roster, erased, is_whole=is_whole)):
        raise LeaseLost


def _advance(task: Task, done: int) -> None:
    if not tasks.advance(task, done=done, cursor=1):
        raise LeaseLost


def _table(place: str) -> str:
    return place.rpartition(".")[0] or place
