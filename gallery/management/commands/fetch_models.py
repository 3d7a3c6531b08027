"""Fetches, verifies and converts the weight files that `models/manifest.toml` names."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.weights import DEFAULT_DIRECTORY, Weights
from gallery.services import weights


class Command(BaseCommand):
    help = "Fetch and verify the networks' weight files, or with --check only say what is missing."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="report only, fetch nothing")
        parser.add_argument(
            "--directory",
            type=Path,
            default=DEFAULT_DIRECTORY,
            help="where manifest.toml lies (default: %(default)s)",
        )

    def handle(self, *, check: bool, directory: Path, **_: Any) -> None:
        wanted = Weights(directory)
        if check and (missing := weights.missing(wanted)):
            names = ", ".join(entry.file for entry in missing)
            raise CommandError(f"Not there or not verified: {names}. Run it without --check.")
        try:
            weights.ensure(wanted, report=self._say)
        except weights.FetchError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Interrupted. What was finished is kept; run it again to go on.", returncode=130
            ) from None
        self._say("All weight files are there and verified.")

    def _say(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
