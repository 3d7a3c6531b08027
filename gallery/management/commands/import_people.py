"""Bring people into somebody's library: by pictures, or by a file of names and encodings."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from analysis.errors import AnalysisError
from analysis.failures import explained
from analysis.known.files import kind_of
from analysis.known.layouts import Listing, Picture
from gallery import installed
from gallery.management.known import pictures_of, read_known
from gallery.models import Photo, Roster
from gallery.services import known_files, newcomers, pictures
from gallery.services.known_files import Plan
from gallery.services.newcomers import Whom

SHOWN = 20  # names in a line; more are counted


class Command(BaseCommand):
    help = (
        "Know people by pictures, in a folder or a zip, named by their files or a folder each, or by the "
        "names and encodings of a known.bin, JSON or NPZ, then without a picture. Pictures become photos "
        "of the library; the site analyses them while it runs, and Work says what came of each."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH")
        parser.add_argument("--owner", required=True, metavar="NAME", help="whose library it is")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be done, and do nothing"
        )

    def handle(self, **options: Any) -> None:
        path: Path = options["path"]
        owner = User.objects.filter(username=options["owner"]).first()
        if owner is None:
            raise CommandError(f"There is no account called {options['owner']}.")
        try:
            with _listing(path) as listing:
                if listing is None:
                    self._bring_known(owner, path, dry=options["dry_run"])
                else:
                    self._bring_pictures(owner, path, listing, dry=options["dry_run"])
        except (AnalysisError, OSError) as error:
            why = explained(error, settings.ANALYSIS_TIMEOUT)[1]
            raise CommandError(f"{path}: {why}") from error

    def _bring_pictures(self, owner: User, path: Path, listing: Listing, *, dry: bool) -> None:
        self._say([f"{path.name}: {listing.why}"])
        self._say(f"{one.shown}: {one.why}" for one in listing.left_out)
        if not listing.pictures:
            return
        roster = Roster.objects.of(owner.pk)
        whom = newcomers.whom(roster, [one.name for one in listing.pictures], path.name)
        self._say([_count(len(listing.pictures), "picture", "pictures", listing.names)])
        self._say(_of_people(whom))
        if dry:
            there = [one.shown for one in listing.pictures if _is_there(owner, one)]
            if there:
                self._say([f"In the library already: {len(there)}, {_listed(there)}."])
            return
        is_zip = path.is_file()
        pictures.begin(owner=owner, pictures=listing.pictures, source=path.name, unpacked=is_zip)
        self._say(["They are analysed and named while the site runs. Work says what came of each."])

    def _bring_known(self, owner: User, path: Path, *, dry: bool) -> None:
        memory = settings.ANALYSIS_MEMORY_MB * 2**20
        known = read_known(path, memory=memory, timeout=settings.ANALYSIS_TIMEOUT)
        act = known_files.plan if dry else known_files.bring
        plan = act(roster=Roster.objects.of(owner.pk), known=known, source=path.name)
        self._say(
            [
                f"{plan.source}: {_count(len(known), 'encoding', 'encodings', known.names)}",
                f"It names no encoder: they are taken for those of {known.encoder}."
                if kind_of(path) == "pickle"
                else f"They were made by {known.encoder}.",
                f"{'Would be added' if dry else 'Added'}: {plan.count}.",
            ]
        )
        self._say(_of_people(plan))
        self._say(_of_known(plan))
        if plan.count and not dry:
            self._say(["Who is on each photo is guessed anew while the site runs."])

    def _say(self, sentences: Iterator[str] | Sequence[str]) -> None:
        for sentence in sentences:
            self.stdout.write(sentence)


@contextmanager
def _listing(path: Path) -> Iterator[Listing | None]:
    """Give whose pictures a folder or zip holds, unpacked where they can be linked from."""
    installed.uploads().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=installed.uploads()) as place:
        yield pictures_of(path, Path(place))


def _is_there(owner: User, picture: Picture) -> bool:
    with picture.path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Photo.objects.visible_to(owner).filter(sha256=digest).exists()


def _count(number: int, one: str, many: str, names: Sequence[str]) -> str:
    people = len(set(names))
    return (
        f"{number} {one if number == 1 else many} of {people} "
        f"{'person' if people == 1 else 'people'}."
    )


def _of_people(whom: Whom) -> Iterator[str]:
    if whom.new:
        yield f"New people: {_listed(whom.new)}."
    if whom.here:
        yield f"Here already, and known by more: {_listed(whom.here)}."
    if whom.shared:
        yield (
            "Several people bear these names, so that they are taken for somebody else, with a note: "
            f"{_listed(whom.shared)}."
        )


def _of_known(plan: Plan) -> Iterator[str]:
    if plan.already:
        same = [f"{name} (as {other})" if name != other else name for name, other in plan.already]
        yield f"Known already: {len(same)}, of {_listed(list(dict.fromkeys(same)))}."


def _listed(names: Sequence[str]) -> str:
    more = len(names) - SHOWN
    shown = ", ".join(names[:SHOWN])
    return f"{shown} and {more} more" if more > 0 else shown
