"""How well a face can be seen: size, sharpness, brightness, pose, and one number that sums them up."""

from __future__ import annotations

from math import asin, atan2, degrees, hypot

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.alignment import FIVE_OF_68, AlignedFace
from analysis.results import Array, Quality

# In a chip without padding the eyes are this share of its side apart.
EYES_OF_CHIP = 0.44
CHIP_SIDES = (12, 48)
BLUR_OF_SIDE = 0.054
BLURRED, SHARP = 0.24, 0.66
# What is left of a perfect score at each value; between them it goes straight. See `score`.
BY_SIZE = ((3, 0.0), (6, 0.45), (8, 0.8), (12, 1.0))
BY_SHARPNESS = ((0.1, 0.0), (0.2, 0.1), (0.35, 0.4), (0.55, 0.65), (0.8, 0.9), (0.95, 1.0))
BY_BRIGHTNESS = ((0, 0.0), (0.05, 0.4), (0.1, 0.75), (0.2, 1.0), (0.72, 1.0), (0.82, 0.7), (1, 0.0))
BY_YAW = ((20, 1.0), (30, 0.8), (38, 0.65), (60, 0.25), (90, 0.0))
BY_PITCH = ((15, 1.0), (27, 0.65), (60, 0.0))
# Some of dlib's 68 points on a mean head: x right, y down, z away from the camera, in millimetres if the
# eyes are 63 apart. Found from the 68 points of 1,490 photos (LFW and All-Age-Faces) and their
# mirror images by factorisation (Tomasi and Kanade, 1992, doi:10.1007/BF00129684).
HEAD = {
    8: (0.0, 119.2, 4.0),  # chin
    27: (0.0, -2.3, -18.9),  # top of the nose
    30: (0.0, 34.5, -42.9),  # its tip
    31: (-14.5, 43.5, -21.8),  # its base
    33: (0.0, 48.2, -28.3),
    35: (14.5, 43.5, -21.8),
    36: (-43.5, 0.3, 4.7),  # corners of the eyes
    39: (-19.0, 1.6, -1.7),
    42: (19.0, 1.6, -1.7),
    45: (43.5, 0.3, 4.7),
    48: (-28.3, 68.1, 5.6),  # of the mouth
    54: (28.3, 68.1, 5.6),
}
OF_68 = tuple(HEAD)
DISTANCE = 1500.0  # mm from the camera: nearer ones barely differ, and no photo tells.


def measure(face: AlignedFace, landmarks: Array) -> Quality:
    """Return the quality of a face with `landmarks` (n, 2); `size` is in pixels of its photo.

    The pose is from the 68 points where those were found, else from the five of the alignment: that is
    2 degrees of yaw, 4 of pitch and 1 of roll off the other (medians over 1,490 photos).
    """
    points = face.points
    eyes = points[:4].reshape(2, 2, 2).mean(axis=1)
    size = hypot(*(eyes[0] - eyes[1]).tolist())
    side = min(max(round(size / EYES_OF_CHIP), CHIP_SIDES[0]), CHIP_SIDES[1])
    grey = np.asarray(cv2.cvtColor(face.chip(side, 0.0), cv2.COLOR_RGB2GRAY), np.uint8)
    sharp, bright = sharpness(grey), float(grey.mean()) / 255
    if len(landmarks) == 68:
        yaw, pitch, roll = pose(OF_68, landmarks[list(OF_68)])
    else:
        yaw, pitch, roll = pose(FIVE_OF_68, points)
    return Quality(size, sharp, bright, yaw, pitch, roll, score(size, sharp, bright, yaw, pitch))


def sharpness(grey: NDArray[np.uint8]) -> float:
    """Return how much of the steps between neighbours in a chip goes when it is blurred, 0 to 1.

    After Crete et al., 2007 (doi:10.1117/12.702790): it depends neither on contrast nor on brightness.
    The chip has the photo's own pixels, or fewer, so that a small face is not taken for a blurred
    one: a sharp photo has 0.98, and if shrunk until the eyes are 20, 12 or 8 px apart, 0.88, 0.70
    or 0.50. Blurred by a Gaussian of 3, 6, 9 or 12 % of that distance it has 0.81, 0.54, 0.33 or 0.21.
    """
    floats = grey.astype(np.float32)
    blurred = cv2.GaussianBlur(floats, (0, 0), BLUR_OF_SIDE * len(grey))
    lost = []
    for axis in (0, 1):
        steps = np.abs(np.diff(floats, axis=axis))
        gone = (steps - np.abs(np.diff(blurred, axis=axis))).clip(0)
        lost.append(float(gone.sum()) / max(1.0, float(steps.sum())))
    return min(1.0, max(0.0, (min(lost) - BLURRED) / (SHARP - BLURRED)))


