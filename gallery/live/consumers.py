"""The WebSocket on which a signed-in user hears of their own changes."""

from __future__ import annotations

import asyncio
from typing import Any

from channels.generic.websocket import AsyncJsonWebsocketConsumer

from gallery import outages
from gallery.live import events

JOIN_EVERY = 15.0
TRY_AGAIN_LATER = 1013


class LiveConsumer(AsyncJsonWebsocketConsumer):
    """Sends `{"type": "changed"}`; what a client says is ignored."""

    group = ""
    staying: asyncio.Task[None] | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one socket; it closes when the channel layer is away, and the page comes again."""
        try:
            await super().__call__(scope, receive, send)
        except outages.LAYER_ERRORS_OF_A_SOCKET as error:
            outages.LAYER.begin(error)
            await send({"type": "websocket.close", "code": TRY_AGAIN_LATER})
        finally:
            if self.staying is not None:
                self.staying.cancel()

    async def connect(self) -> None:
        user = self.scope["user"]
        if user is None or not user.is_authenticated:
            await self.close(code=4401)
            return
        self.group = events.group_of(user.pk)
        # Before the page hears that it is connected: it fetches what it shows then, and misses no news.
        await self._join()
        await self.accept()
        self.staying = asyncio.create_task(self._stay())

    async def disconnect(self, code: int) -> None:
        if self.group:
            await self.channel_layer.group_discard(self.group, self.channel_name)

    async def receive(
        self, text_data: str | None = None, bytes_data: bytes | None = None, **kwargs: Any
    ) -> None:
        return

    async def changed(self, event: dict[str, Any]) -> None:
        await self.send_json(event)

    async def _join(self) -> None:
        await self.channel_layer.group_add(self.group, self.channel_name)

    async def _stay(self) -> None:
        """Join again and again: a restarted Redis knows no groups, and a membership lasts a day."""
        while True:
            await asyncio.sleep(JOIN_EVERY)
            await outages.nudge(self._join)
