"""Looks through a folder on the server for photos, as `manage.py import` does."""

from __future__ import annotations

import asyncio
import time
from functools import cached_property
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, TaskFailed, Work
from gallery.models import SourceFolder, Task
from gallery.services.sources import folders, looking, telling
from gallery.services.sources.ending import FolderGone
from gallery.services.sources.folders import FolderRefused
from gallery.services.sources.looking import Look
from gallery.words import say


class Folders(Work):
    """A look at a folder. `arguments` has its key and path; `result` is that of a `Look`."""

    name = folders.KIND
    lane = Lane.LIBRARY
    unit = gettext_lazy("files")
    home = "folders"
    for_administrators = True
    template = "folders/_told.html"
    taken = gettext_lazy("This folder is being looked through already.")

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return folders.key_of(arguments["folder"])

    @property
    def title(self) -> str:
        return _("Photos from %(folder)s") % {"folder": self.task.arguments["path"]}

    @property
    def outcome(self) -> str:
        return f"{telling.summary(self.task.result['counts'])}.".capitalize()

    def context(self, user: User) -> dict[str, Any]:
        return {"told": telling.told(self.task.result)}

    async def step(self, pool: AnalysisPool) -> bool:
        look = await database_sync_to_async(self._allowed)()
        if not self.task.total:
            total = await asyncio.to_thread(looking.count, look.folder)
            await database_sync_to_async(_advance)(self.task, total=total)
        try:
            if await look.step(pool, time.time()):
                done = min(look.found, self.task.total)
                await database_sync_to_async(_advance)(self.task, done=done, result=look.result)
                return True
        except FolderGone as error:
            raise TaskFailed(error.sentence) from error
        await database_sync_to_async(tasks.finish)(self.task, look.result)
        return False

    def _allowed(self) -> Look:
        """Return the look, as long as the setting allows the folder, wherever that leads by now."""
        try:
            folders.check_allowed(self._look.folder.root)
        except FolderRefused as refusal:
            raise TaskFailed(refusal.sentence) from refusal
        return self._look

    @cached_property
    def _look(self) -> Look:
        key = self.task.arguments["folder"]
        folder = SourceFolder.objects.select_related("owner").filter(pk=key).first()
        if folder is None:
            raise TaskFailed(say("source_gone", folder=self.task.arguments["path"]))
        return Look(folder, self.task.result)


def _advance(task: Task, **changes: Any) -> None:
    if not tasks.advance(task, **changes):
        raise LeaseLost
