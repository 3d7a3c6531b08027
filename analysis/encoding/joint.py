"""dlib's ResNet and HSE-FaceRes side by side: 256 numbers, the first 128 those of the default.

The two err about other people. On LFW's 1,583 photos, as in onnx_resnet.py: one person's pairs that pass,
in percent, where one stranger in 1,000 and in 10,000 passes, by the second's share of squared distances:

    share      0     0.2   0.3   0.4   0.5   0.6   1
    1,000     93.6  96.0  96.4  96.7  96.4  95.9  86.7
    10,000    80.2  86.9  88.3  88.6  88.6  87.4  73.2

The second sees one view of a face, cut out by the points that the detector tells as its own photos were
(Deng et al., 2019, arXiv:1801.07698), where it tells any, else by dlib's five points: so 78.6 % pass where
one stranger in 100,000 does, and 81.4 % by the detector's.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis import upright
from analysis.alignment import AlignedFace
from analysis.encoding import DLIB_RESNET, SECOND_LENGTH
from analysis.encoding.onnx_resnet import OnnxEncoder
from analysis.networks import shared
from analysis.results import Array

SIDE = 224
# Where eyes, tip of the nose and corners of the mouth come to be, in sides of the chip: as there,
# of 112 pixels, with a twentieth more on each side.
THERE = np.array([(38.29, 51.70), (73.53, 51.50), (56.03, 71.74), (41.55, 92.37), (70.73, 92.20)])
PLACES = (THERE + 0.05 * 112) / (1.1 * 112)
# 1.75 face widths across, with the eyes 0.52 of the side below the top: cut out of dlib's chip that has the
# margin above the face on all sides.
MARGIN = 0.677
LARGER = 301
LEFT = 39


class JointEncoder:
    """The default's numbers, then the second network's: each half has a length of its own."""

    name = "onnx-2-or-4-views, faceres-1"
    space = DLIB_RESNET

    def __init__(self, first: Path, second: Path) -> None:
        self._first = OnnxEncoder(first)
        self._second = shared(second)

    def encode(self, faces: Sequence[AlignedFace]) -> Array:
        """Return float32 (n, 256) for n faces, at least one."""
        second = np.concatenate([self._second(seen(face)) for face in faces])
        return np.concatenate([self._first.encode(faces), second * SECOND_LENGTH], axis=1)


def seen(face: AlignedFace) -> NDArray[np.float32]:
    """Return what the second network is shown of a face: RGB from 0 to 255, float32 (1, 3, 224, 224)."""
    if face.detected is None:
        chip = face.chip(LARGER, MARGIN)[:SIDE, LEFT : LEFT + SIDE]
    else:
        chip = upright.chip(face.pixels, face.detected, PLACES, SIDE)
    return np.ascontiguousarray(chip.transpose(2, 0, 1)[None], np.float32)
