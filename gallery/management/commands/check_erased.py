"""Looks for what is left of somebody who was erased, in the database and in all files of the site."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from analysis.errors import AnalysisError
from analysis.known import files
from analysis.results import Array
from gallery.services.erasing import remains
from gallery.services.erasing.remains import Named, Remains
from gallery.services.erasing.traces import Finder, Traces


class Command(BaseCommand):
    help = (
        "Look for names, and for encodings that were exported before, in each table, in the files of an "
        "SQLite database with freed pages and write-ahead log, and in all other files of the site."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("names", nargs="+", help="what the person was called")
        parser.add_argument(
            "--known", type=Path, help="a known.json, known.npz or known.bin with their encodings"
        )
        parser.add_argument(
            "--without-photos", action="store_true", help="leave out the folder of photos"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        named = Named.of(options["names"])
        traces = Traces.of(options["names"], _vectors(options["known"]), named.within)
        elsewhere = _looked_for(traces, with_photos=not options["without_photos"])
        found = [*named.places, *elsewhere]
        for place, times in found:
            self.stdout.write(f"{place}: {times}")
        if found:
            raise CommandError(f"Something is left in {len(found)} places.")
        self.stdout.write("Nothing was found.")


def _looked_for(traces: Traces, *, with_photos: bool) -> Iterator[Remains]:
    finder = Finder(traces)
    yield from remains.vectors_in_rows(Finder(traces.without_names()))
    yield from remains.in_database_files(finder)
    yield from remains.in_files(finder, remains.other_files())
    if with_photos:
        photos = (path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file())
        yield from remains.in_files(finder, photos)


def _vectors(path: Path | None) -> list[Array]:
    if path is None:
        return []
    try:
        return list(files.read(path).encodings)
    except (OSError, AnalysisError) as error:
        raise CommandError(f"{path} can't be read: {error}") from error