def score(size: float, sharp: float, bright: float, yaw: float, pitch: float) -> float:
    """Return how much can be told by the face, 0 to 1: the product of what each fault leaves.

    A curve says how near the median distance between two encodings of one person stays to the 0.41 of
    clear photos, on the way to the 0.62 where nothing is left. That distance, with one photo of each of
    150 pairs of LFW made worse; the share matched at 0.6 (99 % when clear); the mean error of the age
    on All-Age-Faces by dlib-models (6.8 years when clear):

    | fault | distance | matched | age |
    | --- | --- | --- | --- |
    | blur, 3, 6, 9 % of the eyes' distance | 0.44, 0.49, 0.54 | 99, 97, 84 % | 8, 12, 20 |
    | eyes 12, 10, 8, 6 px apart | 0.46, 0.49, 0.52, 0.58 | 98, 97, 90, 61 % | 9, 10, 13, 19 |
    | a fifth, a tenth of the light | 0.43, 0.47 | 97, 96 % | 7, 7 |
    | 1.6, 2.2 times the light, clipped | 0.43, 0.48 | 99, 92 % | 10, 13 |
    | yaw 28 to 33, 33 to 43 degrees, as taken | 0.45, 0.49 | 100, 100 % | |
    | pitch 24 to 37 degrees, as taken | 0.49 | 100 % | |

    Beyond 43 degrees of yaw and 37 of pitch the curves are guesses: LFW has no such faces.
    """
    left = 1.0
    for value, curve in (
        (size, BY_SIZE),
        (sharp, BY_SHARPNESS),
        (bright, BY_BRIGHTNESS),
        (abs(yaw), BY_YAW),
        (abs(pitch), BY_PITCH),
    ):
        values, shares = zip(*curve, strict=True)
        left *= float(np.interp(value, values, shares))
    return left


def pose(numbers: tuple[int, ...], points: Array) -> tuple[float, float, float]:
    """Return yaw, pitch and roll in degrees of a head whose points of HEAD are at `points` (n, 2).

    The camera is taken to look at the face, from DISTANCE: where in a photo a face is, or how that was
    cropped, changes nothing. The search starts from a face that looks ahead, as five points allow two
    answers now and then.
    """
    head = np.array([HEAD[number] for number in numbers])
    found = points.astype(np.float64)
    middle = found.mean(axis=0)
    spread = (
        np.hypot(*(found - middle).T).mean() / np.hypot(*(head - head.mean(axis=0))[:, :2].T).mean()
    )
    focal = DISTANCE * float(spread)
    camera = np.array([(focal, 0, middle[0]), (0, focal, middle[1]), (0, 0, 1)])
    across = found[numbers.index(45)] - found[numbers.index(36)]
    tilt = np.array([0.0, 0.0, atan2(across[1], across[0])])
    start = np.array([0.0, 0.0, DISTANCE]) - cv2.Rodrigues(tilt)[0] @ head.mean(axis=0)
    _, rotation, _ = cv2.solvePnP(
        head, found, camera, None, tilt, start, True, cv2.SOLVEPNP_ITERATIVE
    )
    return _angles(np.asarray(cv2.Rodrigues(rotation)[0], np.float64))


def _angles(rotation: NDArray[np.float64]) -> tuple[float, float, float]:
    """Return yaw and pitch of where the face looks, and its roll around that, in degrees."""
    right, _, back = rotation.T
    across = np.array([back[2], 0.0, -back[0]]) / hypot(back[0], back[2])
    down = np.cross(back, across)
    yaw, pitch = atan2(-back[0], back[2]), asin(min(1.0, max(-1.0, back[1])))
    return degrees(yaw), degrees(pitch), degrees(atan2(right @ down, right @ across))
