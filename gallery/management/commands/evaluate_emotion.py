"""Tells how right a network that tells emotions is on labelled crops of faces."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.errors import AnalysisError
from analysis.methods import find, methods_of
from analysis.training import metrics, models, reading
from analysis.training.reading import USAGES
from analysis.training.report import Report, judged, table
from gallery import installed


class Command(BaseCommand):
    help = "Evaluate an emotion network on labelled crops, as they are."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "model",
            metavar="MODEL",
            help="a .keras, .h5, .hdf5 or .onnx file, or a name that `analyze --emotion` knows",
        )
        parser.add_argument(
            "data",
            type=Path,
            metavar="DATA",
            help="fer2013.csv, an .npz with images, labels and usage, or a folder for each emotion",
        )
        parser.add_argument("--usage", choices=USAGES, help="only the images meant for that")
        parser.add_argument("--out", type=Path, metavar="DIR", help="write the report there")

    def handle(self, **options: Any) -> None:
        model, usage = options["model"], options["usage"]
        try:
            title, classifier, files = _find(model)
            data = reading.read(options["data"])
            chosen = data.used_for(usage) if usage else data
            if chosen is None:
                raise CommandError(f"{options['data']} holds no images for {usage}.")
            found = metrics.evaluation(classifier.shares(chosen.images), chosen.labels)
            name = " ".join(part for part in (options["data"].stem, usage) if part)
            report = Report(f"Emotions by {title}", files, [judged(name, chosen, found)])
            if options["out"]:
                report.write(options["out"])
        except (AnalysisError, OSError) as error:
            raise CommandError(str(error)) from error
        self.stdout.write("\n".join(table(found)))


def _find(model: str) -> tuple[str, models.Served | models.Classifier, list[Path]]:
    """Return the title, the network and its files, of a name that is known or else of a file."""
    path, weights = Path(model), installed.weights()
    if model in methods_of("emotion", weights) or not path.suffix:
        return find("emotion", model, weights).title, *models.chosen(model, weights)
    return path.name, models.load(path), [path]
