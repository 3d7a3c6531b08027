"""Further looks at a box: the same network on crops of several sizes, and mirrored.

What is a face keeps its score at any size; what only looks like one from afar does not.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.detection.yunet.faces import Faces
from analysis.detection.yunet.network import GRAIN, YuNetNetwork
from analysis.results import Array

# The size that the face gets in the crop, in pixels, and whether the crop is mirrored.
LOOKS = ((40, False), (64, False), (64, True), (100, False))
MARGIN = 2.2  # The crop's side at least, in sizes of the face.
AT_ONCE = 8

Pixels = NDArray[np.uint8]


def scores(network: YuNetNetwork, pixels: Pixels, faces: Faces) -> Array:
    """Return for each face the mean (n,) of its own score and of those that the looks give it."""
    parts = [
        _scores(network, pixels, faces.at(np.arange(start, min(start + AT_ONCE, len(faces)))))
        for start in range(0, len(faces), AT_ONCE)
    ]
    return np.concatenate([*parts, np.empty(0, dtype=np.float32)])


def _scores(network: YuNetNetwork, pixels: Pixels, faces: Faces) -> Array:
    total = faces.scores.copy()
    for size, mirrored in LOOKS:
        total += look(network, pixels, faces, size, mirrored)
    return np.asarray(total / (1 + len(LOOKS)), dtype=np.float32)


def look(
    network: YuNetNetwork, pixels: Pixels, faces: Faces, size: int, mirrored: bool = False
) -> Array:
    """Return the score (n,) of each of n faces, at least one, in a crop that shows it at `size`."""
    side = -(-int(MARGIN * size) // GRAIN) * GRAIN
    cut = [
        _crop(pixels, box, float(face), size, side)
        for box, face in zip(faces.boxes, faces.sizes, strict=True)
    ]
    crops = np.stack([crop for crop, _ in cut])
    boxes = np.stack([box for _, box in cut])
    if mirrored:
        crops = crops[:, :, ::-1]
        boxes = np.stack([side - boxes[:, 2], boxes[:, 1], side - boxes[:, 0], boxes[:, 3]], 1)
    return network.look(crops, boxes)


def _crop(pixels: Pixels, box: Array, face: float, size: int, side: int) -> tuple[Pixels, Array]:
    """Return a crop (side, side, 3) around a box whose `face` size becomes `size`, and the box in it.

    Beyond the photo's edge its last pixels are repeated.
    """
    height, width = pixels.shape[:2]
    length = max(1, round(side * face / size))
    centre = (box[:2] + box[2:]) / 2
    # Part of the crop lies in the photo, however far outside the network places a box.
    left, top = np.clip(np.round(centre - length / 2), 1 - length, (width - 1, height - 1)).tolist()
    left, top, right, bottom = int(left), int(top), int(left) + length, int(top) + length
    inside = pixels[max(0, top) : bottom, max(0, left) : right]
    beyond = (max(0, -top), max(0, bottom - height), max(0, -left), max(0, right - width))
    if any(beyond):
        inside = np.asarray(
            cv2.copyMakeBorder(inside, *beyond, borderType=cv2.BORDER_REPLICATE), dtype=np.uint8
        )
    method = cv2.INTER_AREA if side < length else cv2.INTER_LINEAR
    crop = np.asarray(cv2.resize(inside, (side, side), interpolation=method), dtype=np.uint8)
    return crop, (box - np.array([left, top, left, top], dtype=np.float32)) * (side / length)
