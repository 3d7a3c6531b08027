"""Makes the map of where faces lie, by which distances mean the same for everybody."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis import batch
from analysis.errors import AnalysisError
from analysis.matching import MAP
from analysis.methods import Choice
from analysis.population import make
from analysis.population.judging import cross_fitted
from analysis.population.report import Report
from analysis.population.sets import People, Strangers
from analysis.results import Array
from gallery import installed

LABELS = "labels.csv"
# Their first numbers are those of the default, which has a map of its own.
BY_BOTH = Choice(encoder="joint")


class Command(BaseCommand):
    help = (
        "Make a population map of photos of people, each of somebody else, and of people with several "
        "photos each. It takes a photo's time each, and a minute or two."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "data",
            type=Path,
            metavar="DATA",
            help=f"a folder with {LABELS}: path, age and group of a photo of somebody a line",
        )
        parser.add_argument(
            "--people",
            type=Path,
            action="append",
            required=True,
            metavar="DIR",
            help="a folder with a folder of photos for each person; may be given several times, the "
            "first says what distances are usual",
        )
        parser.add_argument("--name", default="people-1", help="of the map (%(default)s)")
        parser.add_argument("--out", type=Path, metavar="DIR", help="models/population without it")
        parser.add_argument("--seed", type=int, default=1, metavar="S")
        parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, metavar="N")

    def handle(self, **options: Any) -> None:
        out = options["out"] or installed.weights().population
        try:
            self._make(out, options)
        except (AnalysisError, OSError, ValueError, KeyError) as error:
            raise CommandError(f"{error}") from error

    def _make(self, out: Path, options: dict[str, Any]) -> None:
        self._workers, self._methods = options["workers"], dict[str, str]()
        strangers, without = self._strangers(options["data"])
        people = {folder.name: self._people(folder) for folder in options["people"]}
        encoder, seed = self._methods["encoder"], options["seed"]
        self.stdout.write(f"{len(strangers)} faces of strangers: making centres.")
        found = make(options["name"], encoder, strangers, list(people.values()), seed)
        found.save(out / MAP)
        self.stdout.write("Judging maps of one half of them by the other half.")
        first = {title: some.first for title, some in people.items()}
        judged = cross_fitted(strangers.first, first, seed)
        by_both = cross_fitted(strangers, people, seed)
        report = Report(found, strangers, people, judged, by_both, self._methods, without, seed)
        report.write(out)
        self.stdout.write(f"{len(found.centres)} centres and their report are in {out}.")

    def _strangers(self, folder: Path) -> tuple[Strangers, int]:
        """Return the faces of whom the labels list, and of how many none was found."""
        with (folder / LABELS).open(newline="", encoding="utf-8") as file:
            rows = list(csv.DictReader(file))
        found = dict(self._encodings(folder / row["path"] for row in rows))
        seen = [row for row in rows if folder / row["path"] in found]
        strangers = Strangers(
            np.stack([found[folder / row["path"]] for row in seen]),
            np.array([float(row["age"]) for row in seen]),
            np.array([row["group"] for row in seen]),
        )
        return strangers, len(rows) - len(seen)

    def _people(self, folder: Path) -> People:
        photos = [task.path for task in batch.files_of([folder])]
        found = dict(self._encodings(photos))
        if not found:
            raise CommandError(f"There is no photo of a face in {folder}.")
        names = np.array([path.parent.name for path in found])
        return People(np.stack(list(found.values())), names)

    def _encodings(self, paths: Iterable[Path]) -> Iterator[tuple[Path, Array]]:
        """Yield the encoding of the face nearest to the middle of each photo that has one."""
        tasks = [batch.Task(path) for path in paths]
        with closing(
            batch.analyse(tasks, self._workers, installed.limits(), choice=BY_BOTH)
        ) as outcomes:
            for number, outcome in enumerate(outcomes, start=1):
                if number % 500 == 0:
                    self.stdout.write(f"{number} of {len(tasks)} photos.")
                if outcome.result and (face := outcome.result.central_face):
                    self._methods |= outcome.result.methods
                    yield outcome.path, face.encoding
