"""Looks which photos from before colours were converted are not sRGB, and offers them again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.children.pool import AnalysisPool
from gallery.children.requests import SeeColours
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, Work
from gallery.models import Photo, Task
from gallery.models.photo import UNCONVERTED
from gallery.services import colours, turns
from gallery.worker.work import opened


class Colours(Work):
    """A look at colours, up to the `last` photo. `result` counts `others` than sRGB and the `unread`."""

    name = "colours"
    lane = Lane.LIBRARY
    template = "gallery/_colours_found.html"
    taken = gettext_lazy("Your photos are being looked at already.")

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return f"colours {owner.pk}"

    @property
    def title(self) -> str:
        return _("Photos in other colours than sRGB")

    @property
    def outcome(self) -> str:
        others, unread = self.task.result["others"], self.task.result["unread"]
        return " ".join(
            [_found(others, self.task.done), *([opened.passed_over(unread)] if unread else [])]
        )

    async def step(self, pool: AnalysisPool) -> bool:
        chunk = await database_sync_to_async(_next)(self.task)
        if not chunk:
            result = {"others": 0, "unread": 0} | self.task.result
            await database_sync_to_async(tasks.finish)(self.task, result)
            return False
        seen = await opened.see(pool, chunk, SeeColours)
        await database_sync_to_async(save)(self.task, chunk, seen)
        return True

    def context(self, user: User) -> dict[str, Any]:
        return {"unconverted": colours.unconverted(user).count()}


def _found(others: int, done: int) -> str:
    photos = ngettext("%(done)s photo", "%(done)s photos", done) % {"done": intcomma(done)}
    sentence = ngettext(
        "%(others)s of %(photos)s has other colours than sRGB.",
        "%(others)s of %(photos)s have other colours than sRGB.",
        others,
    )
    return sentence % {"others": intcomma(others), "photos": photos}


def _next(task: Task) -> list[Photo]:
    found = colours.unknown(task.owner).filter(pk__gt=task.cursor, pk__lte=task.arguments["last"])
    return list(found.order_by("pk")[: opened.CHUNK])


@transaction.atomic
def save(task: Task, photos: Sequence[Photo], seen: Sequence[str | None]) -> None:
    """Write what was seen under the task's lease; raises LeaseLost, and writes nothing."""
    turns.take_of(task.owner_id)  # A photo that is saved meanwhile has other methods.
    profiles = dict(zip([photo.pk for photo in photos], seen, strict=True))
    known = [key for key, profile in profiles.items() if profile is not None]
    found = list(Photo.objects.filter(pk__in=known).of_unknown_colours())
    for photo in found:
        profile = profiles[photo.pk]
        photo.methods |= {UNCONVERTED: profile} if profile else {"colour": "sRGB"}
    result = {
        "others": task.result.get("others", 0) + sum(UNCONVERTED in one.methods for one in found),
        "unread": task.result.get("unread", 0) + len(photos) - len(known),
    }
    done = task.done + len(photos)
    if not tasks.advance(task, cursor=photos[-1].pk, done=done, result=result):
        raise LeaseLost
    Photo.objects.bulk_update(found, ["methods"])
    Photo.objects.filter(pk__in=known).touch()
