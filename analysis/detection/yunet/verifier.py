"""A second opinion on a large face of which YuNet is not sure, by another network: the encoder.

YuNet scores a face in a dark mask like a monkey's. dlib's ResNet, which was made to tell people apart, sees
the difference: the face is cut out upright by YuNet's five landmarks and encoded, and a logistic
regression judges the encoding together with two of YuNet's scores and the size. Its numbers,
`verifier.json`, are fitted by `python -m benchmarks.verifier`. Judged by numbers that were fitted on other
photos (ten folds) it keeps, of doubtful boxes of a twelfth of the photo and more, 89 % of the faces and
1 % of the others; the mean of YuNet's looks keeps 73 %.

Tried without gain: the faces of a crowd, where the mean of YuNet's looks ranks better; 660 photos of people
with masks, caps and glasses painted on, as further examples (what they teach fits the monkeys too);
four looks in place of one; the landmarks' geometry.
"""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis import networks
from analysis.detection.yunet import searching
from analysis.detection.yunet.faces import Faces
from analysis.results import Array

COEFFICIENTS = Path(__file__).with_name("verifier.json")
CHIP = 150  # Pixels a side, which the encoder takes.
# Where the median of 150 portraits has YuNet's landmarks in dlib's chip with its padding of 0.25: the eyes,
# the tip of the nose, the corners of the mouth.
UPRIGHT = np.array([(0.316, 0.304), (0.672, 0.301), (0.502, 0.515), (0.340, 0.663), (0.652, 0.663)])

Pixels = NDArray[np.uint8]


class Verifier:
    """The encoder with a regression on top; it is loaded when the first doubt comes up."""

    def __init__(self, encoder: Path, coefficients: Path = COEFFICIENTS) -> None:
        self._encoder = encoder
        self._network: networks.Network | None = None
        values = json.loads(coefficients.read_text(encoding="utf-8"))
        self._weights = np.array(values["weights"], dtype=np.float32)
        self._bias = float(values["bias"])

    def probabilities(self, pixels: Pixels, faces: Faces, looks: Array) -> Array:
        """Return how surely each of n faces is one (n,); `looks` (n,) are the scores of a second look."""
        if self._network is None:
            self._network = networks.shared(self._encoder)
        inputs = features(self._network, pixels, faces, looks)
        return np.asarray(
            1 / (1 + np.exp(-(inputs @ self._weights) - self._bias)), dtype=np.float32
        )


def features(encoder: networks.Network, pixels: Pixels, faces: Faces, looks: Array) -> Array:
    """Return what the regression judges n faces by, at least one, float32 (n, 131)."""
    chips = np.stack([chip(pixels, points) for points in faces.points])
    encodings = encoder(chips.transpose(0, 3, 1, 2).astype(np.float32))
    share = np.log(faces.sizes / searching.reach(pixels))
    return np.concatenate([np.stack([faces.scores, looks, share], 1), encodings], 1)


def chip(pixels: Pixels, points: Array) -> Pixels:
    """Return the face with landmarks (5, 2) upright, RGB (CHIP, CHIP, 3); edges are repeated."""
    matrix = _similarity(points, UPRIGHT * CHIP)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    while scale < 0.5 and min(pixels.shape[:2]) > 1:
        # Bilinear sampling alone would skip most pixels of a large face.
        height, width = pixels.shape[0] // 2, pixels.shape[1] // 2
        half = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA)
        matrix[:, :2] *= (pixels.shape[1] / width, pixels.shape[0] / height)
        pixels, scale = np.asarray(half, dtype=np.uint8), 2 * scale
    size = (CHIP, CHIP)
    cut = cv2.warpAffine(pixels, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(cut, dtype=np.uint8)


def _similarity(source: Array, target: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the turn, scale and shift (2, 3) that bring points nearest to others (Umeyama, 1991)."""
    points = source.astype(np.float64)
    start, end = points.mean(axis=0), target.mean(axis=0)
    one, other = points - start, target - end
    spread = float((one**2).sum()) + 1e-6
    cosine = float((one * other).sum()) / spread
    sine = float((one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]).sum()) / spread
    turn = np.array([(cosine, -sine), (sine, cosine)])
    return np.concatenate([turn, (end - turn @ start)[:, None]], axis=1)
