"""Serves the site and analyses its photos in one process, on one event loop."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import gc
import importlib
import logging
import socket
from functools import partial
from typing import Any

import uvicorn
from channels.db import database_sync_to_async
from channels.routing import get_default_application
from django.conf import settings
from django.contrib.auth.models import User
from django.core.management import BaseCommand, CommandError, call_command

from gallery.services import library_index, weights
from gallery.worker import host

log = logging.getLogger(__name__)
WARM_AFTER = 5.0  # seconds
WARMED = 20  # accounts at most
# Longer than the 60 s for which nginx keeps a connection to us: whoever sends on one just when we close it
# hears that the site broke off.
KEPT_ALIVE = 75  # seconds


class Command(BaseCommand):
    help = "Serve the site and analyse its photos: everything in one process."

    def handle(self, *args: Any, **options: Any) -> None:
        with contextlib.suppress(KeyboardInterrupt):
            try:
                weights.ensure(report=partial(print, flush=True))
            except weights.FetchError as error:
                raise CommandError(f"{error}") from error
            call_command("migrate", verbosity=0)
            set_aside_what_stays()
            with listen(settings.HOST, settings.PORT) as listener:
                asyncio.run(serve_all(listener))


def set_aside_what_stays() -> None:
    """Have the collector look no more at what is there for good.

    Else it walks all modules again and again: one request in thirty waited 90 ms for it, now 20 to 35.
    """
    importlib.import_module(settings.ROOT_URLCONF)
    gc.collect()
    gc.freeze()


async def warm(wait: float = WARM_AFTER) -> None:
    """Have the libraries of who was here last at hand, once whoever waited for the site has been served."""
    await asyncio.sleep(wait)
    try:
        # In a thread of its own: seconds of it would hold up the worker, whose leases run out.
        await database_sync_to_async(read_libraries, thread_sensitive=False)()
    except Exception:
        # Who asks for one reads it then.
        log.exception("No library could be read beforehand.")


def read_libraries() -> None:
    here = User.objects.filter(is_active=True, last_login__isnull=False).order_by("-last_login")
    library_index.warm(here.values_list("pk", flat=True)[:WARMED])


class Site(uvicorn.Server):
    """Uvicorn that says where it is once it listens."""

    async def startup(self, sockets: Any = None) -> None:
        await super().startup(sockets)
        host = f"[{settings.HOST}]" if ":" in settings.HOST else settings.HOST
        print(f"Facesite is at http://{host}:{sockets[0].getsockname()[1]}", flush=True)  # noqa: T201


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; raises CommandError naming the setting that is in the way."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        # Bound here: uvicorn would only log the reason and exit.
        listener = socket.create_server((host, port), family=family, backlog=1024)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            why = f"PORT is {port}, and another program listens there: set PORT to another number."
        elif error.errno == errno.EACCES:
            why = f"PORT is {port}, which only root may use: set PORT to 1024 or more."
        else:
            why = f"HOST is '{host}', which is no address of this machine ({error.strerror})."
        raise CommandError(why) from error
    # What it accepts inherits this. Without it an answer's body waits for the browser to acknowledge the
    # headers, which it does 40 ms later; asyncio sets it only for sockets that name their protocol.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def configuration() -> uvicorn.Config:
    return uvicorn.Config(
        get_default_application(),
        log_level="warning",
        lifespan="off",  # Channels has no such protocol.
        proxy_headers=False,
        server_header=False,
        ws_max_size=2
        ** 20,  # Frames of a camera have a quarter of that; nothing else comes this way.
        timeout_keep_alive=KEPT_ALIVE,
        timeout_graceful_shutdown=5,  # A slow upload would hold up the end for as long as it takes.
    )


async def serve_all(listener: socket.socket) -> None:
    """Run until the site is told to stop; a worker that ends before it takes the site along."""
    site = Site(configuration())
    serving = asyncio.create_task(site.serve(sockets=[listener]))
    working = asyncio.create_task(host.run())
    warming = asyncio.create_task(warm())
    await asyncio.wait({serving, working}, return_when=asyncio.FIRST_COMPLETED)
    warming.cancel()
    site.should_exit = True
    working.cancel()
    await asyncio.wait({serving, working})
    if not working.cancelled():
        working.result()  # Raises what the worker ended by.
    serving.result()
