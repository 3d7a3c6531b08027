"""Makes the small pictures of photos from before there were any, from their thumbnails."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.children.requests import MakeSmall
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, Work
from gallery.models import Photo, Task
from gallery.services import files, small, turns
from gallery.worker.work import opened


class SmallPictures(Work):
    """Small pictures of photos up to the `last` one. `result` counts the `unread`."""

    name = "small"
    lane = Lane.LIBRARY
    taken = gettext_lazy("These pictures are being made already.")

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return f"small {owner.pk}"

    @property
    def title(self) -> str:
        return _("Small pictures for phones and slow lines")

    @property
    def outcome(self) -> str:
        unread = self.task.result["unread"]
        made = self.task.done - unread
        sentence = ngettext("%(made)s picture made.", "%(made)s pictures made.", made)
        said = sentence % {"made": intcomma(made)}
        return f"{said} {opened.passed_over(unread)}" if unread else said

    async def step(self, pool: AnalysisPool) -> bool:
        chunk = await database_sync_to_async(_next)(self.task)
        if not chunk:
            result = {"unread": 0} | self.task.result
            await database_sync_to_async(tasks.finish)(self.task, result)
            return False
        made = await _make(pool, chunk)
        await database_sync_to_async(save)(self.task, chunk, made)
        return True


async def _make(pool: AnalysisPool, photos: Sequence[Photo]) -> tuple[bytes | None, ...]:
    """Return the small picture of each photo; None too for one that ends the child."""
    try:
        return await pool.ask(MakeSmall(tuple(photo.thumbnail for photo in photos)))
    except ChildFailed as failed:
        if failed.code == "unavailable":
            raise
        if len(photos) == 1:
            return (None,)
    return tuple([(await _make(pool, [photo]))[0] for photo in photos])


def _next(task: Task) -> list[Photo]:
    found = small.lacking(task.owner).filter(pk__gt=task.cursor, pk__lte=task.arguments["last"])
    return list(found.order_by("pk")[: opened.CHUNK])


@transaction.atomic
def save(task: Task, photos: Sequence[Photo], made: Sequence[bytes | None]) -> None:
    """Keep what was made under the task's lease; raises LeaseLost, and writes nothing."""
    turns.take_of(task.owner_id)  # A photo that is saved meanwhile has a newer one.
    pictures = dict(zip([photo.pk for photo in photos], made, strict=True))
    known = [key for key, picture in pictures.items() if picture is not None]
    found = list(Photo.objects.filter(pk__in=known).without_small())
    unread = task.result.get("unread", 0) + len(photos) - len(known)
    done = task.done + len(photos)
    if not tasks.advance(task, cursor=photos[-1].pk, done=done, result={"unread": unread}):
        raise LeaseLost
    for photo in found:
        files.write(photo.small, [pictures[photo.pk] or b""])
    Photo.objects.filter(pk__in=[photo.pk for photo in found]).update(has_small=True)
