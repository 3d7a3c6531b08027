"""The site's child processes: as many as there are photos at one time, awaited on the event loop."""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass, field

from analysis.processes import RECYCLE_AFTER, Child, ChildFailed, Reply, Request
from analysis.weights import INSTALLED, Weights

__all__ = ["AnalysisPool", "ChildFailed"]

log = logging.getLogger(__name__)


@dataclass(slots=True)
class AnalysisPool:
    """Children spawned when needed, kept while idle, and replaced after so many photos.

    There are as many as there are calls at one time. `timeout` is in seconds a photo, `memory` in
    bytes a child.
    """

    timeout: float
    memory: int
    weights: Weights = INSTALLED
    recycle_after: int = RECYCLE_AFTER
    _idle: dict[Child, float] = field(default_factory=dict)  # since when, of time.monotonic()

    async def ask(self, request: Request[Reply]) -> Reply:
        """Return a child's answer; raises the photo's AnalysisError or OSError, or ChildFailed."""
        child = self._take_idle()
        if child is None:
            child = await asyncio.to_thread(self._spawn)
        asking = asyncio.create_task(asyncio.to_thread(child.ask, request, self.timeout))
        try:
            # A thread cannot be cancelled: its child is killed, and it is waited for before `stop` closes
            # the connection that it reads from.
            reply = await asyncio.shield(asking)
        except asyncio.CancelledError:
            child.kill()
            await asyncio.wait([asking])
            child.stop()
            raise
        if child.is_usable:
            self._idle[child] = time.monotonic()
        else:
            await asyncio.to_thread(child.stop)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def stop_idle(self, seconds: float = 0.0) -> None:
        """End the children that had nothing to do for so long; the next photo gets a new one."""
        before = time.monotonic() - seconds
        # A list, as the dictionary shrinks meanwhile.
        for child in [child for child, since in self._idle.items() if since <= before]:
            del self._idle[child]
            child.stop()

    def _take_idle(self) -> Child | None:
        """Return a child that waits; one that was killed meanwhile must not cost a photo an attempt."""
        while self._idle:
            # The one that was asked last, so that those that are too many come of age and are stopped.
            child, _ = self._idle.popitem()
            if child.is_usable:
                return child
            child.stop()
        return None

    def _spawn(self) -> Child:
        child = Child(self.memory, self.weights, self.recycle_after)
        log.info("Started the analysis process %s.", child.pid)
        return child
