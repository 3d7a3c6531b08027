"""Serves the site and analyses its photos in one process, on one event loop."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Any

import uvicorn
from channels.routing import get_default_application
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command

from gallery.jobs import worker
from gallery.services import weights


class Command(BaseCommand):
    help = "Serve the site and analyse its photos: everything in one process."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            weights.ensure(report=partial(print, flush=True))
        except weights.FetchError as error:
            raise CommandError(f"{error}") from error
        call_command("migrate", verbosity=0)
        asyncio.run(serve_all())


class Site(uvicorn.Server):
    """Uvicorn that says where it is once it listens."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        if self.started:
            port = self.servers[0].sockets[0].getsockname()[1]
            host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
            print(f"Facesite is at http://{host}:{port}", flush=True)  # noqa: T201


async def serve_all() -> None:
    """Run until the site is told to stop, then stop the worker too."""
    config = uvicorn.Config(
        get_default_application(),
        host=settings.HOST,
        port=settings.PORT,
        log_level="warning",
        lifespan="off",
        proxy_headers=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    working = asyncio.create_task(worker.run())
    try:
        await Site(config).serve()
    finally:
        working.cancel()
        await asyncio.wait([working])
