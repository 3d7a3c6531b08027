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

import numpy as np
from numpy.typing import NDArray

from analysis import networks
from analysis.detection.yunet import searching
from analysis.detection.yunet.faces import Faces
from analysis.results import Array
from analysis.upright import chip

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
    chips = np.stack([chip(pixels, points, UPRIGHT, CHIP) for points in faces.points])
    encodings = encoder(chips.transpose(0, 3, 1, 2).astype(np.float32))
    share = np.log(faces.sizes / searching.reach(pixels))
    return np.concatenate([np.stack([faces.scores, looks, share], 1), encodings], 1)
