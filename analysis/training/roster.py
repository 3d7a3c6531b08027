"""Trains a roster's own network: which of its people a face is, or a stranger (`analysis.roster_network`).

TensorFlow takes seconds and 0.9 GB to import, so that is a program of its own:

    python -m analysis.training.roster KNOWN.npz MAP OUT.onnx [--seed S] [--accepted N...]

KNOWN.npz holds `vectors` (k, 128), `people` (k,), numbers that the network calls them by, `children` (k,),
and `encoder`; MAP is a folder with the population map. With --accepted it is tried out too, where one in so
many strangers may get a name, by two more trainings on half of the faces each.
"""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from analysis.errors import AnalysisError
from analysis.matching import Population, population
from analysis.roster_network import RosterNetwork
from analysis.sentences import Sentence
from analysis.training import dense_onnx, held_out, runtime
from analysis.training.made_faces import Known
from analysis.training.roster_fit import fit
from analysis.training.wanted import PROGRAM, Wanted, usable


def train(
    wanted: Wanted,
    found: Population | None,
    path: Path,
    accepted: Sequence[int] = (),
    seed: int = 0,
) -> RosterNetwork:
    """Train a network and write it as ONNX; the same seed makes the same one.

    Raises TrainingError where there is no map for the encodings, or too many people.
    """
    ids, whose = np.unique(wanted.people, return_inverse=True)
    by = usable(len(ids), wanted.encoder, found)
    # More threads would divide sums otherwise, and have little to do.
    runtime.start(seed, threads=1, precision="float32")
    known = Known(wanted.vectors, by.levels(wanted.vectors), whose.astype(np.int64))
    fitted = fit(known, by, seed)
    network = held_out.measured(fitted, known, by, ids, seed)
    if accepted:
        tried = held_out.tried(known, wanted.children, by, accepted, seed + 1)
        network = replace(network, held_out=tried)
    dense_onnx.write(path, network.dense, network.about, fitted.sample, fitted.answers)
    return network


def main() -> None:
    parser = ArgumentParser(prog=f"python -m {PROGRAM}")
    parser.add_argument("known", type=Path)
    parser.add_argument("map", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--accepted", type=int, nargs="+", default=[])
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--while-stdin-open", action="store_true")
    parser.add_argument("--json-errors", action="store_true")
    options = parser.parse_args()
    if options.while_stdin_open:
        runtime.stop_with_stdin()
    words = Sentence.write if options.json_errors else str
    try:
        wanted = Wanted.read(options.known)
        train(wanted, population(options.map), options.out, options.accepted, options.seed)
    except AnalysisError as error:
        sys.exit(words(error.sentence))


if __name__ == "__main__":
    main()
