"""Fit the numbers of YuNet's verifier anew, and say how well it judges photos that it wasn't fitted on.

`python -m benchmarks.verifier FOLDER...` reads the boxes.csv of each folder and takes the photos of its
`no_face/`, or all of a folder without boxes.csv, for photos without a face: those as they are and turned
and mirrored, eight ways in all, as the faces imagined in them are few.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis import networks
from analysis.detection import yunet
from analysis.detection.yunet import verifier
from analysis.images import decode
from analysis.results import Box
from analysis.weights import INSTALLED
from benchmarks.accuracy import sets
from benchmarks.photos import found as photos_in

SMALLEST = 20  # Below this the encoder sees nothing; what is asked of it later is larger.
SURE = 0.93  # Those are never asked about.
LEAST_OVERLAP = 0.35
FOLDS = 10
PENALTY = 30.0
# YuNet's scores and the size count double, against the 128 numbers of the encoding.
PREFERRED, TIMES = 3, 2

Floats = NDArray[np.float64]
Pixels = NDArray[np.uint8]


class Samples(NamedTuple):
    """Candidates: `features` (n, 131), whether each `is_face`, and the `fold` (n,) of its photo."""

    features: Floats
    is_face: Floats
    fold: NDArray[np.intp]


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, default=verifier.COEFFICIENTS)
    options = parser.parse_args()
    samples = collect(options.folders)
    scores = cross_fitted(samples)
    for share in (0.005, 0.01, 0.02, 0.05):
        others = np.sort(scores[samples.is_face == 0])[::-1]
        least = others[int(share * len(others))]
        kept = (scores[samples.is_face == 1] > least).mean()
        print(f"{share:.1%} of {len(others)} other boxes kept: {kept:.1%} of the faces")
    weights, bias = fit(samples.features, samples.is_face)
    numbers = {"weights": [round(float(w), 6) for w in weights], "bias": round(bias, 6)}
    options.out.write_text(json.dumps(numbers) + "\n", encoding="utf-8")


def collect(folders: list[Path]) -> Samples:
    """Return all candidates of 20 px and more in the photos of `folders`."""
    detector = yunet.YuNet(INSTALLED.path("yunet_any_size"), INSTALLED.path("encoder"))
    encoder = networks.shared(INSTALLED.path("encoder"))
    rows: list[tuple[Floats, float, int]] = []
    for path, pixels, drawn in _views(folders):
        faces = detector.candidates(pixels)
        faces = faces.at((faces.scores < SURE) & (faces.sizes >= SMALLEST))
        if drawn is not None:
            faces = faces.at(np.array([_overlap(box, drawn) for box in faces.boxes], bool))
        if not len(faces):
            continue
        found = verifier.features(encoder, pixels, faces, detector.features_look(pixels, faces))
        fold = zlib.crc32(path.name.encode()) % FOLDS
        rows += [(row.astype(np.float64), float(drawn is not None), fold) for row in found]
    features, is_face, folds = zip(*rows, strict=True)
    return Samples(np.stack(features), np.array(is_face), np.array(folds))


def _views(folders: list[Path]) -> Iterator[tuple[Path, Pixels, list[Box] | None]]:
    """Give each photo with the boxes that were drawn in it, or None where there is no face."""
    for folder in folders:
        listed = folder / "boxes.csv"
        drawn = sets.boxes(listed) if listed.exists() else {}
        for path, faces in drawn.items():
            yield path, decode(path).pixels, [face.box for face in faces]
        empty = folder / "no_face" if drawn else folder
        for path in photos_in(empty) if empty.is_dir() else []:
            pixels = decode(path).pixels
            for quarters in range(4):
                view = np.ascontiguousarray(np.rot90(pixels, quarters))
                yield path, view, None
                yield path, np.ascontiguousarray(view[:, ::-1]), None


def _overlap(box: NDArray[np.float32], drawn: list[Box]) -> bool:
    found = Box(*(round(float(edge)) for edge in box))
    return any(found.iou(other) >= LEAST_OVERLAP for other in drawn)


def cross_fitted(samples: Samples) -> Floats:
    """Return for each candidate what coefficients say that were fitted on the other folds."""
    scores = np.zeros(len(samples.is_face))
    for fold in range(FOLDS):
        inside = samples.fold == fold
        weights, bias = fit(samples.features[~inside], samples.is_face[~inside])
        scores[inside] = samples.features[inside] @ weights + bias
    return scores


def fit(features: Floats, is_face: Floats) -> tuple[Floats, float]:
    """Return weights and bias of a logistic regression with a ridge, by Newton's method."""
    mean, spread = features.mean(axis=0), features.std(axis=0) + 1e-6
    strength = np.ones(features.shape[1])
    strength[:PREFERRED] = TIMES**0.5
    scaled = np.c_[(features - mean) / spread * strength, np.ones(len(features))]
    penalty = PENALTY * np.r_[np.ones(features.shape[1]), 1e-6]
    found = np.zeros(scaled.shape[1])
    for _ in range(25):
        chance = 1 / (1 + np.exp(-scaled @ found))
        curve = (scaled * (chance * (1 - chance) + 1e-6)[:, None]).T @ scaled
        step = scaled.T @ (chance - is_face) + penalty * found
        found -= np.linalg.solve(curve + np.diag(penalty), step)
    weights = found[:-1] * strength / spread
    return weights, float(found[-1] - weights @ mean)


if __name__ == "__main__":
    main()
