"""Hosts the analysis consumer on the running event loop: in `serve` beside the site, or alone."""

from __future__ import annotations

import asyncio
import logging
import time
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from channels.layers import get_channel_layer
from channels.routing import get_default_application
from channels.worker import Worker
from django.conf import settings

from gallery import outages
from gallery.jobs import wake
from gallery.services import arrivals, bin, consent, erasing, examples, names, photos, work
from gallery.services.lab import kept as lab

BELL_EVERY = 3.0
PAUSE, LONGEST_PAUSE = 1.0, 30.0
SWEEP_EVERY = 24 * 60 * 60  # seconds: what has waited its thirty days waits for one more at most
log = logging.getLogger(__name__)


class AnalysisWorker(Worker):
    """Hears the bell of the channel layer, and one of its own that rings without a layer."""

    def __init__(self, application: Any, layer: Any) -> None:
        super().__init__(application, channels=[wake.CHANNEL], channel_layer=layer)

    async def ring(self) -> None:
        """Ring for this process's own consumer, unless messages wait for it already."""
        scope = {"type": "channel", "channel": wake.CHANNEL}
        messages: asyncio.Queue[dict[str, Any]] = self.get_or_create_application_instance(  # type: ignore[no-untyped-call]
            wake.CHANNEL, scope
        )
        if messages.empty():
            await messages.put(wake.MESSAGE)


async def run() -> None:
    """Serve the analysis channel until cancelled.

    The worker rings its own bell, so a lost message, a retry that came due, the expired lease of a
    dead process and a layer that is away cost seconds, not a photo.
    """
    worker = AnalysisWorker(get_default_application(), get_channel_layer())
    async with asyncio.TaskGroup() as group:
        group.create_task(_sweep_daily())
        group.create_task(_renew_names())
        group.create_task(listen(worker))
        group.create_task(_ring_regularly(worker))
        # Makes room for a new consumer when one ended.
        group.create_task(worker.application_checker())  # type: ignore[no-untyped-call]


async def listen(worker: Worker, pause: float = PAUSE) -> None:
    """Hear the layer's bell; when the layer is away, try again after `pause` seconds, then longer."""
    wait = pause
    while True:
        started = time.monotonic()
        try:
            await worker.handle()
        except outages.LAYER_ERRORS as error:
            outages.LAYER.begin(error)
        except Exception:
            log.exception("The analysis channel could not be heard.")
        # It was heard for a while: this is another outage, and the pauses begin anew.
        if time.monotonic() - started > LONGEST_PAUSE:
            wait = pause
        await asyncio.sleep(wait)
        wait = min(2 * wait, LONGEST_PAUSE)
        await wake.aring()  # Whether it is back shows at once, and not with the next upload.


async def _sweep_daily() -> None:
    while True:
        await _sweep()
        await asyncio.sleep(SWEEP_EVERY)


async def _sweep() -> None:
    swept = 0
    for remove in SWEEPS:
        try:
            # Each by itself: people are erased in time even where files can't be removed.
            swept += await database_sync_to_async(remove)()
        except Exception:
            # An error that left here would end the group, and with it the worker.
            log.exception("What nothing needs any more could not be swept.")
    if swept:
        log.info("Swept %s files, folders and people that nothing needs any more.", swept)


def _orphans() -> int:
    return photos.sweep(Path(settings.MEDIA_ROOT))


SWEEPS = (
    *(_orphans, bin.sweep, erasing.sweep, consent.sweep),
    *(work.sweep, arrivals.sweep, lab.sweep, examples.sweep),
)


async def _renew_names() -> None:
    """Have names guessed anew where an earlier version guessed them."""
    try:
        await database_sync_to_async(names.begin_where_due)()
    except Exception:
        log.exception("Names could not be guessed anew.")


async def _ring_regularly(worker: AnalysisWorker) -> None:
    while True:
        await worker.ring()
        await asyncio.sleep(BELL_EVERY)
