"""How well a face can be seen: size, sharpness, brightness, pose, and one number that sums them up."""

from __future__ import annotations

from math import hypot

import cv2
import numpy as np

from analysis.alignment import AlignedFace
from analysis.results import Array, Quality

CHIP_SIZE = 64
CHIP_PADDING = 0.0
# Points of a mean head in millimetres (x right, y down, z away from the camera) and which of the 68
# landmarks they are: nose tip, chin, outer eye corners, mouth corners (Mallick, 2016).
HEAD = np.array(
    [
        (0.0, 0.0, 0.0),
        (0.0, 63.6, 12.5),
        (-43.3, -32.7, 26.0),
        (43.3, -32.7, 26.0),
        (-28.9, 28.9, 24.1),
        (28.9, 28.9, 24.1),
    ]
)
OF_68 = (30, 8, 36, 45, 48, 54)


def measure(face: AlignedFace, landmarks: Array) -> Quality:
    """Return the quality of a face with `landmarks` (n, 2) in its photo's pixels; sizes are in those."""
    grey = cv2.cvtColor(face.chip(CHIP_SIZE, CHIP_PADDING), cv2.COLOR_RGB2GRAY)
    brightness = float(grey.mean()) / 255
    sharpness = min(1.0, float(cv2.Laplacian(grey, cv2.CV_64F).var()) / 1000)
    eyes = face.points[:4].reshape(2, 2, 2).mean(axis=1)
    size = hypot(*(eyes[0] - eyes[1]).tolist())
    yaw, pitch, roll = pose(landmarks, face.pixels.shape) if len(landmarks) == 68 else (0, 0, 0)
    score = min(1.0, size / 60) * min(1.0, sharpness / 0.3) * max(0.0, 1 - abs(yaw) / 90)
    return Quality(size, sharpness, brightness, yaw, pitch, roll, score)


def pose(landmarks: Array, shape: tuple[int, ...]) -> tuple[float, float, float]:
    """Return yaw, pitch and roll in degrees by solvePnP."""
    height, width = shape[:2]
    camera = np.array([(width, 0, width / 2), (0, width, height / 2), (0, 0, 1)], dtype=float)
    points = landmarks[list(OF_68)].astype(float)
    _, rotation, _ = cv2.solvePnP(HEAD, points, camera, None, flags=cv2.SOLVEPNP_SQPNP)
    matrix, _ = cv2.Rodrigues(rotation)
    pitch, yaw, roll = cv2.RQDecomp3x3(matrix)[0]
    return float(yaw), float(pitch), float(roll)
