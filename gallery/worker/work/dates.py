"""Looks when and how the photos were taken that are here since before anybody did."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analysis.dates import Source
from gallery.children.pool import AnalysisPool
from gallery.children.requests import Dated, SeeDates
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, TaskRefused, Work
from gallery.models import Person, Photo, Roster, Task
from gallery.models.dated import TAKEN
from gallery.models.photo import SHOT
from gallery.services import dates, names, turns
from gallery.worker.work import opened


class Dates(Work):
    """A look for dates, cameras, places, up to the `last` photo. `result` counts `dated` and `unread`."""

    name = "dates"
    lane = Lane.LIBRARY
    taken = gettext_lazy("Your photos are being looked at already.")

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return f"dates {owner.pk}"

    @property
    def title(self) -> str:
        return _("When photos were taken")

    @property
    def outcome(self) -> str:
        dated, unread = self.task.result["dated"], self.task.result["unread"]
        sentence = _found(dated, self.task.done)
        return f"{sentence} {opened.passed_over(unread)}" if unread else sentence

    async def step(self, pool: AnalysisPool) -> bool:
        chunk = await database_sync_to_async(_next)(self.task)
        if not chunk:
            result = {"dated": 0, "unread": 0} | self.task.result
            await database_sync_to_async(_finish)(self.task, result)
            return False
        seen = await opened.see(pool, chunk, SeeDates)
        await database_sync_to_async(save)(self.task, chunk, seen)
        return True


def _found(dated: int, done: int) -> str:
    photos = ngettext("%(done)s photo", "%(done)s photos", done) % {"done": intcomma(done)}
    sentence = ngettext(
        "%(dated)s of %(photos)s says when it was taken.",
        "%(dated)s of %(photos)s say when they were taken.",
        dated,
    )
    return sentence % {"dated": intcomma(dated), "photos": photos}


def _finish(task: Task, result: dict[str, int]) -> None:
    tasks.finish(task, result)
    # Of people whose birth is known it may be seen now that they are not on a photo.
    roster = Roster.objects.of(task.owner_id)
    if Person.objects.filter(roster=roster, born_on__isnull=False).exists():
        with suppress(TaskRefused):
            names.guess_again(roster)


def _next(task: Task) -> list[Photo]:
    found = dates.unknown(task.owner).filter(pk__gt=task.cursor, pk__lte=task.arguments["last"])
    return list(found.order_by("pk")[: opened.CHUNK])


@transaction.atomic
def save(task: Task, photos: Sequence[Photo], seen: Sequence[Dated | None]) -> None:
    """Write what was seen under the task's lease; raises LeaseLost, and writes nothing."""
    turns.take_of(task.owner_id)  # A photo that is saved meanwhile is dated by that.
    told = dict(zip([photo.pk for photo in photos], seen, strict=True))
    known = {key: one for key, one in told.items() if one is not None}
    found = list(Photo.objects.filter(pk__in=known).of_unknown_dates())
    for photo in found:
        # One that was dated before anybody looked for more keeps its date.
        if photo.read is None:
            photo.redate(known[photo.pk].taken)
        photo.shot = known[photo.pk].shot
    dated = sum(photo.taken_from != Source.UPLOAD for photo in found)
    result = {
        "dated": task.result.get("dated", 0) + dated,
        "unread": task.result.get("unread", 0) + len(photos) - len(known),
    }
    done = task.done + len(photos)
    if not tasks.advance(task, cursor=photos[-1].pk, done=done, result=result):
        raise LeaseLost
    Photo.objects.bulk_update(found, [*TAKEN, *SHOT])
    Photo.objects.filter(pk__in=known).touch()
