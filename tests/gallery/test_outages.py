"""What the site does while Redis or the database is away."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from asgiref.testing import ApplicationCommunicator
from channels.exceptions import ChannelFull
from channels.layers import InMemoryChannelLayer, channel_layers
from django.contrib.auth.models import User
from django.db import OperationalError, transaction
from django.test import Client
from redis.exceptions import ConnectionError as RedisAway

from gallery import outages
from gallery.live import consumers
from gallery.models import AnalysisJob, Photo
from gallery.services import files, photos
from tests.factories import upload_file

IDLE_LIMITS = """
import json
from channels_redis.core import RedisChannelLayer
from channels_redis.utils import create_pool
from facesite.settings import CHANNEL_LAYERS
connection = create_pool(CHANNEL_LAYERS["default"]["CONFIG"]["hosts"][0]).make_connection()
print(json.dumps([RedisChannelLayer.brpop_timeout, connection.socket_timeout]))
"""


class Away(InMemoryChannelLayer):
    """A layer whose Redis does not answer."""

    async def send(self, channel: str, message: Any) -> None:
        raise RedisAway("Connection refused.")

    async def group_send(self, group: str, message: Any) -> None:
        raise RedisAway("Connection refused.")

    async def group_add(self, group: str, channel: str) -> None:
        raise RedisAway("Connection refused.")


@pytest.fixture(autouse=True)
def nothing_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "LAYER", outages.Outage("The channel layer", "It goes on."))


@pytest.fixture
def redis_away() -> None:
    channel_layers.set("default", Away())


def fails_with(error: Exception) -> Callable[[], Awaitable[None]]:
    async def send() -> None:
        raise error

    return send


async def works() -> None:
    return


def test_an_outage_is_one_line_at_its_beginning_and_one_at_its_end(
    caplog: pytest.LogCaptureFixture,
) -> None:
    outage = outages.Outage("The database", "It goes on.")

    outage.end()
    for _ in range(3):
        outage.begin(OSError("Connection\nrefused."))
    outage.end()
    outage.end()

    assert [record.getMessage() for record in caplog.records] == [
        "The database cannot be used: Connection refused. It goes on.",
        "The database is back after 0 s.",
    ]
    assert "Traceback" not in caplog.text


@pytest.mark.parametrize("error", [RedisAway("gone"), OSError("gone"), ChannelFull()])
async def test_a_nudge_that_cannot_be_sent_harms_nobody(error: Exception) -> None:
    await outages.nudge(fails_with(error), outages.Outage("The layer", ""))


async def test_a_layer_that_hangs_holds_nobody_up_for_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outages, "PATIENCE", 0.05)

    async def hang() -> None:
        await asyncio.sleep(60)

    async with asyncio.timeout(30):
        await outages.nudge(hang, outages.Outage("The layer", ""))


async def test_after_a_failure_the_layer_is_left_alone_for_a_moment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    outage, sent = outages.Outage("The layer", ""), []

    async def send() -> None:
        sent.append(1)

    await outages.nudge(fails_with(RedisAway("gone")), outage)
    await outages.nudge(send, outage)
    assert sent == []
    monkeypatch.setattr(outages, "REST", 0.0)
    await outages.nudge(send, outage)
    assert sent == [1]


async def test_a_fault_of_our_own_is_not_taken_for_an_outage() -> None:
    with pytest.raises(ZeroDivisionError):
        await outages.nudge(fails_with(ZeroDivisionError()), outages.Outage("The layer", ""))


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_away")
def test_an_upload_is_accepted_while_redis_is_away(
    as_alice: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = as_alice.post("/api/photos/", {"file": upload_file()})

    assert answer.status_code == 201
    assert AnalysisJob.objects.get().state == "queued"
    assert "Traceback" not in caplog.text


@pytest.mark.django_db(transaction=True)
def test_an_upload_that_the_database_does_not_take_leaves_no_file(
    alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    write = files.write

    def note(path: Path, chunks: Iterable[bytes]) -> None:
        written.append(path)
        write(path, chunks)

    def lose_the_connection(photo: Photo, **_: Any) -> None:
        assert transaction.get_connection().in_atomic_block
        raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(files, "write", note)
    monkeypatch.setattr("gallery.jobs.queue.enqueue", lose_the_connection)
    with pytest.raises(OperationalError):
        photos.upload(owner=alice, file=upload_file())

    assert written
    assert not written[0].parent.exists()
    assert not Photo.objects.exists()


def socket(user: User) -> Any:
    scope = {"type": "websocket", "path": "/", "headers": [], "subprotocols": [], "user": user}
    communicator: Any = ApplicationCommunicator  # It has no types.
    return communicator(consumers.LiveConsumer.as_asgi(), scope)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("redis_away")
async def test_a_page_that_comes_while_redis_is_away_is_told_to_come_later() -> None:
    page = socket(User(pk=1))
    await page.send_input({"type": "websocket.connect"})

    assert await page.receive_output(timeout=30) == {"type": "websocket.close", "code": 1013}
    await page.wait(timeout=30)


@pytest.mark.django_db(transaction=True)
async def test_a_page_hears_again_after_redis_forgot_its_groups(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(consumers, "JOIN_EVERY", 0.05)
    layer = InMemoryChannelLayer()
    channel_layers.set("default", layer)
    page = socket(User(pk=1))
    await page.send_input({"type": "websocket.connect"})
    assert (await page.receive_output(timeout=30))["type"] == "websocket.accept"

    layer.groups.clear()
    while not layer.groups:
        await asyncio.sleep(0.02)
    await layer.group_send("user-1", {"type": "changed"})

    assert json.loads((await page.receive_output(timeout=30))["text"]) == {"type": "changed"}
    await page.send_input({"type": "websocket.disconnect", "code": 1000})
    await page.wait(timeout=30)


def test_an_idle_listener_waits_longer_for_redis_than_redis_for_a_message() -> None:
    """Else every idle listener, and with it the analysis, ends after five seconds."""
    environment = os.environ | {"REDIS_URL": "redis://127.0.0.1:1/0"}
    python = [sys.executable, "-c", IDLE_LIMITS]
    output = subprocess.run(python, env=environment, check=True, capture_output=True, text=True)

    longest_silence, patience = json.loads(output.stdout)
    assert patience > 2 * longest_silence
