"""Reads files of people that were sent, so that what they would bring can be shown before it is done."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Self

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analysis.errors import AnalysisError
from gallery.children.pool import AnalysisPool
from gallery.children.requests import ReadKnown
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, TaskFailed, Work
from gallery.models import Arrival, Task
from gallery.services import arrival_previews, arrivals, arrived
from gallery.words import say

AT_A_TIME = 100  # pictures between two words about how far it is


class Arrivals(Work):
    """Files of people. `arguments` names the arrival; `result` counts people, and pictures or encodings."""

    name = arrivals.KIND
    lane = Lane.QUICK
    unit = gettext_lazy("files")
    home = "people"
    goes_on = False
    template = "gallery/_arrival.html"

    @classmethod
    def all(cls, found: Iterable[Task]) -> list[Self]:
        works = [cls(task) for task in found]
        arrivals_of = Arrival.objects.filter(task__in=[one.task for one in works])
        there = {arrival.task_id: arrival for arrival in arrivals_of}
        for one in works:
            one.arrival = there.get(one.task.pk)
        return works

    @cached_property
    def arrival(self) -> Arrival | None:
        """What was sent; None once it was brought in or left."""
        return Arrival.objects.filter(task=self.task).first()

    @property
    def title(self) -> str:
        return _("People from %(source)s") % {"source": self.task.arguments["source"]}

    @property
    def running(self) -> str:
        return _("The files are being looked at. %(counted)s.") % {"counted": self.counted}

    @property
    def outcome(self) -> str:
        if self.arrival is None:
            return _("These files were left.")
        count = self.task.result["people"]
        words = ngettext(
            "%(count)s person can be brought in.", "%(count)s people can be brought in.", count
        )
        return words % {"count": count}

    async def step(self, pool: AnalysisPool) -> bool:
        arrival = await database_sync_to_async(lambda: self.arrival)()
        if arrival is None:
            raise TaskFailed(say("upload_gone"))
        try:
            result = await self._read(arrival, pool)
        except AnalysisError:
            # Nothing of it is of any use.
            await database_sync_to_async(arrivals.discard)(arrival)
            raise
        if not await database_sync_to_async(tasks.finish)(self.task, result):
            raise LeaseLost
        return False

    def stopped(self) -> None:
        if self.arrival is not None:
            arrivals.discard(self.arrival)

    def context(self, user: User) -> dict[str, Any]:
        arrival = self.arrival
        if arrival is None or not self.task.is_done or self.task.owner_id != user.pk:
            return {}
        try:
            return {"arrival": arrival, "preview": arrival_previews.preview(arrival)}
        except FileNotFoundError:  # It is being brought in or left just now.
            return {}

    async def _read(self, arrival: Arrival, pool: AnalysisPool) -> dict[str, int]:
        form = await database_sync_to_async(arrived.form_of)(arrival)
        if form is None or form == "zip":
            read = database_sync_to_async(arrived.read_pictures)
            return await read(arrival, form, self._tell)
        known = await pool.ask(ReadKnown(arrived.only(arrival)))
        return await database_sync_to_async(arrived.keep_known)(arrival, form, known)

    def _tell(self, done: int, total: int) -> None:
        if done % AT_A_TIME and done != total:
            return
        if not tasks.advance(self.task, done=done, total=total):
            raise LeaseLost
