"""The Channels background consumer: hears the doorbell and wakes the runners."""

from __future__ import annotations

import logging
from typing import Any

from channels.consumer import AsyncConsumer
from channels.db import database_sync_to_async

from gallery import outages
from gallery.jobs import queue, tasks
from gallery.worker.follower import Follower
from gallery.worker.runner import Runner
from gallery.worker.task_runner import TaskRunner
from gallery.worker.watcher import Watcher

log = logging.getLogger(__name__)


class AnalysisConsumer(AsyncConsumer):
    """Channels keeps one instance for as long as its worker process runs."""

    # No layer, so no channel of its own beside the worker's: nobody writes to it, and a lost
    # connection there would end the consumer without a word.
    channel_layer_alias = ""

    def __init__(self) -> None:
        super().__init__()
        self.runner = Runner.from_settings()
        self.tasks = TaskRunner.from_settings()
        self.follower = Follower()
        self.watcher = Watcher(self.tasks.pool)

    async def analysis_wake(self, message: dict[str, Any]) -> None:
        try:
            # Before the runners look, so that they find what is freed.
            await database_sync_to_async(queue.free_expired)()
            await database_sync_to_async(tasks.free_expired)()
        except outages.DATABASE_ERRORS as error:
            outages.DATABASE.begin(error)
            return
        except Exception:
            # Channels would drop the messages after this one; the next bell tries again.
            log.exception("Expired leases could not be freed.")
        else:
            outages.DATABASE.end()
        self.runner.wake()
        self.tasks.wake()
        self.follower.wake()
        self.watcher.wake()
