"""The WebSocket of a camera: frames go in, what is seen on them comes out, and nothing is kept.

A frame that comes too early, is too large, or comes while another is looked at is dropped: none ever
waits. One child a process looks at the frames of all cameras, for half of the time at most, so that photos
go on.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from channels.auth import get_user
from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from analysis.errors import AnalysisError
from gallery import installed, outages
from gallery.children.camera import SeeFrame
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.services import camera

# Seconds between two frames of a camera, at least, and between two of all of them.
LEAST_PAUSE = 0.15
PAUSE_OF_ALL = 0.1
# Of the time, that the child may work.
SHARE = 0.5
LOOK_SECONDS = 30  # that a frame may take: the first one loads the networks
MEMORY_MB = 1200
RECYCLE_AFTER = 20_000  # frames, of which a child has seen enough after an hour
IDLE = 30.0
STILL_EVERY = 5.0  # seconds after which it is asked whether whoever began is still signed in
SIGNED_OUT, NOT_ALLOWED, ELSEWHERE, LATER = 4401, 4403, 4409, 1013


class Eye:
    """What looks at the frames of a process, one at a time, with pauses."""

    def __init__(self, pool: AnalysisPool, clock: Callable[[], float] = time.monotonic) -> None:
        self.pool = pool
        self._clock = clock
        self._is_busy = False
        self._free_from = 0.0
        self._resting: asyncio.Task[None] | None = None

    @classmethod
    def from_settings(cls) -> Eye:
        memory = min(settings.ANALYSIS_MEMORY_MB, MEMORY_MB) * 2**20
        weights = installed.weights()
        return cls(AnalysisPool(LOOK_SECONDS, memory, weights, recycle_after=RECYCLE_AFTER))

    @property
    def is_free(self) -> bool:
        return not self._is_busy and self._clock() >= self._free_from

    async def see(self, request: SeeFrame) -> Any:
        """Return what a frame shows, None where there is no time for it; raises what the child does."""
        if not self.is_free:
            return None
        self._is_busy = True
        looking = asyncio.create_task(self._look(request))
        # Whoever leaves meanwhile leaves the child to the others: to end it would cost them seconds.
        looking.add_done_callback(lambda done: done.cancelled() or done.exception())
        return await asyncio.shield(looking)

    async def _look(self, request: SeeFrame) -> Any:
        began = self._clock()
        try:
            return await self.pool.ask(request)
        finally:
            now = self._clock()
            took = now - began
            self._free_from = max(began + PAUSE_OF_ALL, now + took * (1 / SHARE - 1))
            self._is_busy = False
            self._rest()

    def _rest(self) -> None:
        """Have the child end once there was no frame for a while."""
        if self._resting is not None:
            self._resting.cancel()
        self._resting = asyncio.create_task(self._end_idle())

    async def _end_idle(self) -> None:
        await asyncio.sleep(IDLE)
        self.pool.stop_idle()


_eyes: dict[asyncio.AbstractEventLoop, Eye] = {}


def eye() -> Eye:
    """Return that of this process, which has one event loop."""
    loop = asyncio.get_running_loop()
    if loop not in _eyes:
        _eyes.clear()
        _eyes[loop] = Eye.from_settings()
    return _eyes[loop]


class CameraConsumer(AsyncWebsocketConsumer):
    """Takes JPEGs, and answers each that it looked at with its faces; one of each account at a time."""

    # What looks at frames, asked for with each: there is one a process.
    eye = staticmethod(eye)
    group = ""
    _staying: asyncio.Task[None] | None = None
    _looking: asyncio.Task[None] | None = None
    _last = float("-inf")
    _owner = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket; it closes when the channel layer is away, and the page says so."""
        try:
            await super().__call__(scope, receive, send)
        except outages.LAYER_ERRORS_OF_A_SOCKET as error:
            outages.LAYER.begin(error)
            await send({"type": "websocket.close", "code": LATER})
        finally:
            for task in (self._staying, self._looking):
                if task is not None:
                    task.cancel()

    async def connect(self) -> None:
        user: Any = self.scope["user"]
        if user is None or not user.is_authenticated:
            await self.close(code=SIGNED_OUT)
            return
        if not await database_sync_to_async(camera.is_allowed)(user):
            await self.close(code=NOT_ALLOWED)
            return
        self._owner = user.pk
        self.group = f"camera-{user.pk}"
        # Told before this one is among those that hear it.
        taken = {"type": "camera.taken"}
        await self.channel_layer.group_send(self.group, taken)
        await self.channel_layer.group_add(self.group, self.channel_name)
        await self.accept()
        self._staying = asyncio.create_task(self._stay())

    async def disconnect(self, code: int) -> None:
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def camera_taken(self, event: dict[str, Any]) -> None:
        """Give way to the camera that the same account has begun elsewhere."""
        await self.close(code=ELSEWHERE)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        """Look at a frame, unless it has to be dropped; what is not binary is no frame."""
        if not bytes_data:
            return
        now = time.monotonic()
        is_looking = self._looking is not None and not self._looking.done()
        if is_looking or now - self._last < LEAST_PAUSE:
            return
        if len(bytes_data) > camera.MOST_BYTES:
            await self._say({"type": "dropped", "why": "large"})
        elif not self.eye().is_free:
            await self._say({"type": "dropped", "why": "busy"})
        else:
            self._last = now
            # Not awaited: frames that come meanwhile would wait in line.
            self._looking = asyncio.create_task(self._look(bytes_data))

    async def _look(self, jpeg: bytes) -> None:
        try:
            choice = await database_sync_to_async(camera.choice)()
            seen = await self.eye().see(SeeFrame(jpeg, choice))
            if seen is None:
                await self._say({"type": "dropped", "why": "busy"})
                return
            faces = await database_sync_to_async(camera.told)(self._owner, seen)
        except AnalysisError:
            await self._say({"type": "dropped", "why": "unreadable"})
        except ChildFailed as error:
            await self._say({"type": "dropped", "why": error.code})
        except outages.DATABASE_ERRORS as error:
            outages.DATABASE.begin(error)
            await self._say({"type": "dropped", "why": "busy"})
        else:
            size = {"width": seen.width, "height": seen.height}
            took = round(seen.milliseconds)
            await self._say({"type": "seen", "faces": faces, "milliseconds": took} | size)

    async def _say(self, said: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(said))

    async def _stay(self) -> None:
        """Close once whoever began is signed out, or may not use it any more."""
        while True:
            await asyncio.sleep(STILL_EVERY)
            code = await self._gone()
            if code:
                await self.close(code=code)
                return

    async def _gone(self) -> int:
        """Return the code by which to close, 0 while all is well."""
        # Not the session as it was when the socket was opened.
        store = import_module(settings.SESSION_ENGINE).SessionStore
        session = store(self.scope["session"].session_key)
        try:
            scope: Any = {"session": session}
            user: Any = await get_user(scope)
            if user.pk != self._owner:
                return SIGNED_OUT
            allowed = await database_sync_to_async(camera.is_allowed)(user)
        except outages.DATABASE_ERRORS as error:
            outages.DATABASE.begin(error)
            return 0
        return 0 if allowed else NOT_ALLOWED
