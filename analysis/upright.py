"""Faces cut out upright by the points that detectors tell: eyes, tip of the nose, corners of the mouth."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.results import Array

Pixels = NDArray[np.uint8]
Places = NDArray[np.float64]


def chip(pixels: Pixels, points: Array, places: Places, side: int) -> Pixels:
    """Return the face with `points` (5, 2) as RGB (side, side, 3), these as near as can be to `places`.

    The places (5, 2) are in sides of the chip. Beyond the photo its edges are repeated.
    """
    matrix = _similarity(points, places * side)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    while scale < 0.5 and min(pixels.shape[:2]) > 1:
        # Bilinear sampling alone would skip most pixels of a large face.
        height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
        half = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        matrix[:, :2] *= (pixels.shape[1] / width, pixels.shape[0] / height)
        pixels, scale = np.asarray(half, dtype=np.uint8), 2 * scale
    cut = cv2.warpAffine(pixels, matrix, (side, side), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, dtype=np.uint8)


def _similarity(source: Array, target: Places) -> Places:
    """Return the turn, scale and shift (2, 3) that bring points nearest to others (Umeyama, 1991)."""
    points = source.astype(np.float64)
    start, end = points.mean(axis=0), target.mean(axis=0)
    one, other = points - start, target - end
    spread = float((one**2).sum()) + 1e-6
    cosine = float((one * other).sum()) / spread
    sine = float((one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).sum()) / spread
    turn = np.array([(cosine, -sine), (sine, cosine)])
    return np.concatenate([turn, (end - turn @ start)[:, None]], axis=1)
