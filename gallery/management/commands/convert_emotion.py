"""Turns a Keras network of seven emotions, which a user put into `models/`, into ONNX."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.methods import KERAS_FILES
from gallery.services import weights

CONVERTER = "analysis.training.emotion_onnx"


class Command(BaseCommand):
    help = (
        "Turn a Keras network with seven outputs (.keras, .h5, .hdf5) into an ONNX file beside it, "
        "so that it can be chosen as `--emotion`."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="such as models/mine.h5")

    def handle(self, *, file: Path, **_: Any) -> None:
        if file.suffix.lower() not in KERAS_FILES:
            raise CommandError(f"{file} is none of {', '.join(KERAS_FILES)}.")
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            said = weights.convert(CONVERTER, file, file.with_name(f"{file.name}.onnx"), self._say)
        except weights.FetchError as error:
            raise CommandError(f"{error}") from error
        except OSError as error:
            raise CommandError(f"{error.filename} cannot be written: {error.strerror}.") from error
        self._say(f"{file.name}.onnx is verified: {said}. Choose it with --emotion {file.name}.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
