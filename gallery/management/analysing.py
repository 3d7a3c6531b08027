"""What the commands that analyse photos have in common: their options, their children, how they end."""

from __future__ import annotations

import os
import sys
from argparse import Action, ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Callable, Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.available import available
from analysis.batch import Crew, Outcome
from analysis.errors import AnalysisError
from analysis.methods import DEFAULT, HARDER, STAGES, Choice
from analysis.report import photo_object
from gallery import installed


class AnalysingCommand(BaseCommand):
    """A command that analyses photos in child processes and writes something of each, as it is done.

    The exit status is 1 if a photo could not be read, 2 if nothing could begin, and what a shell says of
    signals where one ended it.
    """

    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="one JSON object a line")
        parser.add_argument("--encodings", action="store_true", help="encodings too (in the JSON)")
        _add_methods(parser)
        _add_limits(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        sys.exit(self._status(options))

    def work(self, crew: Crew, options: dict[str, Any]) -> int:
        """Write what is to be said; return how many photos could not be read.

        Raises AnalysisError, OSError or CommandError where nothing can be said of any.
        """
        raise NotImplementedError

    def write_each(self, outcomes: Iterable[Outcome], line: Callable[[Outcome], str]) -> int:
        """Write each outcome as it comes; return how many photos could not be read."""
        failed = 0
        for outcome in outcomes:
            failed += outcome.result is None
            self.stdout.write(line(outcome))
            self.stdout.flush()
        return failed

    def _status(self, options: dict[str, Any]) -> int:
        try:
            with _crew(options) as crew:
                return 1 if self.work(crew, options) else 0
        except KeyboardInterrupt:
            return 130  # 128 + SIGINT, as a shell says it.
        except BrokenPipeError:
            # The reader has gone: nothing is left to flush when Python ends.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            return 141  # 128 + SIGPIPE
        except (AnalysisError, CommandError, OSError) as error:
            self.stderr.write(f"{error}")
            return 2


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


def described(outcome: Outcome, *, encodings: bool) -> dict[str, Any]:
    """Return what became of a photo as JSON can hold it, its path first."""
    found: dict[str, Any] = {"path": str(outcome.path)}
    if outcome.result is None:
        return found | {"error": {"code": outcome.code, "message": outcome.message}}
    photo = photo_object(outcome.result, encodings=encodings)
    size = {"width": photo.pop("width"), "height": photo.pop("height")}
    return found | size | {"seconds": round(outcome.seconds, 3)} | photo


def line(outcome: Outcome, faces: str = "") -> str:
    """Return what became of a photo in a line to read, with what is said of its faces."""
    result = outcome.result
    path = str(outcome.path).encode(errors="backslashreplace").decode()
    if result is None:
        return f"{path}  {outcome.code}: {outcome.message}"
    count = f"{len(result.faces)} face{'' if len(result.faces) == 1 else 's'}"
    facts = f"{result.width} x {result.height}  {count:>8}  {outcome.seconds:.2f} s"
    return "  ".join(part for part in (path, facts, faces, f"{result.note or ''}") if part)


def _crew(options: dict[str, Any]) -> Crew:
    """Return the children that the options ask for; raises WeightsMissing or UnknownMethod."""
    names = {stage: options[stage] for stage in STAGES}
    names |= HARDER if options["thorough"] else {}
    return Crew(
        options["workers"],
        installed.limits(),
        Choice.of(names, installed.weights()),
        timeout=options["timeout"],
        memory=options["memory"] * 2**20,
        weights=installed.weights(),
    )


def _add_methods(parser: CommandParser) -> None:
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


def _add_limits(parser: CommandParser) -> None:
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


def _option(stage: str) -> str:
    return "--" + stage.replace("_", "-")


def _whole(noun: str, least: int = 1) -> Callable[[str], int]:
    """Return a reader of whole numbers, in a sentence of its own where there is none."""

    def read(text: str) -> int:
        if not text.isdecimal() or int(text) < least:
            raise ArgumentTypeError(f"'{text}' is not a number of {noun}: write {least} or more")
        return int(text)

    return read
