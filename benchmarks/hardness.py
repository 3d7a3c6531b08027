"""How hard people are to tell apart: `python -m benchmarks.hardness DIR`.

DIR has a folder of photos for each person. Prints what `analysis.synthetic.judging` has of LFW, beside
which made libraries are judged: there DIR was `lfw_dev`, folds 1 and 2 of LFW's pairs.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from analysis import batch
from analysis.matching import population
from analysis.synthetic.judging import judge
from analysis.weights import INSTALLED
from benchmarks.accuracy import sets


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    found = population(INSTALLED.population)
    assert found is not None
    folders = sets.folders_of_people(options.folder)
    tasks = [batch.Task(path) for photos in folders.values() for path in photos]
    faces = {
        one.path: face.encoding
        for one in batch.analyse(tasks, options.workers)
        if one.result and (face := one.result.central_face)
    }
    encodings = np.stack(list(faces.values()))
    _, people = np.unique([path.parent.name for path in faces], return_inverse=True)
    print(judge(encodings, found.levels(encodings), people))
    counts = np.bincount(people)
    print(
        "people by how many faces:", dict(zip(*np.unique(counts, return_counts=True), strict=True))
    )


if __name__ == "__main__":
    main()
