"""The worker: it hears its own bell without any channel layer, and outlives an outage of one."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from channels.layers import InMemoryChannelLayer
from channels.worker import Worker
from django.db import OperationalError
from redis.exceptions import ConnectionError as RedisAway

from gallery import outages
from gallery.jobs import queue, wake
from gallery.services import bin, consent, erasing
from gallery.worker import consumers, host


@pytest.fixture(autouse=True)
def nothing_is_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outages, "LAYER", outages.Outage("The channel layer", "It goes on."))
    monkeypatch.setattr(outages, "DATABASE", outages.Outage("The database", "It goes on."))


class Flaky(Worker):
    """Fails in the given ways, one after the other, and then listens for ever."""

    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.listens = asyncio.Event()

    async def handle(self) -> None:
        if self.errors:
            raise self.errors.pop(0)
        self.listens.set()
        await asyncio.Event().wait()


async def listen_until_it_works(flaky: Flaky) -> None:
    listening = asyncio.create_task(host.listen(flaky, pause=0.01))
    async with asyncio.timeout(30):
        await flaky.listens.wait()
    listening.cancel()
    await asyncio.wait([listening])


async def test_the_worker_listens_again_after_an_outage_and_says_so_in_two_lines(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outages, "REST", 0.0)

    await listen_until_it_works(Flaky(RedisAway("Connection refused."), OSError("Reset.")))

    lines = [record.getMessage() for record in caplog.records]
    assert lines[0] == "The channel layer cannot be used: Connection refused. It goes on."
    assert lines[1] == "The channel layer is back after 0 s."
    assert "Traceback" not in caplog.text


async def test_no_fault_of_the_layer_ends_the_worker(caplog: pytest.LogCaptureFixture) -> None:
    await listen_until_it_works(Flaky(ValueError("Worker received message with no type.")))

    assert "The analysis channel could not be heard." in caplog.text


async def test_the_worker_rings_for_itself_where_no_layer_answers() -> None:
    heard: list[Any] = []

    async def application(scope: Any, receive: Any, send: Any) -> None:
        while True:
            heard.append((scope["channel"], await receive()))

    own = host.AnalysisWorker(application, InMemoryChannelLayer())
    await own.ring()
    await asyncio.sleep(0.01)
    await own.ring()
    await asyncio.sleep(0.01)

    assert heard == [(wake.CHANNEL, wake.MESSAGE)] * 2


async def test_a_consumer_that_is_busy_collects_no_bells() -> None:
    async def busy(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    own = host.AnalysisWorker(busy, InMemoryChannelLayer())
    for _ in range(3):
        await own.ring()

    assert own.application_instances[wake.CHANNEL]["input_queue"].qsize() == 1


@pytest.mark.django_db(transaction=True)
async def test_the_consumer_has_no_channel_of_its_own_that_could_be_lost() -> None:
    consumer: Any = consumers.AnalysisConsumer()
    messages: asyncio.Queue[Any] = asyncio.Queue()
    serving = asyncio.create_task(
        consumer({"type": "channel", "channel": wake.CHANNEL}, messages.get, messages.put)
    )
    await asyncio.sleep(0.01)

    assert consumer.channel_layer is None
    serving.cancel()
    await asyncio.wait([serving])


@pytest.mark.django_db(transaction=True)
async def test_the_consumer_waits_for_a_database_that_is_away_without_a_traceback(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> int:
        raise OperationalError("connection refused")

    consumer = consumers.AnalysisConsumer()
    woken: list[int] = []
    monkeypatch.setattr(consumer.runner, "wake", lambda: woken.append(1))
    with monkeypatch.context() as away:
        away.setattr(queue, "free_expired", refuse)
        await consumer.analysis_wake(wake.MESSAGE)
        await consumer.analysis_wake(wake.MESSAGE)
    assert woken == []
    await consumer.analysis_wake(wake.MESSAGE)

    assert woken == [1]
    assert [record.getMessage() for record in caplog.records] == [
        "The database cannot be used: connection refused. It goes on.",
        "The database is back after 0 s.",
    ]


@pytest.mark.django_db(transaction=True)
def test_what_cannot_be_swept_keeps_nobody_from_being_erased_in_time(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    swept: list[str] = []

    def fails() -> int:
        raise OSError("The disk is away.")

    def sweep(what: str) -> int:
        swept.append(what)
        return 0

    told = {
        bin.sweep: fails,
        erasing.sweep: partial(sweep, "deleted"),
        consent.sweep: partial(sweep, "refused"),
    }
    assert told.keys() <= {*host.SWEEPS}
    monkeypatch.setattr(host, "SWEEPS", [told.get(one, int) for one in host.SWEEPS])

    async_to_sync(host._sweep)()

    assert swept == ["deleted", "refused"]
    assert "The disk is away." in caplog.text
