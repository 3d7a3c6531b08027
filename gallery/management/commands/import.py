"""Take the photos of a folder on this server into somebody's library."""  # noqa: N999

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from gallery import installed
from gallery.children.pool import AnalysisPool, ChildFailed
from gallery.models import SourceFolder
from gallery.services.photo_words import WordsRefused
from gallery.services.sources import folders, telling, watching
from gallery.services.sources.ending import FolderGone
from gallery.services.sources.folders import FolderRefused
from gallery.services.sources.looking import Look
from gallery.services.sources.seeing import QUIET

TELL_EVERY = 2.0  # seconds


class Command(BaseCommand):
    help = (
        "Take the photos of a folder, and of those in it, into somebody's library; the site analyses them "
        "while it runs. What was taken is not taken again, so this may be stopped and begun again."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="FOLDER")
        parser.add_argument("--owner", required=True, metavar="NAME", help="whose library it is")
        parser.add_argument(
            "--in-place",
            action="store_true",
            help="read the photos where they lie, instead of keeping copies; never write there",
        )
        into = parser.add_mutually_exclusive_group()
        into.add_argument("--gallery", metavar="NAME", default="", help="put them into this album")
        into.add_argument(
            "--galleries", action="store_true", help="put those of each folder into its own album"
        )
        parser.add_argument(
            "--watch",
            nargs="?",
            type=int,
            const=int(watching.EVERY),
            metavar="SECONDS",
            help="go on, and look every so many seconds (30) for what is new, has moved or is gone",
        )

    def handle(self, **options: Any) -> None:
        owner = User.objects.filter(username=options["owner"]).first()
        if owner is None:
            raise CommandError(f"There is no account called {options['owner']}.")
        watch: int | None = options["watch"]
        if watch is not None and watch < 1:
            raise CommandError("--watch takes whole seconds from 1 up.")
        try:
            folder = folders.begin(
                owner=owner,
                path=options["folder"],
                in_place=options["in_place"],
                album=options["gallery"],
                by_folder=options["galleries"],
            )
            asyncio.run(self._look(folder, watch))
        except (FolderRefused, FolderGone, WordsRefused, ChildFailed) as error:
            raise CommandError(f"{error}") from error
        except KeyboardInterrupt:
            self.stdout.write("Stopped. What was taken stays; run this again to go on.")

    async def _look(self, folder: SourceFolder, watch: int | None) -> None:
        memory = settings.ANALYSIS_MEMORY_MB * 2**20
        pool = AnalysisPool(settings.ANALYSIS_TIMEOUT, memory, installed.weights())
        teller = Teller(self.stdout.write)
        try:
            while True:
                look, began = Look(folder), time.monotonic()
                try:
                    while await look.step(pool, time.time()):
                        teller.tell_progress(look)
                except FolderGone as error:
                    if watch is None:
                        raise
                    teller.tell(f"{error}")
                else:
                    teller.tell_end(look)
                if watch is not None:
                    await asyncio.sleep(watching.pause(watch, time.monotonic() - began))
                elif look.waiting:
                    await asyncio.sleep(QUIET)
                else:
                    return
        finally:
            pool.stop_idle()


class Teller:
    """Writes what looks come to, nothing twice in a row: who watches a folder looks thousands of times."""

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write
        self._told: set[str] = set()
        self._last = time.monotonic()

    def tell_progress(self, look: Look) -> None:
        if time.monotonic() - self._last >= TELL_EVERY:
            self._last = time.monotonic()
            self._write(f"{look.found} files so far: {telling.summary(look.counts)}.")

    def tell_end(self, look: Look) -> None:
        lines = [f"{_plain(path)}: {words}" for path, words in telling.told(look.result)]
        new = [line for line in lines if line not in self._told]
        summary = f"{telling.summary(look.counts)}."
        self._told &= {*lines, summary}
        for line in [*new, summary]:
            self.tell(line)

    def tell(self, line: str) -> None:
        if line not in self._told:
            self._told.add(line)
            self._write(line)


def _plain(path: str) -> str:
    """Return a path as one line that commands no terminal, whatever bytes somebody named a file by."""
    return "".join(letter if letter.isprintable() else "?" for letter in path)
