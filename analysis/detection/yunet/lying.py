"""Faces far from upright: tilted by half a quarter, on a side, on the head, beside upright ones.

YuNet sees in a lying face one that it doubts: on 60 portraits laid on a side it always gave a box, three
quarters to one and a half the face's size, with a score of 0.4 to 0.88 (median 0.79). So large boxes in
doubt are looked at turned, which costs nothing where there are none.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.detection.yunet import looks
from analysis.detection.yunet.faces import Faces, joined
from analysis.detection.yunet.network import GRAIN, YuNetNetwork
from analysis.results import Array

TURNS = (45, 90, 180, 270, 315)  # degrees, clockwise
SURROUNDINGS = 3  # The side of the part that is turned, in sizes of the face.
FACE = 64  # The size that the face gets in the first look.
LARGEST_PART = 20 * GRAIN
LIKELY = 0.8
MARGIN = 0.05  # So much surer than upright: a face that looks about alike either way is upright.

Pixels = NDArray[np.uint8]


def turned_faces(network: YuNetNetwork, pixels: Pixels, doubtful: Faces) -> Faces:
    """Return the faces, where the `doubtful` ones are, that are surer when they are turned."""
    found = [Faces.none()]
    for index, score in enumerate(doubtful.scores.tolist()):
        best = _best_turn(network, pixels, doubtful.at(np.array([index])))
        found.append(best.at(best.scores > score + MARGIN))
    return joined(found)


def turned_back(seen: Faces, shape: tuple[int, ...], quarters: int) -> Faces:
    """Return faces of a view (height, width), turned clockwise by 1 to 3 quarters, where they lie."""
    height, width = shape[:2]
    back = {
        1: np.array([(0, 1, 0), (-1, 0, width)]),
        2: np.array([(-1, 0, width), (0, -1, height)]),
        3: np.array([(0, -1, height), (1, 0, 0)]),
    }[quarters]
    return _moved(seen, back.astype(np.float64), quarters % 2 == 1)


def _best_turn(network: YuNetNetwork, pixels: Pixels, face: Faces) -> Faces:
    """Return the face as it is seen best when it is turned, where it lies, or none."""
    small = {turn: _turned(pixels, face, turn, SURROUNDINGS * FACE)[0] for turn in TURNS}
    views = {turn: network.search(view, LIKELY) for turn, view in small.items()}
    best = max(views, key=lambda turn: float(views[turn].scores.max(initial=0.0)))
    seen = views[best].without_overlaps()
    seen = seen.at(np.flatnonzero((seen.sizes > FACE / 2) & (seen.sizes < FACE * 1.7))[:1])
    size = min(LARGEST_PART, max(SURROUNDINGS * FACE, int(SURROUNDINGS * float(face.sizes[0]))))
    part, back = _turned(pixels, face, best, size)
    seen = seen.scaled(size / (SURROUNDINGS * FACE), size / (SURROUNDINGS * FACE))
    seen = seen.scored(looks.scores(network, part, seen))
    return _moved(seen, back, best in (90, 270))


def _turned(
    pixels: Pixels, face: Faces, degrees: int, size: int
) -> tuple[Pixels, NDArray[np.float64]]:
    """Return the square around one face, turned, (size, size, 3), and the matrix (2, 3) back."""
    scale = size / (SURROUNDINGS * float(face.sizes[0]))
    if scale < 0.5 and min(pixels.shape[:2]) > 1:
        # A large face is averaged first: bilinear sampling would skip most of its pixels.
        half = (pixels.shape[1] // 2, pixels.shape[0] // 2)
        smaller = np.asarray(cv2.resize(pixels, half, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        part, back = _turned(smaller, face.scaled(0.5, 0.5), degrees, size)
        return part, 2 * back
    there = np.asarray(cv2.getRotationMatrix2D((0, 0), -degrees, scale), dtype=np.float64)
    there[:, 2] = size / 2 - there[:, :2] @ ((face.boxes[0, :2] + face.boxes[0, 2:]) / 2)
    turned = cv2.warpAffine(pixels, there, (size, size), borderMode=cv2.BORDER_REPLICATE)
    inverse = np.asarray(cv2.invertAffineTransform(there), dtype=np.float64)
    return np.asarray(turned, dtype=np.uint8), inverse


def _moved(seen: Faces, back: NDArray[np.float64], swaps: bool) -> Faces:
    """Return faces by a matrix (2, 3); boxes keep their sides, changed for each other if it `swaps`."""
    scale = float(np.hypot(back[0, 0], back[1, 0]))

    def moved(points: NDArray[np.float32]) -> Array:
        return np.asarray(points @ back[:, :2].T + back[:, 2], dtype=np.float32)

    middles = np.asarray((seen.boxes[:, :2] + seen.boxes[:, 2:]) / 2, dtype=np.float32)
    centres = moved(middles)
    halves = (seen.boxes[:, 2:] - seen.boxes[:, :2]) * scale / 2
    halves = halves[:, ::-1] if swaps else halves
    boxes = np.concatenate([centres - halves, centres + halves], axis=1).astype(np.float32)
    return Faces(boxes, seen.scores, moved(seen.points))
