"""Fit the directions in which HSE-FaceRes tells people apart, and how long its numbers are beside dlib's.

`python -m benchmarks.directions DATA` looks at the photos in DATA/labels.csv that lie in its `crops/`, each
of somebody else, and writes their mean and main directions. With `--people DIR`, a folder of photos for
each person, it says how far strangers are apart by either network: the ratio goes into SECOND_LENGTH.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterable, Iterator
from math import hypot
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.alignment import AlignedFace
from analysis.convert import faceres
from analysis.detection import Region
from analysis.encoding.joint import seen
from analysis.images import decode
from analysis.matching import NUMBERS
from analysis.networks import Network
from analysis.pipeline import Pipeline, load_pipeline
from analysis.results import Array
from analysis.turning import find
from analysis.weights import INSTALLED, Converted
from benchmarks.accuracy import sets

CROPS = "crops"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("data", type=Path)
    parser.add_argument("--people", type=Path)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    source = INSTALLED.source(_entry())
    network, pipeline = _network(source), load_pipeline()
    photos = [person.path for person in sets.people(options.data / "labels.csv")]
    crops = [photo for photo in photos if photo.is_relative_to(options.data / CROPS)]
    roots = np.concatenate([network(seen(face)) for face in _faces(pipeline, crops)])
    directions = fit(roots)
    out = options.out or source.with_name(faceres.DIRECTIONS)
    # In 16 bits as the network's weights are: what is rounded so is what is used.
    matrix = directions.matrix.astype(np.float16)
    np.savez_compressed(out, mean=directions.mean, matrix=matrix)
    print(f"{len(roots)} faces of {len(crops)} photos: directions are in {out}.")
    if options.people:
        _compare(pipeline, network, directions, options.people)


def _entry() -> Converted:
    entry = INSTALLED.manifest.find("faceres")
    assert isinstance(entry, Converted)
    return entry


def _network(source: Path) -> Network:
    """Return the network up to the roots of its features."""
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        file.write(faceres.roots_to_onnx(faceres.read(source)).SerializeToString())
        file.flush()
        return Network(Path(file.name))


def _faces(pipeline: Pipeline, photos: Iterable[Path]) -> Iterator[AlignedFace]:
    """Yield the face nearest to the middle of each photo that shows one."""
    for path in photos:
        pixels = decode(path).pixels
        if faces := find(pipeline.detector, pixels).faces:
            nearest = min(faces, key=lambda face: _from_middle(face.box, pixels))
            yield pipeline.aligner.align(nearest.view.pixels, nearest.face)


def _from_middle(box: Region, pixels: NDArray[np.uint8]) -> float:
    height, width = pixels.shape[:2]
    return hypot(box.left + box.right - width, box.top + box.bottom - height)


def fit(roots: Array) -> faceres.Directions:
    """Return the mean of `roots` (n, 1024) and their main directions by the fourth root of variance."""
    mean = roots.mean(axis=0, dtype=np.float64)
    variances, vectors = np.linalg.eigh(np.cov((roots - mean).T))  # The smallest first.
    matrix = vectors[:, -NUMBERS:] / variances[-NUMBERS:] ** 0.25
    return faceres.Directions(mean.astype(np.float32), matrix[:, ::-1].astype(np.float32))


def _compare(
    pipeline: Pipeline, network: Network, directions: faceres.Directions, people: Path
) -> None:
    """Print the median distance of strangers by dlib's encodings and by the second network's."""
    faces, names = [], []
    for name, photos in sets.folders_of_people(people).items():
        for face in _faces(pipeline, photos):
            faces.append((pipeline.encoder.encode([face])[0], network(seen(face))[0]))
            names.append(name)
    first, roots = (np.stack(part) for part in zip(*faces, strict=True))
    second = (roots - directions.mean) @ directions.matrix
    second /= np.linalg.norm(second, axis=1, keepdims=True)
    medians = [strangers_apart(encodings, np.array(names)) for encodings in (first, second)]
    print(f"strangers: {medians[0]:.4f} / {medians[1]:.4f} = {medians[0] / medians[1]:.4f}")


def strangers_apart(encodings: Array, names: NDArray[np.str_]) -> float:
    """Return the median distance of all pairs of two people."""
    squares = (encodings**2).sum(axis=1)
    distances = np.sqrt(np.maximum(0, squares[:, None] + squares - 2 * encodings @ encodings.T))
    return float(np.median(distances[names[:, None] != names]))


if __name__ == "__main__":
    main()
