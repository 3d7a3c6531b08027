"""Analyse photos on the command line, through the same pipeline as the site, without a database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from analysis.batch import Crew, Outcome, files_of
from analysis.results import FaceResult
from gallery.management.analysing import AnalysingCommand, described, line


class Command(AnalysingCommand):
    help = "Find and describe the faces of photos and of all photos in folders."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--out", type=Path, metavar="DIR", help="write annotated copies there")
        super().add_arguments(parser)

    def work(self, crew: Crew, options: dict[str, Any]) -> int:
        tasks = files_of(options["paths"], options["out"])
        if options["out"]:
            options["out"].mkdir(parents=True, exist_ok=True)
        if not tasks:
            self.stderr.write("There is no photo in " + ", ".join(map(str, options["paths"])) + ".")

        def written(outcome: Outcome) -> str:
            if options["json"]:
                # Escaped: a path may hold what is no text.
                return json.dumps(described(outcome, encodings=options["encodings"]))
            faces = outcome.result.faces if outcome.result else ()
            return line(outcome, "; ".join(map(_words, faces)))

        return self.write_each(crew.analyse(tasks), written)


def _words(face: FaceResult) -> str:
    age = f"{face.gender.label} about {face.age.years:.0f}"
    if face.age.low is not None and face.age.high is not None:
        age += f" ({face.age.low:.0f} to {face.age.high:.0f})"
    doubt = ", doubtful" if face.quality and face.quality.is_doubtful else ""
    return f"{age}, {face.emotion.label} {face.emotion.confidence * 100:.0f} %{doubt}"
