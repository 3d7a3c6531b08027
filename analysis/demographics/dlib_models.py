"""Apparent age and gender: dlib-models' networks (Cydral Technology, CC0) on small aligned chips.

How the chips are made matters as much as the networks. Measured on 339 photos of All-Age-Faces (ages 2 to
80) and on 1,120 of LFW, for 552 of which a public figure's year of birth is known:

- The mean error of age falls from 8.7 and 7.0 years to 7.5 and 6.8 by sharpening the chip, and by
  averaging two views: one a bit nearer, one a bit farther and mirrored. Two more views would gain
  0.1 for 3 ms. All this together costs 2.3 ms a face.
- A chip darker or lighter than usual is brought back to that. With a fifth of their light left in
  the photos, the error of age is then 7.1 and not 9.7 years.

What the age network's mean still gets wrong is corrected: see `corrected_years`. Gender is told by
`analysis.dlib_gender`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from analysis import dlib_gender
from analysis.alignment import AlignedFace
from analysis.brackets import AGES, BRACKET_OF_AGE
from analysis.dlib_gender import (
    GENDERS,
    Chip,
    DlibGender,
    crop,
    exposed,
    gender_estimate,
    normalised,
)
from analysis.networks import Network
from analysis.results import BRACKETS, AgeEstimate, Array, GenderEstimate

AGE_CHIP_SIZE = 64
NEAR_CROP, FAR_CROP = 120, 132
SHARPENING = 0.75

# The network's own reading of its 81 classes: the first stands for a quarter of a year.
YEARS_OF_CLASS = np.arange(81, dtype=np.float64)
YEARS_OF_CLASS[0] = 0.25
# The network is too sure of itself: its shares are taken to the power of 1 / TEMPERATURE.
TEMPERATURE = 1.3
# What is added to the mean of the classes, at these means; between them it goes straight.
MEANS = (0.0, 20.0, 50.0, 80.0)
ADDED = (0.0, -4.5, 3.0, 0.0)
# And for a woman's face, which the network takes for younger than a man's.
MEANS_OF_WOMEN = (20.0, 40.0, 60.0, 80.0)
ADDED_TO_WOMEN = (0.0, 3.5, 3.5, 0.0)
# Standard deviation, in years for the root of a year, of what the network does not know.
SPREAD = 0.9


class DlibModels:
    """Age from chips of 64 px, a probability for each of the years 0 to 80; gender from 32 px."""

    name = f"dlib-age-v1-corrected-1, {dlib_gender.NAME}"

    def __init__(self, age: Path, gender: Path) -> None:
        self._age = Network(age)
        self._gender = DlibGender(gender)

    def estimate(self, faces: Sequence[AlignedFace]) -> list[tuple[AgeEstimate, GenderEstimate]]:
        """Return an estimate of both for each of at least one face."""
        chips = [exposed(dlib_gender.face_chip(face)) for face in faces]
        near = [_sharpened(crop(chip, NEAR_CROP, AGE_CHIP_SIZE)) for chip in chips]
        far = [_sharpened(crop(chip, FAR_CROP, AGE_CHIP_SIZE))[:, ::-1] for chip in chips]
        ages = (self._age(normalised(near)) + self._age(normalised(far))) / 2
        return [
            (age_estimate(age, gender[GENDERS.index("female")]), gender_estimate(gender))
            for age, gender in zip(ages, self._gender.shares(chips), strict=True)
        ]


def age_estimate(probabilities: Array, female: float) -> AgeEstimate:
    """Return the corrected age, its interval and bracket, from (81,) and the share of `female`.

    The network's classes are moved as far as their mean was, and each is spread out to a normal
    distribution, so that the shares of the ages 0 to 100 that come out are as wide as the errors are:
    80 and 82 % of true ages lie from `low` to `high` (All-Age-Faces and LFW, cross-validated).

    The bracket is the one that holds `years`, or the nearest: it is right for 58 % and at most one off
    for 92 %. The likeliest one would be right for 56 and 89 %, and now and then far from `years`.
    """
    shares = probabilities.astype(np.float64) ** (1 / TEMPERATURE)
    shares /= shares.sum()
    mean = float(shares @ YEARS_OF_CLASS)
    years = corrected_years(mean, female)
    spread = SPREAD * max(years, 1.0) ** 0.5
    classes = YEARS_OF_CLASS + (years - mean)
    bells = np.exp(-(((AGES - classes[:, None]) / spread) ** 2) / 2)
    ages = shares @ (bells / bells.sum(axis=1, keepdims=True))
    bracket = BRACKET_OF_AGE[round(years)]
    reached = np.concatenate([[0.0], ages.cumsum()])
    low, high = np.interp((0.1, 0.9), reached, [AGES[0] - 0.5, *(AGES + 0.5)])
    return AgeEstimate(
        years=years,
        bracket=BRACKETS[bracket],
        confidence=min(1.0, float(ages[bracket == BRACKET_OF_AGE].sum())),
        low=max(0.0, float(low)),
        high=float(high),
    )


def corrected_years(mean: float, female: float) -> float:
    """Return the age that the network's mean of (tempered) classes stands for, given the share of `female`.

    A line of three pieces that never falls, and a bump for women. The numbers were fitted to the
    absolute error on both sets, each decade of age with the same weight. Mean error (and bias) in years
    of dlib's plain chip and the expectation, and of all that is done here, 10-fold cross-validated:

    | true age | All-Age-Faces, before | after | LFW, before | after |
    | --- | --- | --- | --- | --- |
    | 2-14 | 4.3 (+2.4) | 4.2 (+2.8) | | |
    | 15-24 | 5.1 (+3.7) | 4.9 (+1.5) | 7.4 (+7.4) | 6.8 (+6.5) |
    | 25-44 | 7.1 (-3.1) | 6.5 (-1.6) | 4.9 (+0.8) | 6.0 (+2.6) |
    | 45-64 | 13.7 (-10.7) | 9.0 (-5.0) | 8.3 (-3.8) | 7.2 (-0.4) |
    | 65-80 | 10.6 (-8.3) | 8.0 (-5.6) | 8.3 (-4.9) | 6.6 (-3.0) |
    | all | 8.7 | 6.8 | 7.0 | 6.6 |

    The sets pull apart (one shows Chinese faces, one mostly American and European ones in the
    news), so the curve lies between what either alone would ask for.
    """
    added = np.interp(mean, MEANS, ADDED)
    added += female * np.interp(mean, MEANS_OF_WOMEN, ADDED_TO_WOMEN)
    return float(mean + added)


def _sharpened(chip: Chip) -> Chip:
    """Return a chip with an unsharp mask of 1 px."""
    blurred = cv2.GaussianBlur(chip, (0, 0), 1.0)
    return np.asarray(cv2.addWeighted(chip, 1 + SHARPENING, blurred, -SHARPENING, 0), np.uint8)
