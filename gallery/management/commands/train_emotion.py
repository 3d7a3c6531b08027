"""Trains a network that tells emotions, on labelled crops of faces."""

from __future__ import annotations

import os
import signal
from argparse import ArgumentTypeError
from pathlib import Path
from typing import Any, NoReturn

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.errors import AnalysisError
from analysis.sentences import Sentence, say
from analysis.training import outcome, reading, runtime, trainer
from analysis.training.checkpoint import TrainingBusy
from analysis.training.dataset import joined, split
from analysis.training.progress import FileProgress, LineProgress, Several
from analysis.training.recipes import RECIPES
from analysis.training.report import Report
from analysis.training.runtime import PRECISIONS


class Command(BaseCommand):
    help = (
        "Train an emotion network. It may be stopped at any moment: the same command goes on "
        "from the last epoch that was finished."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "data",
            type=Path,
            nargs="+",
            metavar="DATA",
            help="fer2013.csv, an .npz with images, labels and usage, or a folder for each emotion; "
            "several are joined",
        )
        parser.add_argument("--recipe", choices=RECIPES, default="study")
        parser.add_argument("--out", type=Path, required=True, metavar="DIR")
        parser.add_argument(
            "--epochs", type=_positive, metavar="N", help="at most (the recipe's number)"
        )
        parser.add_argument("--seed", type=_whole, default=0, metavar="S")
        parser.add_argument(
            "--fraction", type=_share, default=1.0, help="of the images (%(default)s)"
        )
        parser.add_argument(
            "--split",
            choices=("usage", "study"),
            help="by the data's own usage (where it has any), or first 80 %% and rest, as the study did",
        )
        parser.add_argument(
            "--precision",
            choices=PRECISIONS,
            default="float32",
            help="what layers compute in; bfloat16 is quicker on AVX512-BF16 or AMX (%(default)s)",
        )
        parser.add_argument("--threads", type=_positive, default=os.cpu_count() or 1, metavar="N")
        parser.add_argument(
            "--while-stdin-open",
            action="store_true",
            help="stop when standard input ends, as it does when a parent process is killed",
        )
        parser.add_argument(
            "--json-errors",
            action="store_true",
            help="say what is refused as JSON: the code of a sentence and its values",
        )

    def handle(self, **options: Any) -> None:
        # So `kill` ends it as Ctrl-C does, with what is temporary removed.
        signal.signal(signal.SIGTERM, _interrupt)
        plan = trainer.Plan(
            recipe=options["recipe"],
            epochs=options["epochs"],
            seed=options["seed"],
            precision=options["precision"],
            threads=options["threads"],
        )
        words = Sentence.write if options["json_errors"] else str
        try:
            report = self._train(plan, options)
        except TrainingBusy as error:
            raise CommandError(words(error.sentence), returncode=os.EX_TEMPFAIL) from error
        except AnalysisError as error:
            raise CommandError(words(error.sentence)) from error
        except OSError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(words(say("training_stopped")), returncode=130) from None
        for one in report.judged:
            self.stdout.write(f"{one.name}: accuracy {one.found.accuracy * 100:.2f} %")
        self.stdout.write(f"The networks and their report are in {options['out']}.")

    def _train(self, plan: trainer.Plan, options: dict[str, Any]) -> Report:
        if options["while_stdin_open"]:
            runtime.stop_with_stdin()
        line = LineProgress(self._say, terminal=self.stdout.isatty())
        page = FileProgress(options["out"])
        data = joined([reading.read(source) for source in options["data"]])
        parts = split(data, options["split"]).thinned(options["fraction"])
        ended = trainer.train(plan, parts, options["out"], Several(line, page))
        page.stage("exporting")
        report = outcome.write(plan, parts, ended, options["out"])
        page.stage("done")
        return report

    def _say(self, text: str) -> None:
        self.stdout.write(text, ending="")
        self.stdout.flush()


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ArgumentTypeError(f"'{text}' is no whole number")
    return int(text)


def _positive(text: str) -> int:
    if not (number := _whole(text)):
        raise ArgumentTypeError("write 1 or more")
    return number


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise ArgumentTypeError(f"'{text}' is no number above 0 and up to 1")
    return share


def _interrupt(*_: object) -> NoReturn:
    raise KeyboardInterrupt
