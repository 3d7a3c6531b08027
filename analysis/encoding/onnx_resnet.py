"""dlib's ResNet (CC0) as ONNX: `face_recognition`'s numbers in a fifteenth of the time, or better ones.

Measured on folds 1 and 2 of LFW (1,200 pairs; one pair is 0.08 %) with YuNet's squares: pairs right at
0.6 and at the best threshold of the other fold. And on all pairs of its 1,583 photos (1,973 of one person,
1.25 million of two): equal error rate, and the share of one person's pairs missed where one stranger in
1,000 passes.

                          passes, ms a face  at 0.6   other fold   EER    missed
    one chip, as face_recognition    1    5  98.67    98.50        1.27   11.2
    and its mirror image             2   10  98.92    98.67        1.17    9.2
    the same to one length           2   10  99.17    99.00        1.27    6.5
    4 of dlib's jitters              4   21  99.00    98.75        1.00    7.9
    10 of dlib's jitters            10   52  99.08    98.92        0.96    7.7
    the same to one length          10   52  99.25    99.25        1.12    5.7
    two chips and mirror images      4   21  98.92    99.00        1.01    8.3
    the same to one length           4   21  99.33    99.33        1.12    6.1
    two of them where they agree     2.8 15  99.33    99.42                6.4  (here)
    13 chips and mirrors, likewise  26  136  98.92    99.08        1.12    6.1

An average of views is shorter and lies nearer to all others, and length says nothing of who it is.
Scaled to LENGTH, 0.6 is the best threshold again (0.598), and stricter ones mean what they mean for
dlib's own vectors (one stranger in 1,000 is nearer than 0.544; dlib 0.546). One of these and one of
dlib's may be compared: 99.2 % of the pairs are right at 0.6. Between the two a face moves by 0.14
(median; at most 0.30).

No better beyond chance, with one pair of mirror images: the five points averaged over seven squares, on
enlarged or mirrored pixels; cubic interpolation, blur, gamma; grey is worse. Alignment by the 68 points
would miss 5.5 instead of 6.1 %, but ties encodings to a predictor that may not be used commercially.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.alignment import AlignedFace
from analysis.encoding import CHIP_PADDING, CHIP_SIZE, DLIB_RESNET
from analysis.networks import BATCH, Network, shared
from analysis.results import Array

CLOSER_PADDING = 0.175  # A tenth closer: 1 + 2 * 0.175 face widths across instead of 1.5.
LENGTH = 1.46
# Of a closer chip and a mirrored one, whose encodings are further apart than this, two more are asked:
# 38 % of LFW's faces, fewer of larger and sharper ones. From 0.26 on pairs are told worse.
AGREE = 0.24


class OnnxEncoder:
    """The default: two views, or four where those disagree, averaged and scaled to one length."""

    name = "onnx-2-or-4-views"
    space = DLIB_RESNET

    def __init__(self, weights: Path) -> None:
        self._network = shared(weights)

    def encode(self, faces: Sequence[AlignedFace]) -> Array:
        """Return float32 (n, 128), each of length LENGTH, for n faces, at least one."""
        groups = range(0, len(faces), BATCH)
        return np.concatenate([self._encode(faces[start : start + BATCH]) for start in groups])

    def _encode(self, faces: Sequence[AlignedFace]) -> Array:
        chips = np.stack([_chips(face) for face in faces])
        plain, closer = chips[:, 0], chips[:, 1]
        views = self._views(closer, _mirrored(plain))
        sums = views.sum(axis=0)
        apart = np.linalg.norm(views[0] - views[1], axis=1) >= AGREE
        if apart.any():
            # Only the direction counts, so a sum of four is as good as their mean.
            sums[apart] += self._views(plain[apart], _mirrored(closer[apart])).sum(axis=0)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        return np.asarray(sums * (LENGTH / lengths), dtype=np.float32)

    def _views(self, one: NDArray[np.uint8], other: NDArray[np.uint8]) -> Array:
        """Return the encodings (2, n, 128) of two chips (n, 150, 150, 3) of each face."""
        return encode_chips(self._network, np.concatenate([one, other])).reshape(2, len(one), -1)


def _chips(face: AlignedFace) -> NDArray[np.uint8]:
    return np.stack([face.chip(CHIP_SIZE, padding) for padding in (CHIP_PADDING, CLOSER_PADDING)])


def _mirrored(chips: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return chips[:, :, ::-1]


class SingleChipEncoder:
    """One chip a face: what `face_recognition.face_encodings` returns for the same box."""

    name = "onnx-single"
    space = DLIB_RESNET

    def __init__(self, weights: Path) -> None:
        self._network = shared(weights)

    def encode(self, faces: Sequence[AlignedFace]) -> Array:
        """Return float32 (n, 128) for n faces, at least one."""
        chips = np.stack([face.chip(CHIP_SIZE, CHIP_PADDING) for face in faces])
        return encode_chips(self._network, chips)


def encode_chips(network: Network, chips: NDArray[np.uint8]) -> Array:
    """Return float32 (n, 128) for n aligned RGB chips (n, 150, 150, 3), at least one."""
    return network(chips.transpose(0, 3, 1, 2).astype(np.float32))
