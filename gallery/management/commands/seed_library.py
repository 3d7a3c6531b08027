"""Fills an account with a made library, to measure what large ones cost."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from analysis.matching import Population
from analysis.synthetic import judging, pictures
from analysis.synthetic.judging import Judged
from analysis.synthetic.library import Library, Wanted
from gallery import installed
from gallery.services import matching, seeding, turns
from gallery.services.seeding import hardness
from gallery.services.seeding.pictures import Pictures

NOBODY = "Neither the photos nor the people are real: all of it is made by chance."
MEASURES = {
    "accepted": "pairs of one person nearer than 1 in 1,000 others",
    "nearest": "faces next to one of the same person",
    "purity": "purity of faces put together",
    "completeness": "completeness",
}


class Command(BaseCommand):
    help = (
        "Fill an account with a library of people who do not exist, to see what a large one costs. "
        "The account is made, or has to be empty."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        def number(option: str, default: int, what: str) -> None:
            text = f"{what} (%(default)s)"
            parser.add_argument(option, type=int, default=default, metavar="N", help=text)

        def choice(option: str, what: str) -> None:
            parser.add_argument(option, action="store_true", help=what)

        parser.add_argument("--owner", default="made-up", metavar="NAME", help="(%(default)s)")
        number("--faces", 300_000, "faces in all")
        number("--photos", 0, "photos, 0 for a third of the faces")
        number("--people", 2000, "people who are known")
        number("--known-faces", 5, "faces that each of them is known by, where there are as many")
        number("--seed", 1, "the same number makes the same library")
        choice("--no-match", "do not guess who the others are")
        choice("--pictures", "have drawings stand for photos and faces, for 8 kB of disk a photo")
        choice("--remove", "remove the account's made library instead")
        parser.add_argument(
            "--truth",
            type=Path,
            metavar="NPZ",
            help="write `people`, and the keys of their `faces`",
        )

    def handle(self, **options: Any) -> None:
        self._started = time.perf_counter()
        if options["remove"]:
            return self._remove(options["owner"])
        population = installed.population()
        if population is None:
            raise CommandError("There is no population map to draw people from.")
        library = self._library(options, population)
        owner = self._empty_account(options["owner"])
        self.stdout.write(NOBODY)
        drawn = Pictures(pictures.photos(), pictures.faces()) if options["pictures"] else None
        seeding.fill(owner, library, population, self._told, drawn)
        if options["truth"]:
            self._write_truth(options["truth"], owner, library)
        if not options["no_match"]:
            self._match(owner)
        self._compare({"LFW": judging.LFW, **dict(hardness.judged(owner, library))})
        self._say("Done")
        return None

    def _library(self, options: dict[str, Any], population: Population) -> Library:
        wanted = Wanted(
            faces=options["faces"],
            photos=options["photos"] or max(1, options["faces"] // 3),
            people=options["people"],
            known_faces=options["known_faces"],
            seed=options["seed"],
        )
        try:
            return Library(wanted, population)
        except ValueError as error:
            raise CommandError(f"{error}") from error

    def _match(self, owner: User) -> None:
        self._say("Guessing who the others are")
        with transaction.atomic():
            changed = matching.rematch(turns.take_of(owner.pk))
        self._say(f"{changed:,} faces have a guess or a question")

    def _compare(self, sets: dict[str, Judged]) -> None:
        """Print how hard the made people are to tell apart, beside real ones."""
        rows = {"How hard people are to tell apart:": [*sets]}
        rows["faces"] = [f"{one.faces:,}" for one in sets.values()]
        for name, title in MEASURES.items():
            rows[title] = [f"{getattr(one, name):.1%}" for one in sets.values()]
        for title, columns in rows.items():
            self.stdout.write(f"{title:50}" + "".join(f"{column:>16}" for column in columns))

    def _remove(self, name: str) -> None:
        owner = User.objects.filter(username=name).first()
        if owner is None:
            raise CommandError(f"There is no account called {name}.")
        if not seeding.is_made(owner):
            raise CommandError(f"{name} has photos that were not made here. Nothing was removed.")
        self._say(f"{seeding.remove(owner):,} photos of {name} are removed, and the people too")

    def _write_truth(self, path: Path, owner: User, library: Library) -> None:
        faces = np.fromiter(seeding.faces_of(owner).values_list("pk", flat=True), np.int64)
        np.savez_compressed(path, faces=faces, people=library.people)

    def _empty_account(self, name: str) -> User:
        owner = User.objects.filter(username=name).first() or User.objects.create_user(name)
        if not seeding.is_empty(owner):
            raise CommandError(f"{name} has photos or people already: name an account without any.")
        return owner

    def _told(self, done: int) -> None:
        self._say(f"{done:,} faces")

    def _say(self, what: str) -> None:
        self.stdout.write(f"{what}, {time.perf_counter() - self._started:.0f} s.")
