"""Derives all that humans said from the record anew, and tells what the library says otherwise."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from gallery.models import Roster
from gallery.services import rederiving


class Command(BaseCommand):
    help = (
        "Derive every name, refusal, mark, emotion and merge from the record of what people said, and "
        "say where the library differs from it. Changes nothing without --mend."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--mend", action="store_true", help="write what the record says where it differs"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = [
            f"{roster.owner}: {line}"
            for roster in Roster.objects.select_related("owner").order_by("pk")
            for line in rederiving.differences(roster, mend=options["mend"])
        ]
        for line in found:
            self.stdout.write(line)
        if found and not options["mend"]:
            raise CommandError(f"{len(found)} differ from the record. --mend writes what it says.")
        self.stdout.write(f"{len(found)} mended." if found else "All is as the record says.")
