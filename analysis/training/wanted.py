"""What a roster's network is to learn, as whoever wants one hands it to the program that trains it.

Loads neither Keras nor ONNX: `python -m analysis.training.roster` does, in a process of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.matching import Population
from analysis.results import Array
from analysis.sentences import say
from analysis.training.checkpoint import TrainingError

PROGRAM = "analysis.training.roster"
# Of so many a network is trained within two minutes of a core, and tried out within five.
MOST_PEOPLE = 2000


@dataclass(frozen=True, slots=True, eq=False)
class Wanted:
    """Encodings (k, 128) of one encoder, whose each is, by any numbers, and which are a child's, (k,)."""

    vectors: Array
    people: NDArray[np.int64]
    children: NDArray[np.bool_]
    encoder: str

    def write(self, path: Path) -> None:
        np.savez(
            path,
            vectors=self.vectors,
            people=self.people,
            children=self.children,
            encoder=np.array(self.encoder),
        )

    @classmethod
    def read(cls, path: Path) -> Wanted:
        with np.load(path, allow_pickle=False) as file:
            return cls(file["vectors"], file["people"], file["children"], str(file["encoder"]))


def usable(people: int, encoder: str, found: Population | None) -> Population:
    """Return the map to train by; raises TrainingError where no network can be trained of so many."""
    if found is None or found.encoder != encoder:
        raise TrainingError(say("roster_without_map", encoder=encoder))
    if people > MOST_PEOPLE:
        raise TrainingError(say("roster_of_many", people=people, most=MOST_PEOPLE))
    return found


def program(known: Path, maps: Path, out: Path, accepted: Sequence[int] = ()) -> list[str | Path]:
    """Return how Python runs the program, by the file that `Wanted.write` wrote and the map's folder."""
    tried = ["--accepted", *map(str, accepted)] if accepted else []
    return ["-m", PROGRAM, known, maps, out, *tried]
