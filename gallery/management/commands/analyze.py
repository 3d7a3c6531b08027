"""Analyse photos on the command line, through the same pipeline as the site, without a database."""

from __future__ import annotations

import json
import os
import sys
from argparse import Action, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from analysis import batch
from analysis.available import available
from analysis.errors import UnknownMethod, WeightsMissing
from analysis.methods import DEFAULT, HARDER, STAGES, Choice
from analysis.report import photo_object
from analysis.results import FaceResult
from gallery import installed


class Command(BaseCommand):
    help = "Find and describe the faces of photos and of all photos in folders."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("paths", nargs="+", type=Path, metavar="PATH")
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument("--encodings", action="store_true", help="encodings too (in the JSON)")
        parser.add_argument("--out", type=Path, metavar="DIR", help="write annotated copies there")
        for stage, methods in available(installed.weights()).items():
            titles = ", ".join(f"{method.name} ({method.title})" for method in methods)
            parser.add_argument(
                _option(stage),
                metavar="NAME",
                default=DEFAULT.by_stage()[stage],
                help=f"one of {titles.replace('%', '%%')}; without it %(default)s",
            )
        parser.add_argument(
            "--thorough",
            action="store_true",
            help="look harder for faces, seven times as long (--detector yunet-thorough)",
        )
        parser.add_argument(
            "--list-methods",
            action=ListMethods,
            nargs=0,
            help="say what there is to choose, and end",
        )
        parser.add_argument(
            "--workers",
            type=_whole("processes"),
            metavar="N",
            default=os.cpu_count() or 1,
            help="processes side by side (as many as there are processors)",
        )
        parser.add_argument(
            "--timeout",
            type=_whole("seconds"),
            metavar="SECONDS",
            default=settings.ANALYSIS_TIMEOUT,
            help="longest time for a photo (%(default)s)",
        )
        parser.add_argument(
            "--memory",
            type=_whole("megabytes", least=500),
            metavar="MB",
            default=settings.ANALYSIS_MEMORY_MB,
            help="most memory for a process (%(default)s)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        limits = installed.limits()
        tasks = batch.files_of(options["paths"], options["out"])
        try:
            names = {stage: options[stage] for stage in STAGES}
            names |= HARDER if options["thorough"] else {}
            choice = Choice.of(names, installed.weights())
            if options["out"]:
                options["out"].mkdir(parents=True, exist_ok=True)
            outcomes = batch.analyse(
                tasks,
                options["workers"],
                limits,
                choice=choice,
                timeout=options["timeout"],
                memory=options["memory"] * 2**20,
                weights=installed.weights(),
            )
        except (WeightsMissing, UnknownMethod, OSError) as error:
            self.stderr.write(str(error))
            sys.exit(2)
        if not tasks:
            self.stderr.write("There is no photo in " + ", ".join(map(str, options["paths"])) + ".")
        try:
            failed = self._print(outcomes, options)
        except KeyboardInterrupt:
            sys.exit(130)  # 128 + SIGINT, as a shell says it.
        except BrokenPipeError:
            # The reader has gone: nothing is left to flush when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            sys.exit(141)  # 128 + SIGPIPE
        finally:
            outcomes.close()
        sys.exit(1 if failed else 0)

    def _print(self, outcomes: Iterator[batch.Outcome], options: dict[str, Any]) -> int:
        """Write each outcome as it comes; return how many photos could not be read."""
        failed = 0
        for outcome in outcomes:
            failed += outcome.result is None
            as_json = options["json"]
            line = _json(outcome, options["encodings"]) if as_json else _line(outcome)
            self.stdout.write(line)
            self.stdout.flush()
        return failed


class ListMethods(Action):
    """Writes the methods of each stage, and what is missing, in place of any analysis."""

    def __call__(self, parser: ArgumentParser, namespace: Namespace, *_: Any) -> None:
        for stage, methods in available(installed.weights()).items():
            sys.stdout.write(f"{_option(stage)}\n")
            width = max(len(method.name) for method in methods)
            for method in methods:
                marks = " (default)" if method.name == DEFAULT.by_stage()[stage] else ""
                about = f": {method.about}" if method.about else ""
                sys.stdout.write(f"  {method.name:{width}}  {method.title}{marks}{about}\n")
                if method.missing:
                    sys.stdout.write(f"  {'':{width}}  Missing. {method.missing}\n")
        parser.exit()


def _option(stage: str) -> str:
    return "--" + stage.replace("_", "-")


def _whole(noun: str, least: int = 1) -> Callable[[str], int]:
    """Return a reader of whole numbers, in a sentence of its own where there is none."""

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise ArgumentTypeError(f"'{text}' is not a number of {noun}: write {least} or more")
        return int(text)

    return read


def _json(outcome: batch.Outcome, encodings: bool) -> str:
    found: dict[str, Any] = {"path": str(outcome.path)}
    if outcome.result is None:
        found["error"] = {"code": outcome.code, "message": outcome.message}
    else:
        photo = photo_object(outcome.result, encodings=encodings)
        size = {"width": photo.pop("width"), "height": photo.pop("height")}
        found |= size | {"seconds": round(outcome.seconds, 3)} | photo
    return json.dumps(found)  # Escaped: a path may hold what is no text.


def _line(outcome: batch.Outcome) -> str:
    result = outcome.result
    path = str(outcome.path).encode(errors="backslashreplace").decode()
    if result is None:
        return f"{path}  {outcome.code}: {outcome.message}"
    count = f"{len(result.faces)} face{'' if len(result.faces) == 1 else 's'}"
    faces = "; ".join(map(_words, result.faces))
    facts = f"{result.width} x {result.height}  {count:>8}  {outcome.seconds:.2f} s"
    return "  ".join(part for part in (path, facts, faces, f"{result.note or ''}") if part)


def _words(face: FaceResult) -> str:
    age = f"{face.gender.label} about {face.age.years:.0f}"
    if face.age.low is not None and face.age.high is not None:
        age += f" ({face.age.low:.0f} to {face.age.high:.0f})"
    doubt = ", doubtful" if face.quality and face.quality.is_doubtful else ""
    return f"{age}, {face.emotion.label} {face.emotion.confidence * 100:.0f} %{doubt}"
