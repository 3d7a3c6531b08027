"""Services that may be away for a while: said once in the log, and no reason to stop."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable

from channels.exceptions import ChannelFull
from django.db import InterfaceError, OperationalError
from redis.exceptions import RedisError

log = logging.getLogger(__name__)
LAYER_ERRORS = (OSError, RedisError)
# For a WebSocket, where other OSErrors may mean that the browser went away.
LAYER_ERRORS_OF_A_SOCKET = (ConnectionError, TimeoutError, RedisError)
DATABASE_ERRORS = (OperationalError, InterfaceError)
PATIENCE = 2.0  # seconds that a nudge may hold up whoever sends it
REST = 1.0


class Outage:
    """Logs a line when a service goes away and one when it is back, however often it is asked for."""

    def __init__(self, service: str, meanwhile: str) -> None:
        self.service = service
        self.meanwhile = meanwhile
        self._since: float | None = None
        self._last = 0.0

    @property
    def is_fresh(self) -> bool:
        """Whether the last failure is so young that another attempt would only cost time."""
        return self._since is not None and time.monotonic() < self._last + REST

    def begin(self, error: Exception) -> None:
        self._last = time.monotonic()
        if self._since is None:
            self._since = self._last
            reason = " ".join(f"{error}".split()).rstrip(".") or type(error).__name__
            log.warning("%s cannot be used: %s. %s", self.service, reason, self.meanwhile)

    def end(self) -> None:
        if self._since is not None:
            log.warning("%s is back after %.0f s.", self.service, time.monotonic() - self._since)
            self._since = None


LAYER = Outage("The channel layer (REDIS_URL)", "Photos and pages are looked after by polling.")
DATABASE = Outage("The database (DATABASE_URL)", "The analysis goes on when it is back.")

CHILDREN = Outage("The analysis", "Photos wait until a process can be started.")


async def nudge(send: Callable[[], Awaitable[None]], outage: Outage | None = None) -> None:
    """Send through the channel layer (or what `outage` speaks of) unless it is away.

    What a message is about is in the database already, so a lost one costs seconds, and no upload or
    name may fail or wait for it. A full channel means that the other end has messages enough.
    """
    outage = outage or LAYER
    if outage.is_fresh:
        return
    try:
        async with asyncio.timeout(PATIENCE):
            await send()
    except ChannelFull:
        pass
    except LAYER_ERRORS as error:
        outage.begin(error)
        return
    outage.end()
