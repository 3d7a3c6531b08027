"""Looks at the folders that administrators have the site watch, one after the other."""

from __future__ import annotations

import asyncio
import logging
import time

from channels.db import database_sync_to_async

from gallery import outages
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.models import SourceFolder
from gallery.services.sources import folders, watching
from gallery.services.sources.ending import FolderGone
from gallery.services.sources.folders import FolderRefused
from gallery.services.sources.looking import Look
from gallery.words import Words, say

log = logging.getLogger(__name__)


class Watcher:
    """One a process; any number of processes share the folders."""

    def __init__(self, pool: AnalysisPool) -> None:
        self.pool = pool
        self._looking: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Look at whatever is due, unless that is being done."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look_at_all())

    async def _look_at_all(self) -> None:
        try:
            while (folder := await database_sync_to_async(watching.claim)()) is not None:
                await self._look_at(folder)
        except outages.DATABASE_ERRORS as error:
            outages.DATABASE.begin(error)
        except Exception:
            # The folder is due again once its lease has run out.
            log.exception("A watched folder could not be claimed.")

    async def _look_at(self, folder: SourceFolder) -> None:
        began = time.monotonic()
        try:
            trouble = await self._look(folder)
        except asyncio.CancelledError:
            await database_sync_to_async(watching.hand_back)(folder)
            raise
        spent = time.monotonic() - began
        await database_sync_to_async(watching.rest)(folder, spent, trouble)

    async def _look(self, folder: SourceFolder) -> Words | None:
        """Go through a folder to its end, or until nobody wants that; return why that was not possible."""
        look = Look(folder)
        try:
            while await database_sync_to_async(_may_go_on)(folder):
                if not await look.step(self.pool, time.time()):
                    break
        except (FolderGone, FolderRefused) as error:
            return error.sentence
        except ChildFailed as error:
            outages.CHILDREN.begin(error)
        except outages.DATABASE_ERRORS:
            raise
        except Exception as error:
            log.exception("The watched folder %s could not be looked at.", folder.path)
            return say("broken", name=type(error).__name__)
        return None


def _may_go_on(folder: SourceFolder) -> bool:
    """Return whether the look is still this process's; raises FolderRefused by the setting."""
    folders.check_allowed(folder.root)
    return watching.keep(folder)
