"""Say who is on photos, by people known from pictures or a file, without a database."""

from __future__ import annotations

import json
import sys
import tempfile
import time
from argparse import ArgumentTypeError
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from django.core.management.base import CommandError, CommandParser

from analysis.batch import Crew, Outcome, Task, files_of
from analysis.errors import AnalysisError
from analysis.failures import explained
from analysis.known.known import KnownRefused
from analysis.known.layouts import Listing
from analysis.matching import first
from analysis.naming import Answer, Way
from analysis.recognition import Near, Recognised, Recogniser, known_by
from analysis.results import Array
from analysis.roster_network import RosterNetwork
from analysis.sentences import say
from analysis.training.wanted import Wanted
from analysis.versions import ENCODER
from gallery import installed
from gallery.management import training
from gallery.management.analysing import AnalysingCommand, described, line
from gallery.management.known import pictures_of, read_known

CLOSEST, FURTHEST = 0.1, 1.0  # that a tolerance may be


@dataclass(frozen=True, slots=True, eq=False)
class _People:
    """Names and their encodings, and how many of their pictures could not be read."""

    names: Sequence[str]
    encodings: Array
    unread: int = 0


class Command(AnalysingCommand):
    help = (
        "Say whom the faces of photos show. KNOWN is a folder or a zip of pictures of people, named by "
        "their files or a folder each, or a known.bin, JSON or NPZ of names and encodings."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("known", type=Path, metavar="KNOWN")
        parser.add_argument("paths", nargs="+", type=Path, metavar="PHOTO")
        parser.add_argument(
            "--by",
            choices=[way.value for way in Way],
            default=Way.NEAREST.value,
            help="the nearest known face, the most of those within the limit, or a network that is "
            "trained of the known people first, in some seconds (%(default)s)",
        )
        parser.add_argument(
            "--plain",
            action="store_true",
            help="as in the study: whoever is within the tolerance, by the plain distance",
        )
        parser.add_argument(
            "--tolerance",
            type=_tolerance,
            metavar="T",
            help=f"the plain distance up to which that is somebody ({settings.MATCH_TOLERANCE}); "
            "implies --plain",
        )
        super().add_arguments(parser)

    def work(self, crew: Crew, options: dict[str, Any]) -> int:
        is_plain = options["plain"] or options["tolerance"] is not None
        if is_plain and options["by"] == Way.CLASSIFIER.value:
            raise CommandError(
                "A network goes by no tolerance of distances: leave out --plain and --tolerance, or "
                "choose --by nearest or vote."
            )
        tasks = files_of(options["paths"])
        people = self._people(crew, options)
        if not tasks:
            self.stderr.write("There is no photo in " + ", ".join(map(str, options["paths"])) + ".")
        tolerance = options["tolerance"]
        recogniser = Recogniser.of(
            people.names,
            people.encodings,
            installed.population(),
            way=Way(options["by"]),
            is_plain=is_plain,
            tolerance=tolerance or settings.MATCH_TOLERANCE,
            network=self._trained(people) if options["by"] == Way.CLASSIFIER.value else None,
        )

        def written(outcome: Outcome) -> str:
            faces = recogniser.recognise(outcome.result) if outcome.result else []
            if not options["json"]:
                return "\n".join([line(outcome), *map(_words, faces)])
            found = described(outcome, encodings=options["encodings"])
            for face, one in zip(found.get("faces", []), faces, strict=True):
                face |= _object(one)
            return json.dumps(found)

        return people.unread + self.write_each(crew.analyse(tasks), written)

    def _people(self, crew: Crew, options: dict[str, Any]) -> _People:
        path: Path = options["known"]
        try:
            with tempfile.TemporaryDirectory(prefix="facesite-") as place:
                if listing := pictures_of(path, Path(place)):
                    return self._pictured(crew, listing)
            known = read_known(path, memory=options["memory"] * 2**20, timeout=options["timeout"])
        except BrokenPipeError:
            raise
        except (AnalysisError, OSError) as error:
            raise CommandError(f"{path}: {explained(error, options['timeout'])[1]}") from error
        self._say_how_many(known.names)
        return _People(known.names, known.encodings)

    def _pictured(self, crew: Crew, listing: Listing) -> _People:
        """Look for the one face of each picture; what is left out, and why, goes to standard error."""
        self.stderr.write(f"{listing.why}")
        for one in listing.left_out:
            self.stderr.write(f"{one.shown}: {one.why}")
        found: list[tuple[str, Array]] = []
        unread = 0
        outcomes = crew.analyse([Task(picture.path) for picture in listing.pictures])
        for picture, outcome in zip(listing.pictures, outcomes, strict=True):
            if outcome.result is None:
                unread += 1
                self.stderr.write(f"{picture.shown}: {outcome.message}")
                continue
            try:
                found.append((picture.name, known_by(outcome.result).encoding))
            except KnownRefused as refused:
                self.stderr.write(f"{picture.shown}: {refused}")
        if not found:
            raise KnownRefused(say("pictures_of_nobody"))
        names, encodings = zip(*found, strict=True)
        self._say_how_many(names)
        return _People(names, np.stack(encodings), unread)

    def _trained(self, people: _People) -> RosterNetwork:
        """Train a network of the people in a program of its own; what that takes is said."""
        numbers = {name: number for number, name in enumerate(dict.fromkeys(people.names))}
        wanted = Wanted(
            first(people.encodings),
            np.array([numbers[name] for name in people.names], np.int64),
            np.zeros(len(people.names), np.bool_),
            ENCODER,
        )
        self.stderr.write("A network is trained of them, which takes some seconds.")
        begun = time.monotonic()
        network = training.of_roster(wanted)
        self.stderr.write(f"It was trained in {time.monotonic() - begun:.0f} s.")
        return network

    def _say_how_many(self, names: Sequence[str]) -> None:
        people, faces = len(set(names)), len(names)
        self.stderr.write(
            f"{people} {'person' if people == 1 else 'people'} known by "
            f"{faces} face{'' if faces == 1 else 's'}."
        )


def _words(face: Recognised) -> str:
    """Return the distances to all that is known and the name, as the study printed them."""
    apart = np.array2string(
        face.distances,
        precision=3,
        floatmode="fixed",
        suppress_small=True,
        max_line_width=sys.maxsize,
    )
    said = {None: "unknown", Answer.SURE: face.one.name, Answer.MAYBE: f"maybe {face.one.name}"}
    return f"  {apart}  {said[face.answer]}"


def _object(face: Recognised) -> dict[str, Any]:
    near = _near(face.one)
    name = near.pop("name")
    near.pop("votes")
    return {
        "name": name if face.answer is Answer.SURE else None,
        "sure": face.answer is Answer.SURE,
        "maybe": name if face.answer is Answer.MAYBE else None,
        **near,
        "ranked": list(map(_near, face.ranked)),
    }


def _near(one: Near) -> dict[str, Any]:
    found = {
        "name": one.name,
        "distance": round(one.plain, 4),
        "normalised": round(one.normalised, 4),
        "votes": one.votes,
    }
    return found if one.probability is None else found | {"probability": round(one.probability, 6)}


def _tolerance(text: str) -> float:
    try:
        tolerance = float(text)
    except ValueError:
        tolerance = 0.0
    if not CLOSEST <= tolerance <= FURTHEST:
        raise ArgumentTypeError(f"'{text}' is no distance: write one from {CLOSEST} to {FURTHEST}")
    return tolerance
