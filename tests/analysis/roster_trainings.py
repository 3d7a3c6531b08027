"""All for which the tests of rosters' networks need TensorFlow, in one process: it takes seconds to start.

python -m tests.analysis.roster_trainings FOLDER
"""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import numpy as np

from analysis.matching import Population, population
from analysis.results import Array
from analysis.training import roster
from analysis.training.made_faces import Known, MadeFaces
from analysis.training.wanted import Wanted
from analysis.weights import INSTALLED

PEOPLE, FACES, ALONE = 24, 4, 8
ACCEPTED = (10, 100)


@cache
def installed() -> Population:
    found = population(INSTALLED.population)
    assert found is not None
    return found


@cache
def people(seed: int = 1) -> tuple[Array, Array]:
    """Return faces of people who do not exist, (people, FACES, 128), and of as many strangers, (n, 128)."""
    found = installed()
    everywhere = MadeFaces(known_by(found.centres[:1]), found, seed)
    first = everywhere.strangers(PEOPLE, anywhere=1.0)
    made, whose = MadeFaces(known_by(first), found, seed + 1).of_people(FACES - 1)
    others = np.stack([made[whose == one] for one in range(PEOPLE)])
    return np.concatenate([first[:, None], others], axis=1), everywhere.strangers(500, anywhere=1.0)


def known_by(faces: Array) -> Known:
    return Known(faces, installed().levels(faces), np.arange(len(faces)))


def wanted() -> Wanted:
    """Return what is known: half of each one's faces, of the last ones one alone; numbers have gaps."""
    faces, _ = people()
    several = faces[:-ALONE, : FACES // 2].reshape(-1, 128)
    vectors = np.concatenate([several, faces[-ALONE:, 0]])
    whose = np.concatenate(
        [np.repeat(np.arange(PEOPLE - ALONE), FACES // 2), np.arange(PEOPLE - ALONE, PEOPLE)]
    )
    return Wanted(vectors, 10 + 3 * whose, np.zeros(len(vectors), np.bool_), installed().encoder)


def main(folder: Path) -> None:
    """Write `tried.onnx`, and `again.onnx` by the same seed, which was not tried out."""
    roster.train(wanted(), installed(), folder / "tried.onnx", ACCEPTED)
    roster.train(wanted(), installed(), folder / "again.onnx")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
