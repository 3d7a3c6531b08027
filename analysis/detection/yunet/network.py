"""YuNet's network: pixels in, its cells decoded to boxes, scores and landmarks out."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.detection.yunet.faces import Faces, iou
from analysis.networks import Network
from analysis.results import Array

STRIDES = (8, 16, 32)
GRAIN = STRIDES[-1]  # Height and width that the network takes are multiples of this.
# In a look at a crop: what overlaps the box less, or scores less, says nothing of it.
SAME_FACE = 0.4
LEAST = 0.05


class YuNetNetwork:
    """The network as `analysis.convert.yunet` makes it."""

    def __init__(self, weights: Path) -> None:
        self._network = Network(weights)

    def search(self, pixels: NDArray[np.uint8], least: float) -> Faces:
        """Return every box of RGB `pixels` (h, w, 3) that scores `least` or more, overlaps included."""
        cells, grid = self._cells(pixels[None])
        found = np.flatnonzero(cells[0, 0] >= least**2)
        return _decoded(cells[0][:, found], grid[:, found])

    def look(self, crops: NDArray[np.uint8], boxes: Array) -> Array:
        """Return the score (n,) that each box (n, 4) gets in its own RGB crop (n, h, w, 3), else 0."""
        cells, grid = self._cells(crops)
        crop, cell = np.nonzero(cells[:, 0] >= LEAST**2)
        found = _decoded(cells[crop, :, cell].T, grid[:, cell])
        agrees = iou(found.boxes, boxes[crop]) > SAME_FACE
        scores = np.zeros(len(crops), dtype=np.float32)
        np.maximum.at(scores, crop[agrees], found.scores[agrees])
        return scores

    def _cells(self, photos: NDArray[np.uint8]) -> tuple[Array, Array]:
        """Return the cells (n, 15, cells) of photos (n, h, w, 3) and their grid (3, cells)."""
        count, height, width, _ = photos.shape
        rows, columns = (-(-side // GRAIN) * GRAIN for side in (height, width))
        padded = np.zeros((count, 3, rows, columns), dtype=np.float32)
        for channel in range(3):
            padded[:, channel, :height, :width] = photos[..., channel]
        return self._network(padded), _grid(rows, columns)


@lru_cache(maxsize=8)
def _grid(rows: int, columns: int) -> Array:
    """Return x and y of each cell's corner, in strides, and its stride, float32 (3, cells)."""
    levels = []
    for stride in STRIDES:
        y, x = np.mgrid[: rows // stride, : columns // stride].reshape(2, -1)
        levels.append(np.stack([x, y, np.full_like(x, stride)]))
    return np.concatenate(levels, axis=1).astype(np.float32)


def _decoded(cells: Array, grid: Array) -> Faces:
    """Return the faces of cells (15, n) at places (3, n) of the grid."""
    corner, stride = grid[:2], grid[2]
    centre = (corner + cells[1:3]) * stride
    half = np.exp(cells[3:5]) * stride / 2
    points = (cells[5:].reshape(5, 2, -1) + corner) * stride
    return Faces(
        boxes=np.concatenate([centre - half, centre + half]).T,
        scores=np.sqrt(cells[0]),
        points=points.transpose(2, 0, 1),
    )
