"""Has names follow what became known, behind whoever said it, in a process of its own."""

from __future__ import annotations

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process

from channels.db import database_sync_to_async
from django.conf import settings

from gallery import outages
from gallery.live import events
from gallery.services import following, roster_trainings

COMMAND = (sys.executable, "-m", "django", "follow")
log = logging.getLogger(__name__)


class Ended(Exception):
    """The process ended before it was done."""


class Follower:
    """One a process of the site, with a process of its own where a library is large.

    A large library is looked through for a second or two: beside that the site's own answers would wait.
    That what waits is done twice, where two of these look at once, does no harm.
    """

    def __init__(self) -> None:
        self._is_asked = self._has_looked = False
        self._working: asyncio.Task[None] | None = None
        self._process: Process | None = None

    def wake(self) -> None:
        """Look whether anything became known, once more if that is being done just now."""
        self._is_asked = True
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._is_asked:
                self._is_asked = False
                if not self._has_looked:
                    self._has_looked = True
                    # It takes a second or two to start, which nobody should wait for.
                    if await database_sync_to_async(following.is_of_use)():
                        await self._running()
                if await database_sync_to_async(following.is_waiting)():
                    await self._follow(await self._running())
                await database_sync_to_async(roster_trainings.begin_where_due)()
        except outages.DATABASE_ERRORS as error:
            outages.DATABASE.begin(error)
        except Exception:
            # The next bell tries again.
            self._process = None
            log.exception("Names could not follow what became known.")

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            self._process = await asyncio.create_subprocess_exec(
                *COMMAND,
                stdin=PIPE,
                stdout=PIPE,
                cwd=settings.BASE_DIR,
                start_new_session=True,  # A Ctrl-C is for the site, which then closes its stdin.
            )
        return self._process

    async def _follow(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(b"\n")
        await process.stdin.drain()
        async for line in process.stdout:
            match line.decode().split():
                case [following.DONE]:
                    return
                case [following.CHANGED, owner]:
                    await database_sync_to_async(events.publish)(int(owner))
        raise Ended
