"""Claims due jobs and has them analysed, as many at a time as there are children."""

from __future__ import annotations

import asyncio
import logging
import time

from channels.db import database_sync_to_async
from django.conf import settings

from analysis.errors import AnalysisError
from analysis.methods import Choice
from gallery import installed, outages
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.children.requests import Analyse
from gallery.jobs import leases, queue
from gallery.jobs.leases import LeaseLost
from gallery.models import Photo
from gallery.services import boxes, results
from gallery.services.sources import originals
from gallery.words import say

log = logging.getLogger(__name__)
# A third: a renewal that waits for the database, or for a busy machine, still comes in time.
RENEW_EVERY = leases.LEASE.total_seconds() / 3
IDLE = 60.0  # seconds after which a child gives back its 400 MB


class Runner:
    """One a process; any number of processes share the queue."""

    def __init__(self, pool: AnalysisPool, children: int) -> None:
        self.pool = pool
        self.children = children
        self._working: set[asyncio.Task[None]] = set()
        self._bells = 0

    @classmethod
    def from_settings(cls) -> Runner:
        memory = settings.ANALYSIS_MEMORY_MB * 2**20
        pool = AnalysisPool(settings.ANALYSIS_TIMEOUT, memory, installed.weights())
        return cls(pool, settings.ANALYSIS_CHILDREN)

    def wake(self) -> None:
        """Have every child look for a due job, now or when it is done with the one it has."""
        self._bells += 1
        self.pool.stop_idle(IDLE)
        while len(self._working) < self.children:
            task = asyncio.create_task(self._work())
            # asyncio itself holds a running task weakly: nobody else would keep it from being collected.
            self._working.add(task)
            task.add_done_callback(self._working.discard)

    async def _work(self) -> None:
        answered = 0
        # A bell that rings after the last look and before the end is answered by another look.
        while answered != self._bells:
            answered = self._bells
            try:
                while (claim := await database_sync_to_async(queue.claim)()) is not None:
                    await self._run(claim)
            except outages.DATABASE_ERRORS as error:
                outages.DATABASE.begin(error)
            except Exception:
                # The lease of a claimed job runs out, and the next bell tries again.
                log.exception("A job could not be claimed or closed.")

    async def _run(self, claim: queue.Claim) -> None:
        started = time.monotonic()
        try:
            await self._analyse(claim)
        except Exception as error:
            await database_sync_to_async(settle)(claim, error)
        else:
            outages.CHILDREN.end()
            log.info("Photo %s took %.2f s.", claim.photo_id, time.monotonic() - started)

    async def _analyse(self, claim: queue.Claim) -> None:
        photo = await Photo.objects.filter(pk=claim.photo_id).afirst()
        if photo is None:
            raise LeaseLost  # Deleted, and its job with it.
        choice = Choice.of(claim.choice, self.pool.weights)
        given = await database_sync_to_async(boxes.given)(photo)
        request = Analyse(originals.path_of(photo), installed.limits(), choice, given)
        analysing = asyncio.create_task(self.pool.ask(request))
        try:
            while not (await asyncio.wait([analysing], timeout=RENEW_EVERY))[0]:
                if not await database_sync_to_async(queue.renew)(claim):
                    raise LeaseLost
        finally:
            # Kills the child where the lease is lost: it would work on for nobody.
            analysing.cancel()  # Does nothing once it is done.
            await asyncio.wait([analysing])
        if not await database_sync_to_async(results.save)(claim=claim, analysed=analysing.result()):
            raise LeaseLost


def settle(claim: queue.Claim, error: Exception) -> None:
    """Close or queue again a job whose analysis went wrong, as the fault is the photo's or not."""
    attempt = f"Photo {claim.photo_id}, attempt {claim.attempts}"
    match error:
        case LeaseLost():
            log.info("%s: taken back while it was analysed.", attempt)
        case AnalysisError():
            queue.fail(claim, error.sentence)
        case ChildFailed(code="unavailable"):
            outages.CHILDREN.begin(error)
            queue.hand_back(claim)
        case ChildFailed():
            log.warning("%s: %s", attempt, error)
            queue.retry(claim, error.clause)
        case FileNotFoundError():
            # Tried again, for it may be on a disk that is not mounted yet.
            log.warning("%s: its file cannot be found on this server.", attempt)
            queue.retry(claim, say("file_gone"))
        case _:
            log.error("%s", attempt, exc_info=error)
            queue.retry(claim, say("broken", name=type(error).__name__))
