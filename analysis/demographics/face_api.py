"""Apparent age by face-api.js's network (MIT), gender by dlib-models'.

The age network is the small Xception of V. Mühler's face-api.js (`analysis.convert.face_api`). It tells one
number of years from a square of 112 px. It learnt from UTKFace's crops among others, so all of the
following is from 1,546 photos of All-Age-Faces, ages 2 to 80, which it did not learn from:

- The square may be cut by the detector's box or by the five points; by these it is the same with
  any detector. Padded by 0.24 of the face's width it is off by 5.6 years on average, averaged with a
  nearer one, mirrored, by 5.4. Both are parts of the chip that gender is told by; chips of their own,
  without that one's coarse pixels, gained 0.05, and eight more views another 0.1.
- A face darker than usual is brightened: with a fifth of the light left in the photos the error is then 5.4
  and not 7.8 years. A bright one that is darkened is told worse, so it stays.
- What the network gets wrong on average is corrected, and how far it is off is said: see `age_estimate`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import erf, sqrt
from pathlib import Path

import cv2
import numpy as np

from analysis import dlib_gender
from analysis.alignment import AlignedFace
from analysis.brackets import AGES, BRACKET_OF_AGE
from analysis.dlib_gender import Chip, DlibGender, gender_estimate
from analysis.networks import Network
from analysis.results import BRACKETS, AgeEstimate, Array, GenderEstimate

AGE_NAME = "face-api-age-1"
SIDE = 112
# Of the chip of 144 px: paddings of 0.24 and 0.20 of the face's width.
FAR_CROP, NEAR_CROP = 134, 126
LEAST_BRIGHTNESS = 100  # of 255, over the face alone

# What the network says, and the age that it then is most likely: straight between them. The last is a
# guess: the set ends at 80, where the network says up to 98.
SAID = (0.0, 10.0, 25.0, 40.0, 60.0, 80.0, 100.0)
YEARS = (0.9, 11.5, 30.3, 42.2, 62.8, 79.0, 86.0)
# Up to how many years below and above that four in five faces are, at these ages.
AT_AGES = (0.0, 10.0, 25.0, 40.0, 60.0, 80.0)
BELOW = (1.8, 3.8, 8.1, 11.5, 11.7, 6.7)
ABOVE = (5.0, 7.3, 10.4, 10.7, 8.7, 8.2)
NINETY_PERCENT = 1.2816  # of a normal distribution lie below this many deviations


class AgeNetwork:
    """Tells ages from chips as `analysis.dlib_gender.face_chip` cuts them."""

    name = AGE_NAME

    def __init__(self, weights: Path) -> None:
        self._network = Network(weights)

    def tell(self, chips: Sequence[Chip]) -> list[AgeEstimate]:
        """Return an estimate for each of at least one chip."""
        views = [age_views(chip) for chip in chips]
        far, near = (self._network(_stacked(parts)) for parts in zip(*views, strict=True))
        return [age_estimate(float(said)) for said in (far + near)[:, 0] / 2]

    def tell_faces(self, faces: Sequence[AlignedFace]) -> list[AgeEstimate]:
        """Return an estimate for each of at least one face."""
        return self.tell([dlib_gender.face_chip(face) for face in faces])


class FaceApi:
    """Age from two squares of 112 px, gender from chips of 32 px."""

    name = f"{AGE_NAME}, {dlib_gender.NAME}"

    def __init__(self, age: Path, gender: Path) -> None:
        self.age = AgeNetwork(age)
        self._gender = DlibGender(gender)

    def estimate(self, faces: Sequence[AlignedFace]) -> list[tuple[AgeEstimate, GenderEstimate]]:
        """Return an estimate of both for each of at least one face."""
        chips = [dlib_gender.face_chip(face) for face in faces]
        genders = self._gender.shares([dlib_gender.exposed(chip) for chip in chips])
        return list(zip(self.age.tell(chips), map(gender_estimate, genders), strict=True))


def age_views(chip: Chip) -> tuple[Chip, Chip]:
    """Return what the network is shown of a chip: a farther view, and a nearer one mirrored."""
    face = chip[dlib_gender.FACE_OF_CHIP, dlib_gender.FACE_OF_CHIP]
    brightness = max(float(face.mean()), 5.0)
    if brightness < LEAST_BRIGHTNESS:
        chip = np.asarray(cv2.convertScaleAbs(chip, alpha=LEAST_BRIGHTNESS / brightness), np.uint8)
    far, near = (_middle(chip, side) for side in (FAR_CROP, NEAR_CROP))
    return far, near[:, ::-1]


def age_estimate(said: float) -> AgeEstimate:
    """Return the age, its range and its bracket from what the network says.

    `years` follows from that by one line of pieces which never falls, and `low` and `high` from `years`
    alone: half of the ages are taken to lie above it, and 80 % within the range, normally distributed on
    either side. The bracket is the one that holds `years`, or the nearest.

    Fitted to the ages of 1,546 photos of All-Age-Faces, so that about as many are within the range at
    each age (`benchmarks.accuracy.age_curves`). By ten-fold cross-fitting the mean error is 5.4 years, 6.6
    in the worst band, and 81 % of ages lie within, 78 % in the worst band; the bracket is right for
    61 %, as often as its `confidence` says, and at most one off for 96 %.
    """
    years = float(np.interp(said, SAID, YEARS))
    below, above = np.interp(years, AT_AGES, BELOW), np.interp(years, AT_AGES, ABOVE)
    low, high = max(0.0, years - float(below)), min(100.0, years + float(above))
    bracket = BRACKET_OF_AGE[round(years)]
    ages = AGES[bracket == BRACKET_OF_AGE]
    # The first bracket begins with birth and the last has no end.
    first = _share_below(ages[0] - 0.5, years, below, above) if bracket else 0.0
    last = bracket == len(BRACKETS) - 1
    share = (1.0 if last else _share_below(ages[-1] + 0.5, years, below, above)) - first
    return AgeEstimate(years, BRACKETS[bracket], share, low, high)


def _share_below(age: float, years: float, below: float, above: float) -> float:
    deviation = (below if age < years else above) / NINETY_PERCENT
    return (1 + erf((age - years) / deviation / sqrt(2))) / 2


def _middle(chip: Chip, side: int) -> Chip:
    start = (len(chip) - side) // 2
    middle = chip[start : start + side, start : start + side]
    return np.asarray(cv2.resize(middle, (SIDE, SIDE), interpolation=cv2.INTER_AREA), np.uint8)


def _stacked(chips: Sequence[Chip]) -> Array:
    """Return chips as the network takes them: float32 (n, 3, 112, 112)."""
    return np.stack(chips).transpose(0, 3, 1, 2).astype(np.float32)
