"""The WebSocket of live events, through the real ASGI application."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, Self

import pytest
from asgiref.sync import sync_to_async
from asgiref.testing import ApplicationCommunicator
from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.test import Client

from facesite.asgi import application
from gallery.jobs import queue
from gallery.live import events
from gallery.services import people, photos, results
from tests.factories import analysed, found_face, make_photo, upload_file, vector

pytestmark = pytest.mark.django_db(transaction=True)

HERE = "http://localhost"
PATIENCE = 30  # seconds; it bounds a failure only, however busy the machine is


class Socket:
    """A browser's end of the WebSocket. (channels.testing would need daphne, which nothing else does.)"""

    def __init__(self, client: Client | None = None, origin: str | None = HERE) -> None:
        headers = [(b"host", b"localhost")]
        if origin is not None:
            headers.append((b"origin", origin.encode()))
        if client is not None:
            session = client.cookies["sessionid"].value
            headers.append((b"cookie", f"sessionid={session}".encode()))
        scope = {"type": "websocket", "path": "/ws/live/", "query_string": b"", "headers": headers}
        self.wire: Any = ApplicationCommunicator(  # type: ignore[no-untyped-call]
            application, scope | {"subprotocols": []}
        )

    async def connect(self) -> dict[str, Any]:
        """Return the site's answer: an accept or a close with its code."""
        await self.wire.send_input({"type": "websocket.connect"})
        answer: dict[str, Any] = await self.wire.receive_output(timeout=PATIENCE)
        return answer

    async def opened(self) -> Self:
        assert (await self.connect())["type"] == "websocket.accept"
        return self

    async def say(self, **message: str | bytes) -> None:
        await self.wire.send_input({"type": "websocket.receive"} | message)

    async def hear(self) -> Any:
        message = await self.wire.receive_output(timeout=PATIENCE)
        assert message["type"] == "websocket.send"
        return json.loads(message["text"])

    async def heard(self) -> bool:
        """Wait until something comes, and take all that comes with it; False if nothing does."""
        try:
            assert await self.hear() == {"type": "changed"}
        except TimeoutError:
            return False
        while not await self.is_silent():
            assert await self.hear() == {"type": "changed"}
        return True

    async def is_silent(self) -> bool:
        return bool(await self.wire.receive_nothing(timeout=0.2))

    async def disconnect(self) -> None:
        await self.wire.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wire.wait(timeout=PATIENCE)


async def test_an_owner_hears_of_their_own_changes_only(
    alice: User, as_alice: Client, as_bob: Client
) -> None:
    mine, theirs = await Socket(as_alice).opened(), await Socket(as_bob).opened()

    await database_sync_to_async(events.publish)(alice.pk)

    assert await mine.hear() == {"type": "changed"}
    assert await theirs.is_silent()
    await mine.disconnect()
    await theirs.disconnect()


async def test_a_stranger_who_is_not_signed_in_is_refused() -> None:
    assert await Socket().connect() == {"type": "websocket.close", "code": 4401}


@pytest.mark.parametrize("origin", ["https://evil.example", "http://localhost.evil.example", None])
async def test_a_page_of_another_site_is_refused(as_alice: Client, origin: str | None) -> None:
    answer = await Socket(as_alice, origin).connect()

    assert answer["type"] == "websocket.close"


async def test_what_a_client_says_is_ignored(alice: User, as_alice: Client) -> None:
    mine = await Socket(as_alice).opened()

    await mine.say(text="not json {")
    await mine.say(bytes=b"\x00\xff")
    await database_sync_to_async(events.publish)(alice.pk)

    assert await mine.hear() == {"type": "changed"}
    await mine.disconnect()


async def test_nothing_that_a_client_says_leads_to_what_others_hear(
    alice: User, as_bob: Client
) -> None:
    group = events.group_of(alice.pk)
    asking = Socket(as_bob)
    said = f"user={alice.pk}&owner={alice.pk}&group={group}"
    scope = asking.wire.scope | {"query_string": said.encode()}
    asking.wire = ApplicationCommunicator(application, scope)  # type: ignore[no-untyped-call]
    await asking.opened()
    await asking.say(text=json.dumps({"type": "join", "user": alice.pk, "group": group}))

    await database_sync_to_async(events.publish)(alice.pk)

    assert await asking.is_silent()
    await asking.disconnect()


async def test_a_closed_page_leaves_its_group(alice: User, as_alice: Client) -> None:
    mine = await Socket(as_alice).opened()
    await mine.disconnect()

    await database_sync_to_async(events.publish)(alice.pk)

    assert await mine.is_silent()


async def test_every_step_of_a_photo_is_told(alice: User, as_alice: Client) -> None:
    """Uploaded, claimed, analysed, named, analysed again, deleted."""
    mine = await Socket(as_alice).opened()

    photo = await sync_to_async(photos.upload)(owner=alice, file=upload_file())
    assert await mine.heard()
    claim = await sync_to_async(queue.claim)()
    assert claim is not None
    assert await mine.heard(), "the page does not hear that the analysis began"
    await sync_to_async(results.save)(claim=claim, analysed=analysed(found_face(vector(1))))
    assert await mine.heard()
    face = await photo.faces.select_related("photo", "person").aget()
    await sync_to_async(people.name_face)(face=face, name="Ada")
    assert await mine.heard()
    await sync_to_async(photos.analyse_again)(photo)
    assert await mine.heard()
    await sync_to_async(photos.delete)(photo)
    assert await mine.heard()
    await mine.disconnect()


@pytest.mark.parametrize("step", [queue.fail, queue.retry])
async def test_a_failed_attempt_is_told(
    alice: User, as_alice: Client, step: Callable[[queue.Claim, str], bool]
) -> None:
    await sync_to_async(make_photo)(alice, state="queued")
    claim = await sync_to_async(queue.claim)()
    assert claim is not None
    mine = await Socket(as_alice).opened()

    await sync_to_async(step)(claim, "It broke.")

    assert await mine.heard(), "the page does not hear that the photo failed"
    await mine.disconnect()
