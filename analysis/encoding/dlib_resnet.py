"""dlib's ResNet (CC0) through dlib itself: slow, and the measure for every other way.

90 ms a face and 1 s with ten jitters, one thread. `jitters` encodes a chip so many times, each a little
moved, turned, scaled and half of the time mirrored, and averages. What that brings is in onnx_resnet.py.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import dlib
import numpy as np

from analysis.alignment import AlignedFace
from analysis.encoding import CHIP_PADDING, CHIP_SIZE, DLIB_RESNET
from analysis.results import Array


class DlibEncoder:
    """The network; `jitters` is face_recognition's `num_jitters`, 1 for the chip as it is.

    dlib's generator starts from the same seed in each copy of the network and goes on from face to
    face (the same face twice differs by 0.04 with 10 jitters). A fresh copy for each face makes the
    encoding repeat exactly, whatever was encoded before it.
    """

    space = DLIB_RESNET

    def __init__(self, weights: Path, jitters: int = 1) -> None:
        self.name = "dlib" if jitters == 1 else f"dlib-jitter{jitters}"
        self._weights = str(weights)
        self._jitters = jitters
        self._network = dlib.face_recognition_model_v1(self._weights)

    def encode(self, faces: Sequence[AlignedFace]) -> Array:
        """Return float32 (n, 128) for n faces, at least one."""
        return np.array([self._encode(face) for face in faces], dtype=np.float32)

    def _encode(self, face: AlignedFace) -> Any:
        chip = face.chip(CHIP_SIZE, CHIP_PADDING)
        if self._jitters == 1:
            return self._network.compute_face_descriptor(chip)
        fresh = dlib.face_recognition_model_v1(self._weights)
        return fresh.compute_face_descriptor(chip, self._jitters)
