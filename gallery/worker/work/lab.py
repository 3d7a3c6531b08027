"""Looks at one photo by every detector, and at its faces by every network, while somebody waits for it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, cast

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from analysis.errors import AnalysisError, PhotoTooLarge, UnreadablePhoto
from analysis.methods import DETECTORS
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, Work
from gallery.models import Face, Photo
from gallery.services import lab
from gallery.services.lab import kept

# Seconds after which it is looked whether somebody still waits.
LOOK_EVERY = 2.0


class Left(Exception):
    """Nobody waits for it any more."""


class Lab(Work):
    """The lab of a `photo`: a part at a time, each of which is on the page once it is there."""

    name = lab.KIND
    lane = Lane.QUICK
    unit = gettext_lazy("parts")
    goes_on = False

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return f"{cls.name}-{owner.pk}"

    @property
    def title(self) -> str:
        return _("A photo in the lab")

    @property
    def outcome(self) -> str:
        return _("The photo was looked at by every method there is.")

    async def step(self, pool: AnalysisPool) -> bool:
        photo = await database_sync_to_async(self._photo)()
        waiting = await database_sync_to_async(self._waiting)(photo) if photo else ()
        if photo is None or not waiting or not kept.is_watched(photo.key):
            await database_sync_to_async(self._finish)()
            return False
        faces = await database_sync_to_async(_faces_of)(photo, waiting[0])
        try:
            await self._do(pool, photo, waiting[0], faces)
        except Left:
            return True  # The next step ends it.
        if not await database_sync_to_async(tasks.advance)(self.task, done=self.task.done + 1):
            raise LeaseLost
        return True

    async def _do(self, pool: AnalysisPool, photo: Photo, part: str, faces: Sequence[Face]) -> None:
        """Have a child do a part, and keep what it says, or why it says nothing."""
        request = await database_sync_to_async(lab.request_of)(photo, part, faces)
        try:
            # Of whatever request; what comes back goes by the part.
            found = await self._asked(pool, cast(Any, request), photo)
        except (UnreadablePhoto, PhotoTooLarge):
            raise  # It is the photo, and so all of it.
        except AnalysisError as error:
            await asyncio.to_thread(kept.keep_failed, photo.key, part, error.code)
        except ChildFailed as error:
            if error.code == "unavailable":
                raise
            await asyncio.to_thread(kept.keep_failed, photo.key, part, error.code)
        else:
            await asyncio.to_thread(_keep, photo, part, faces, found)

    async def _asked(self, pool: AnalysisPool, request: Any, photo: Photo) -> Any:
        """Return a child's answer; raises Left, and ends the child, once nobody waits for it."""
        asking = asyncio.create_task(pool.ask(request))
        try:
            while not (await asyncio.wait([asking], timeout=LOOK_EVERY))[0]:
                if not kept.is_watched(photo.key):
                    raise Left
        finally:
            asking.cancel()  # Does nothing once it is done.
            await asyncio.wait([asking])
        return asking.result()

    def _photo(self) -> Photo | None:
        mine = Photo.objects.filter(owner=self.task.owner_id)
        return mine.filter(pk=self.task.arguments["photo"]).first()

    def _waiting(self, photo: Photo) -> tuple[str, ...]:
        return lab.progress(photo, lab.asked_for(self.task)).waiting

    def _finish(self) -> None:
        if not tasks.finish(self.task, {}):
            raise LeaseLost
        tasks.dismiss(self.task)  # Whoever waited for it has seen it.


def _faces_of(photo: Photo, part: str) -> Sequence[Face]:
    """Return the faces that a part is about; a detector's is about none."""
    return () if part in DETECTORS else lab.closely(lab.crowd(photo))[part]


def _keep(photo: Photo, part: str, faces: Sequence[Face], found: Any) -> None:
    if part in DETECTORS:
        kept.keep_detected(photo.key, found, part)
    else:
        kept.keep_closely(photo.key, part, {face.pk: face.box for face in faces}, found)
