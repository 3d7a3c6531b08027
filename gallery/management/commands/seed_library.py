"""Fills an account with a made library, to measure what large ones cost."""

from __future__ import annotations

import time
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from analysis.synthetic.library import Library, Wanted
from gallery import installed
from gallery.models import Person, Photo, Roster
from gallery.services import matching, seeding, turns

NOBODY = "Neither the photos nor the people are real: all is made by chance, and there are no files of it."


class Command(BaseCommand):
    help = (
        "Fill an account with a library of people who do not exist, to see what a large one costs. "
        "The account is made, or has to be empty. No files are written, so photos are shown by name."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--owner", default="made-up", metavar="NAME", help="(%(default)s)")
        parser.add_argument("--faces", type=int, default=300_000, metavar="N", help="(%(default)s)")
        parser.add_argument(
            "--photos", type=int, metavar="N", help="a third of the faces without it"
        )
        parser.add_argument(
            "--people", type=int, default=2000, metavar="N", help="known (%(default)s)"
        )
        parser.add_argument(
            "--known-faces", type=int, default=5, metavar="N", help="of each of these (%(default)s)"
        )
        parser.add_argument("--seed", type=int, default=1, metavar="S", help="(%(default)s)")
        parser.add_argument(
            "--no-match",
            dest="match",
            action="store_false",
            help="guess no names: all others stay unnamed",
        )

    def handle(self, **options: Any) -> None:
        started = time.perf_counter()
        wanted = Wanted(
            faces=options["faces"],
            photos=options["photos"] or max(1, options["faces"] // 3),
            people=options["people"],
            known_faces=options["known_faces"],
            seed=options["seed"],
        )
        population = installed.population()
        if population is None:
            raise CommandError("There is no population map to draw people from.")
        owner = self._empty_account(options["owner"])
        self.stdout.write(NOBODY)
        try:
            library = Library(wanted, population)
        except ValueError as error:
            raise CommandError(f"{error}") from error

        def told(done: int) -> None:
            seconds = time.perf_counter() - started
            self.stdout.write(f"{done:,} of {wanted.faces:,} faces after {seconds:.0f} s.")

        seeding.fill(owner, library, population, told)
        if options["match"]:
            self._match(owner)
        self.stdout.write(f"Done after {time.perf_counter() - started:.0f} s.")

    def _match(self, owner: User) -> None:
        self.stdout.write("Guessing who all the others are.")
        with transaction.atomic():
            roster = turns.take_of(owner.pk)
            changed = matching.rematch(roster)
        self.stdout.write(f"{changed:,} faces have a guess or a question.")

    def _empty_account(self, name: str) -> User:
        owner = User.objects.filter(username=name).first() or User.objects.create_user(name)
        has_some = (
            Photo.objects.filter(owner=owner).exists()
            or Person.objects.filter(roster=Roster.objects.of(owner.pk)).exists()
        )
        if has_some:
            raise CommandError(
                f"{name} has photos or people already: choose an account without any."
            )
        return owner
