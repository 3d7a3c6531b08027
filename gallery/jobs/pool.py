"""Child processes that read photos; whatever a photo does to its child, it does to no other."""

from __future__ import annotations

import asyncio
import logging
import multiprocessing
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import cast

from gallery.jobs.child import Reply, Request, main

RECYCLE_AFTER = 500
log = logging.getLogger(__name__)


class ChildFailed(Exception):
    """The child crashed, hung or ran out of memory: worth another attempt. The message is a clause."""


@dataclass(slots=True)
class _Child:
    process: SpawnProcess
    connection: Connection
    photos: int = 0

    def ask(self, request: Request[Reply], timeout: float) -> Reply | Exception:
        """Send one photo and wait; every exit but an answer leaves a child that must be stopped."""
        self.photos += 1
        try:
            self.connection.send(request)
            if not self.connection.poll(timeout):
                return ChildFailed(f"it took longer than {timeout:.0f} seconds.")
            return cast("Reply | Exception", self.connection.recv())
        except (EOFError, OSError):
            return ChildFailed("the process that read it crashed.")

    def stop(self) -> None:
        """End the child, which holds nothing that could be lost."""
        self.process.kill()
        self.process.join()
        self.connection.close()


@dataclass(slots=True)
class AnalysisPool:
    """Children spawned when needed, kept while idle, and replaced after RECYCLE_AFTER photos.

    There are as many as there are calls at one time. `timeout` is in seconds a photo, `memory` in
    bytes a child.
    """

    timeout: float
    memory: int
    _idle: list[_Child] = field(default_factory=list)

    async def ask(self, request: Request[Reply]) -> Reply:
        """Return a child's answer; raises the photo's AnalysisError, or ChildFailed."""
        child = self._take_idle()
        if child is None:
            child = await asyncio.to_thread(self._spawn)
        asking = asyncio.create_task(asyncio.to_thread(child.ask, request, self.timeout))
        try:
            reply = await asyncio.shield(asking)
        except asyncio.CancelledError:
            child.process.kill()
            await asyncio.wait([asking])
            child.stop()
            raise
        if isinstance(reply, ChildFailed) or child.photos >= RECYCLE_AFTER:
            await asyncio.to_thread(child.stop)
        else:
            self._idle.append(child)
        if isinstance(reply, Exception):
            raise reply
        return reply

    def stop(self) -> None:
        """End the idle children; the busy ones end with the call that they serve."""
        while self._idle:
            self._idle.pop().stop()

    def _take_idle(self) -> _Child | None:
        """Return a child that waits; one that was killed meanwhile must not cost a photo an attempt."""
        while self._idle:
            child = self._idle.pop()
            if child.process.is_alive():
                return child
            child.stop()
        return None

    def _spawn(self) -> _Child:
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        process = context.Process(target=main, args=(theirs, self.memory), daemon=True)
        process.start()
        theirs.close()  # Else the pipe would stay open after the child's death.
        log.info("Started the analysis process %s.", process.pid)
        return _Child(process, ours)
