"""Goes through a folder from its beginning to its end, in parts of seconds."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.conf import settings
from django.db.models import F
from django.utils import timezone

from analysis.errors import AnalysisError
from analysis.photo_folders import Found, walk
from gallery import installed
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.children.requests import LooksTheSame
from gallery.models import Photo, SourceFolder
from gallery.services.sources import ending, into_albums, seeing, settling
from gallery.services.sources.ending import FolderGone
from gallery.services.sources.seeing import SAID, Seen
from gallery.services.sources.settling import WAITING, Settled
from gallery.words import say

FILES, BYTES = 200, 256 * 2**20  # of a part, at most
MOST_TOLD = 200  # files of which more is said than a count
MOST_WAITING = 1000  # files that are perhaps others which have moved
GONE = "gone"


class Look:
    """One look at a folder. `result` is what JSON can hold: how far it is, and what files came to.

    With the `result` of one that was cut short it goes on from there.
    """

    def __init__(self, folder: SourceFolder, result: dict[str, Any] | None = None) -> None:
        self.folder = folder
        self.result: dict[str, Any] = {"after": "", "found": 0, "counts": {}, "told": []}
        self.result["waiting"] = []
        self.result |= result or {}
        self._walk: Iterator[Found] | None = None

    @property
    def counts(self) -> dict[str, int]:
        counts: dict[str, int] = self.result["counts"]
        return counts

    @property
    def found(self) -> int:
        """How many files and links it has come by."""
        return int(self.result["found"])

    @property
    def waiting(self) -> int:
        """How many files are still being written."""
        return self.counts.get(WAITING, 0)

    async def step(self, pool: AnalysisPool, now: float) -> bool:
        """Do the next part, which is saved when this returns; False after the last.

        `now` is in seconds since 1970. Raises FolderGone, or what the pool raises while it has no children.
        """
        if "look" not in self.result:
            await database_sync_to_async(self._begin)()
        if self.result.get("is_ending"):
            return await database_sync_to_async(self._end_some)()
        # Not where the database is asked, as the whole process does there one after the other: disks may
        # be slow.
        part = await asyncio.to_thread(self._next)
        if not part:
            await database_sync_to_async(self._begin_to_end)()
            return True
        found = [one for one in part if one.is_photo]
        paths = [one.path for one in found]
        known = await database_sync_to_async(settling.records_of)(self.folder, paths)
        seen = await asyncio.to_thread(seeing.see, self.folder, found, known, now)
        alike: dict[str, int | None] = {}
        for one, photo in await database_sync_to_async(settling.unlike)(self.folder, seen):
            if alike.setdefault(one.path, None) is None and await self._is_alike(pool, one, photo):
                alike[one.path] = photo.pk
        settled = await database_sync_to_async(settling.settle)(
            self.folder, seen, self.result["look"], alike
        )
        await database_sync_to_async(into_albums.put)(self.folder, paths)
        self._count(part, settled)
        return True

    def _begin(self) -> None:
        SourceFolder.objects.filter(pk=self.folder.pk).update(looks=F("looks") + 1)
        self.folder.refresh_from_db(fields=["looks"])
        self.result["look"] = self.folder.looks

    def _next(self) -> list[Found]:
        """Return the next files, not too many and not too large together."""
        if self._walk is None:
            self._walk = walk(
                self.folder.root, after=self.result["after"], without=[Path(settings.DATA_DIR)]
            )
        part: list[Found] = []
        size = 0
        try:
            for found in self._walk:
                part.append(found)
                size += found.size
                if len(part) >= FILES or size >= BYTES:
                    break
        except OSError as error:
            raise FolderGone(say("source_gone", folder=self.folder.path)) from error
        return part

    async def _is_alike(self, pool: AnalysisPool, seen: Seen, photo: Photo) -> bool:
        """Return whether a file looks as the photo did that lay there; what can't be seen does not."""
        path = self.folder.root / seen.path
        size = (photo.width or 0, photo.height or 0)
        request = LooksTheSame(path, photo.thumbnail, size, installed.limits())
        try:
            return await pool.ask(request)
        except ChildFailed as failed:
            if failed.code == "unavailable":
                raise
        except (AnalysisError, OSError):
            pass
        return False

    def _count(self, part: list[Found], settled: Settled) -> None:
        for name, times in settled.counts.items():
            self.counts[name] = self.counts.get(name, 0) + times
        others = [one for one in part if not one.is_photo]
        for one in others:
            self.counts[one.kind.value] = self.counts.get(one.kind.value, 0) + 1
        told = settled.told + [(one.path, SAID[one.kind].write()) for one in others]
        self.result["told"] += told[: max(0, MOST_TOLD - len(self.result["told"]))]
        self.result["waiting"] += settled.waiting[: MOST_WAITING - len(self.result["waiting"])]
        self.result["after"] = part[-1].path
        self.result["found"] += len(part)

    def _begin_to_end(self) -> None:
        self.result["is_ending"] = True

    def _end_some(self) -> bool:
        waiting = {(size, modified) for size, modified in self.result["waiting"]}
        last = self.result.get("last", 0)
        ended = ending.end_some(self.folder, self.result["look"], waiting, last)
        if ended is not None:
            self.result["last"] = ended.last
            if ended.gone:
                self.counts[GONE] = self.counts.get(GONE, 0) + ended.gone
            return True
        SourceFolder.objects.filter(pk=self.folder.pk).update(looked_at=timezone.now())
        return False


def count(folder: SourceFolder) -> int:
    """Return how many files and links a look will come by."""
    with suppress(OSError):
        return sum(1 for _ in walk(folder.root, without=[Path(settings.DATA_DIR)]))
    return 0
