"""dlib's CNN face detector (King, 2015, arXiv:1502.00046: max-margin object detection) as ONNX.

The same boxes as `dlib.cnn_face_detection_model_v1`, without upsampling: it finds faces of 80 px and
more, and their sizes come in steps of a fifth. The network looks at the whole image pyramid at once,
its levels tiled in one large picture as dlib tiles them (so that a level's edge meets what it meets
there); dlib's `dnn_mmod_face_detection_ex.cpp` shows network and pyramid.

A megapixel takes 0.45 s of one core, where dlib takes 7.4, and a photo of 2048 x 1593 1.5 s and 360 MB.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.detection import (
    LEAST_WEIGHED,
    Detection,
    Region,
    Weighed,
    find_reduced,
    logistic,
    raw_score,
)
from analysis.networks import Network
from analysis.results import Array

LONGEST_SIDE = 2048
THRESHOLD = 0.0
USUAL_HIT = 1.06

# Of the file that the network was converted from, which the converter checks.
MEANS = (122.782, 117.001, 104.298)  # What lies between the levels, red, green, blue.
WINDOW = 80
OVERLAP = 0.3382761351109955  # Of two boxes, in shares of what encloses both.

RATE = 5 / 6  # One level's size for that of the level before.
UP, UP_BY = 1.2, 0.3  # dlib's way back, edges in pixels of a level to those of the level before.
SMALLEST_HEIGHT = 5
GAP, MARGIN = 10, 11  # Pixels between two levels, and around all.

# How the network's cells lie on its picture: three 5 x 5 convolutions of stride 2 without padding,
# then three 5 x 5 and a 9 x 9 that keep the size.
STRIDE = 8
CENTRE = 14
FIELD = 29
REACH = 2 + 2 + 2 + 4  # Cells on each side that a cell's score depends on.
# The picture goes through the network in strips of so many pixels, which bounds the memory.
STRIP = 4_000_000


class Level(NamedTuple):
    """Where a level of the pyramid lies on the tiled picture, in pixels."""

    left: int
    top: int
    width: int
    height: int


class Cnn:
    """The detector. Photos above LONGEST_SIDE are searched at that."""

    name = "dlib-mmod"

    def __init__(self, weights: Path, strip: int = STRIP) -> None:
        self._network = Network(weights)
        self._strip = strip

    def detect(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Return the faces in RGB `pixels` (h, w, 3), in no particular order."""
        return find_reduced(pixels, LONGEST_SIDE, self._find)

    def weigh(self, pixels: NDArray[np.uint8]) -> list[Weighed]:
        """Return the same, and what scored less."""
        least = THRESHOLD + raw_score(LEAST_WEIGHED, USUAL_HIT)
        found = find_reduced(pixels, LONGEST_SIDE, partial(self._find, least=least))
        return [Weighed(face, face.score > logistic(0, USUAL_HIT)) for face in found]

    def _find(self, pixels: NDArray[np.uint8], least: float = THRESHOLD) -> list[Detection]:
        boxes, scores = self.windows(pixels, least)
        # Where a face is, windows that are none have no say.
        sure = scores > THRESHOLD
        return [
            _detection(
                boxes[best],
                _mean(boxes[agreeing & sure], scores[agreeing & sure])
                if sure[best]
                else Region(*boxes[best].tolist()),
                float(scores[best]),
            )
            for best, agreeing in _without_overlaps(boxes)
        ]

    def faces(self, pixels: NDArray[np.uint8]) -> tuple[NDArray[np.int64], Array]:
        """Return the boxes (n, 4), left, top, right, bottom, and scores (n,) that dlib returns."""
        boxes, scores = self.windows(pixels)
        best = [best for best, _ in _without_overlaps(boxes)]
        return boxes[best], scores[best]

    def windows(
        self, pixels: NDArray[np.uint8], least: float = THRESHOLD
    ) -> tuple[NDArray[np.int64], Array]:
        """Return the box (n, 4) and the score (n,) of each window above `least`, best first."""
        levels, size = place(*pixels.shape[:2])
        if min(size) < FIELD:
            return np.empty((0, 4), dtype=np.int64), np.empty(0, dtype=np.float32)
        scores = self._scores(tile(pixels, levels, size))
        cells = np.argwhere(scores > least)
        scores = scores[scores > least]
        best_first = np.argsort(-scores, kind="stable")
        return _boxes(cells[best_first], levels), scores[best_first]

    def _scores(self, picture: Array) -> Array:
        """Return the score of each cell of a picture (3, h, w), as one piece would give it."""
        height, width = picture.shape[1:]
        rows = (height - FIELD) // STRIDE + 1
        step = max(2 * REACH, self._strip // (STRIDE * width))
        parts = []
        for first in range(0, rows, step):
            top, end = max(0, first - REACH), min(rows, first + step + REACH)
            strip = picture[None, :, STRIDE * top : STRIDE * (end - 1) + FIELD]
            scores = self._network(np.ascontiguousarray(strip))[0, 0]
            parts.append(scores[first - top : first - top + step])
        return np.concatenate(parts)


def place(height: int, width: int) -> tuple[list[Level], tuple[int, int]]:
    """Return where dlib puts the levels of a photo, and the size (h, w) of the picture they make.

    They stand in a column until half of the rest fits beside it, and go up again on its right side.
    """
    sizes = _sizes(height, width)
    total = sum(level + GAP for level, _ in sizes) - 2 * GAP
    levels: list[Level] = []
    top = MARGIN
    while len(levels) < len(sizes):
        high, wide = sizes[len(levels)]
        above = top - MARGIN - height
        fits = levels and wide <= width - levels[-1].width - GAP
        if fits and 2 * above >= total - height:
            break
        levels.append(Level(MARGIN, top, wide, high))
        top += high + GAP
    bottom = top - GAP
    size = (bottom + MARGIN, width + 2 * MARGIN)
    for high, wide in sizes[len(levels) :]:
        if bottom - high < MARGIN + height:
            break  # It would lie on the photo itself.
        levels.append(Level(MARGIN + width - wide, bottom - high, wide, high))
        bottom -= high + GAP
    return levels, size


def _sizes(height: int, width: int) -> list[tuple[int, int]]:
    sizes = [(height, width)]
    while True:
        height, width = int(RATE * height), int(RATE * width)
        if height < SMALLEST_HEIGHT or not width:
            return sizes
        sizes.append((height, width))


def tile(pixels: NDArray[np.uint8], levels: list[Level], size: tuple[int, int]) -> Array:
    """Return the picture (3, *size) of the pyramid of RGB `pixels`, each level made from the last."""
    picture = np.empty((3, *size), dtype=np.float32)
    picture[:] = np.array(MEANS, dtype=np.float32)[:, None, None]
    before: Array | None = None
    for left, top, width, height in levels:
        target = picture[:, top : top + height, left : left + width]
        if before is None:
            target[:] = pixels.transpose(2, 0, 1)
        else:
            _shrink(before, target)
        before = target
    return picture


def _shrink(source: Array, target: Array) -> None:
    """Fill `target` (3, h, w) from a larger one, bilinearly, corner pixels upon corner pixels.

    OpenCV's resize puts the corners of pixels upon each other, and its warps round to 1/32 pixel.
    """
    rows, down = _between(source.shape[1], target.shape[1])
    columns, across = _between(source.shape[2], target.shape[2])
    for plane, out in zip(source, target, strict=True):
        lines = plane[rows] + (plane[rows + 1] - plane[rows]) * down[:, None]
        steps = np.diff(lines, axis=1)
        np.multiply(steps.take(columns, axis=1), across, out=out)
        out += lines.take(columns, axis=1)


def _between(before: int, after: int) -> tuple[NDArray[np.intp], Array]:
    """Return for each of `after` places the one before it, of `before`, and how far it lies beyond."""
    places = np.arange(after) * ((before - 1) / max(1, after - 1))
    whole = np.minimum(places.astype(np.intp), before - 2)
    return whole, (places - whole).astype(np.float32)


def _boxes(cells: NDArray[np.intp], levels: list[Level]) -> NDArray[np.int64]:
    """Return left, top, right, bottom (n, 4) in the photo of windows in cells (n, 2), row and column.

    A window belongs to the level that its centre lies on or next to.
    """
    x, y = (cells[:, ::-1] * STRIDE + CENTRE).T.astype(np.float64)
    left, top, width, height = np.array(levels, dtype=np.float64).T
    across = np.maximum(left - x[:, None], x[:, None] - (left + width - 1))
    down = np.maximum(top - y[:, None], y[:, None] - (top + height - 1))
    level = np.argmin(np.maximum(0, across) ** 2 + np.maximum(0, down) ** 2, axis=1)
    x, y, half = x - left[level], y - top[level], (WINDOW - 1) / 2
    edges = np.stack([x - half, y - half, x + half, y + half], axis=1)
    for passed in range(len(levels)):
        edges = np.where((level > passed)[:, None], edges * UP + UP_BY, edges)
    return np.floor(edges + 0.5).astype(np.int64)


def _without_overlaps(boxes: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.bool_]]]:
    """Yield which of the boxes (n, 4), best first, overlap no better one, and (n,) which each overlaps."""
    free = np.ones(len(boxes), dtype=np.bool_)
    for index, box in enumerate(boxes):
        if free[index]:
            inner = _area(np.maximum(boxes[:, :2], box[:2]), np.minimum(boxes[:, 2:], box[2:]))
            outer = _area(np.minimum(boxes[:, :2], box[:2]), np.maximum(boxes[:, 2:], box[2:]))
            overlapping = inner / outer > OVERLAP
            free &= ~overlapping
            yield index, overlapping


def _area(start: NDArray[np.int64], end: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the areas of boxes whose last pixels, `end` (n, 2), belong to them."""
    width, height = np.maximum(0, end - start + 1).T
    return np.asarray(width * height, dtype=np.int64)


def _mean(boxes: NDArray[np.int64], scores: Array) -> Region:
    return Region(*np.average(boxes, axis=0, weights=scores).tolist())


def _detection(box: NDArray[np.int64], mean: Region, raw: float) -> Detection:
    """Return a detection with its square in the geometry of dlib's HOG detector.

    Windows stand a tenth of their side apart and grow by a fifth, so the square is placed by the `mean`
    of those that agree on the face. Fitted on 450 faces that both found (LFW and Asian portraits of
    many sizes, groups): the side is right to 8.4 % (11.4 by the best window alone), as HOG knows sizes a
    fifth apart only; the centre to 4.7 % of it across and down (6.1 and 6.9).
    """
    return Detection(
        box=Region(*box.tolist()),
        score=logistic(raw - THRESHOLD, USUAL_HIT),
        square=mean.square(side=1.025, across=0.027, down=0.067),
    )
