"""How well a detector's squares agree with the boxes of dlib's HOG detector, which they stand for.

    python -m benchmarks.square haar PHOTO_OR_FOLDER...

A detector whose `square` is `box.square(side=1, across=0, down=0)` is told the three numbers to put there.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.detection import Detector, Region
from analysis.errors import AnalysisError
from analysis.images import decode
from analysis.methods import DETECTORS
from analysis.results import Box
from analysis.weights import Weights

REFERENCE = "hog"
SAME_FACE = 0.3  # IoU


def photos_in(paths: Sequence[Path]) -> Iterator[NDArray[np.uint8]]:
    """Yield the pixels of each photo that can be read, in folders too."""
    for path in paths:
        for file in sorted(path.rglob("*")) if path.is_dir() else [path]:
            if file.is_file():
                try:
                    yield decode(file).pixels
                except AnalysisError:
                    continue


def compare(
    detector: Detector, reference: Detector, photos: Iterator[NDArray[np.uint8]]
) -> NDArray[np.float64]:
    """Return (n, 3) for the n faces that both find, in sides of the square that `detector` draws.

    They are the side of what `reference` draws, and how far right and down its centre lies.
    """
    rows = []
    for pixels in photos:
        wanted = [_whole(found.square) for found in reference.detect(pixels)]
        for found in detector.detect(pixels):
            square = _whole(found.square)
            best = max(wanted, key=square.iou, default=None)
            if best is not None and square.iou(best) > SAME_FACE:
                across = (best.left + best.right - square.left - square.right) / 2
                down = (best.top + best.bottom - square.top - square.bottom) / 2
                rows.append(np.array([best.width, across, down]) / square.width)
    return np.array(rows).reshape(-1, 3)


def _whole(region: Region) -> Box:
    edges = (region.left, region.top, region.right, region.bottom)
    return Box(*(round(edge) for edge in edges))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("detector", choices=DETECTORS)
    parser.add_argument("paths", type=Path, nargs="+")
    arguments = parser.parse_args()
    detectors = [DETECTORS[name].load(Weights()) for name in (arguments.detector, REFERENCE)]
    rows = compare(detectors[0], detectors[1], photos_in(arguments.paths))
    if not len(rows):
        parser.exit(1, "No photo has a face that both find.\n")
    sides, centres = rows[:, 0], rows[:, 1:]
    across, down = centres.mean(axis=0)
    print(f"{len(rows)} faces that both find")
    print(f"side    {np.exp(np.log(sides).mean()):6.3f} +- {100 * np.log(sides).std():.1f} %")
    spread = 100 * (centres / sides[:, None]).std(axis=0)
    print(f"across  {across:6.3f} +- {spread[0]:.1f} % of the side")
    print(f"down    {down:6.3f} +- {spread[1]:.1f} % of the side")


if __name__ == "__main__":
    main()
