"""Has names follow what became known, behind whoever said it."""

from __future__ import annotations

import asyncio
import logging

from channels.db import database_sync_to_async

from gallery import outages
from gallery.services import following, roster_trainings

log = logging.getLogger(__name__)


class Follower:
    """One a process. Two that do the same at once do it twice, and right."""

    def __init__(self) -> None:
        self._is_asked = False
        self._working: asyncio.Task[None] | None = None

    def wake(self) -> None:
        """Look whether anything became known, once more if that is being done just now."""
        self._is_asked = True
        if self._working is None or self._working.done():
            self._working = asyncio.create_task(self._work())

    async def _work(self) -> None:
        try:
            while self._is_asked:
                self._is_asked = await database_sync_to_async(self._follow)()
        except outages.DATABASE_ERRORS as error:
            outages.DATABASE.begin(error)
        except Exception:
            # The next bell tries again.
            log.exception("Names could not follow what became known.")

    def _follow(self) -> bool:
        self._is_asked = False
        is_more = following.follow_all()
        roster_trainings.begin_where_due()
        return is_more or self._is_asked
