"""Bring people whom a file knows into somebody's library."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.errors import AnalysisError
from analysis.failures import explained
from analysis.known import files
from analysis.known.known import Known
from gallery.management.known import read_known
from gallery.models import Roster
from gallery.services import known_files
from gallery.services.known_files import Plan

SHOWN = 20  # names in a line; more are counted


class Command(BaseCommand):
    help = (
        "Know people by the names and encodings of a known.bin, JSON or NPZ, without a picture of them. "
        "Nothing that is in the library already is changed, and nobody is known twice by one encoding."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--owner", required=True, metavar="NAME", help="whose library it is")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, and do nothing"
        )

    def handle(self, **options: Any) -> None:
        path: Path = options["path"]
        roster = _roster_of(options["owner"])
        known = _read(path)
        if options["dry_run"]:
            plan = known_files.plan(roster=roster, known=known, source=path.name)
        else:
            plan = known_files.bring(roster=roster, known=known, source=path.name)
        for sentence in _sentences(plan, known, done=not options["dry_run"]):
            self.stdout.write(sentence)


def _roster_of(name: str) -> Roster:
    owner = User.objects.filter(username=name).first()
    if owner is None:
        raise CommandError(f"There is no account called {name}.")
    return Roster.objects.of(owner.pk)


def _read(path: Path) -> Known:
    memory, timeout = settings.ANALYSIS_MEMORY_MB * 2**20, settings.ANALYSIS_TIMEOUT
    try:
        if files.kind_of(path) in ("folder", "zip"):
            raise CommandError(
                f"{path} holds pictures. Add those on the site, as portraits of each person."
            )
        return read_known(path, memory=memory, timeout=timeout)
    except (AnalysisError, OSError) as error:
        raise CommandError(f"{path}: {explained(error, timeout)[1]}") from error


def _sentences(plan: Plan, known: Known, *, done: bool) -> list[str]:
    said = [
        f"{plan.source}: {len(known)} encodings of {len(set(known.names))} people, made by "
        f"{known.encoder}.",
        f"{'Added' if done else 'Would be added'}: {plan.count}.",
    ]
    if plan.new:
        said.append(f"New people: {_listed(plan.new)}.")
    if plan.here:
        said.append(f"Here already, and known by more: {_listed(plan.here)}.")
    if plan.shared:
        said.append(
            f"Several people bear these names, so that they are taken for somebody else, with a note: "
            f"{_listed(plan.shared)}."
        )
    if plan.already:
        same = [f"{name} (as {other})" if name != other else name for name, other in plan.already]
        said.append(f"Known already: {len(same)}, of {_listed(list(dict.fromkeys(same)))}.")
    if done and plan.count:
        said.append("Who is on each photo is guessed anew while the site runs.")
    return said


def _listed(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    shown = ", ".join(names[:SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
