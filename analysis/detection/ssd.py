"""OpenCV's single-shot face detector (Liu et al., 2016, arXiv:1512.02325, on a reduced ResNet-10).

Its two coarsest maps are of 5 x 5 cells and count as 3 x 3 and as one, so a large face has echoes a
third of the photo further down and right. They leave the photo, which tells them from faces: of
1,347 true and 479 false boxes on 1,198 photos, 1 and 451 have less than nine tenths within it.

Boxes found / drawn of 723 faces, many tiny or masked, in 60 group photos, and false ones on 60 photos
without a face, echoes left out: 152 / 160 and 14 at a threshold of 0.3, 122 / 128 and 8 at 0.5 (the
usual one), 86 / 89 and 3 at 0.7.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.detection import LEAST_WEIGHED, Detection, Region, Weighed
from analysis.errors import UnusableNetwork
from analysis.sentences import say

SIDE = 300  # The whole photo is squeezed into a square of this side.
MEAN = (104, 177, 123)  # blue, green, red
THRESHOLD = 0.5
WITHIN = 0.9  # The share of a box that must lie on the photo.


class Ssd:
    """The detector; `network` and `description` are files of Caffe's or of TensorFlow's."""

    def __init__(self, network: Path, description: Path, name: str) -> None:
        self.name = name
        try:
            self._network = cv2.dnn.readNet(str(network), str(description))
            # Asked once: only its answer tells that a file holds another network.
            self._rows(np.zeros((SIDE, SIDE, 3), dtype=np.uint8))
        except (cv2.error, ValueError) as error:
            names = {"network": network.name, "description": description.name}
            raise UnusableNetwork(say("not_an_ssd", **names)) from error

    def detect(self, pixels: NDArray[np.uint8]) -> list[Detection]:
        """Return the faces in RGB `pixels` (h, w, 3), in no particular order."""
        return self._find(pixels, THRESHOLD)

    def weigh(self, pixels: NDArray[np.uint8]) -> list[Weighed]:
        """Return the same, and what scored less."""
        found = self._find(pixels, LEAST_WEIGHED)
        return [Weighed(face, face.score >= THRESHOLD) for face in found]

    def _find(self, pixels: NDArray[np.uint8], least: float) -> list[Detection]:
        height, width = pixels.shape[:2]
        return [
            _detection(edges.scaled(width, height), score)
            for score, edges in ((score, Region(*edges)) for score, *edges in self._rows(pixels))
            if score >= least and _share_within(edges) >= WITHIN
        ]

    def _rows(self, pixels: NDArray[np.uint8]) -> list[list[float]]:
        """Return each box's score and edges in shares of the photo; ValueError if it has others."""
        squeezed = cv2.resize(pixels, (SIDE, SIDE))
        self._network.setInput(cv2.dnn.blobFromImage(squeezed, mean=MEAN, swapRB=True))
        # A row begins with the number of the image and the class.
        rows: list[list[float]] = self._network.forward().reshape(-1, 7)[:, 2:].tolist()
        return rows


def _share_within(edges: Region) -> float:
    """Return which share of a box lies on the photo, whose edges are 0 and 1."""
    width, height = edges.right - edges.left, edges.bottom - edges.top
    across = min(1.0, edges.right) - max(0.0, edges.left)
    down = min(1.0, edges.bottom) - max(0.0, edges.top)
    return max(0.0, across) * max(0.0, down) / max(width * height, 1e-6)


def _detection(box: Region, score: float) -> Detection:
    """Return a detection with its square in the geometry of dlib's HOG detector.

    Fitted on 1,206 faces that both found (LFW, Asian portraits of all ages, groups): the side is right
    to 8 %, as HOG knows sizes a fifth apart only, the centre to 7.4 % of it across and 5.2 % down.
    """
    return Detection(box, min(1.0, score), box.square(side=0.938, across=-0.027, down=0.065))
