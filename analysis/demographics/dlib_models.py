"""Apparent age and gender: dlib-models' networks (Cydral Technology, CC0) on small aligned chips.

How the chips are made matters as much as the networks. Measured on 339 photos of All-Age-Faces (ages 2 to
80) and on 1,120 of LFW, labelled by who they show: gender, and for 552 a public figure's year of birth:

- Gender is right for 93.5 and 97.5 % with the chip that dlib cuts for 32 px, which is smoothed; for
  97.3 and 98.7 % with one shrunk from 126 px without smoothing, and averaged with its mirror image.
- The mean error of age falls from 8.7 and 7.0 years to 7.5 and 6.8 by sharpening the chip, and by
  averaging two views: one a bit nearer, one a bit farther and mirrored. Two more views would gain
  0.1 for 3 ms. All this together costs 2.3 ms a face.
- A chip darker or lighter than usual is brought back to that. With a fifth of their light left in
  the photos, the error of age is then 7.1 and not 9.7 years, and gender right for 94.7 and not 85.3 %.

What the age network's mean still gets wrong is corrected: see `corrected_years`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from analysis.alignment import AlignedFace
from analysis.networks import Network
from analysis.results import BRACKETS, AgeEstimate, Array, GenderEstimate

Chip = NDArray[np.uint8]

AGE_CHIP_SIZE = 64
GENDER_CHIP_SIZE = 32
# The face, without its padding, is 90 px wide in a chip of 144: crops of 120, 126 and 132 px have
# paddings of 0.17, 0.20 (what the networks were trained with) and 0.23.
CHIP_SIZE = 144
CHIP_PADDING = 0.3
FACE_OF_CHIP = slice(27, 117)
GENDER_CROP = 126
NEAR_CROP, FAR_CROP = 120, 132
SHARPENING = 0.75
USUAL_BRIGHTNESS = (0.35, 0.7)
CHANNEL_MEANS = np.array([122.782, 117.001, 104.298], dtype=np.float32)
GENDERS: tuple[Literal["female", "male"], ...] = ("female", "male")

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
AGES = np.arange(101, dtype=np.float64)


class DlibModels:
    """Age from chips of 64 px, a probability for each of the years 0 to 80; gender from 32 px."""

    name = "dlib-age-v1-corrected-1, dlib-gender-v1-crisp-1"

    def __init__(self, age: Path, gender: Path) -> None:
        self._age = Network(age)
        self._gender = Network(gender)

    def estimate(self, faces: Sequence[AlignedFace]) -> list[tuple[AgeEstimate, GenderEstimate]]:
        """Return an estimate of both for each of at least one face."""
        chips = [_exposed(face.chip(CHIP_SIZE, CHIP_PADDING)) for face in faces]
        near = [_sharpened(_crop(chip, NEAR_CROP, AGE_CHIP_SIZE)) for chip in chips]
        far = [_sharpened(_crop(chip, FAR_CROP, AGE_CHIP_SIZE))[:, ::-1] for chip in chips]
        ages = (self._age(_normalised(near)) + self._age(_normalised(far))) / 2
        straight = [_crop(chip, GENDER_CROP, GENDER_CHIP_SIZE) for chip in chips]
        mirrored = [chip[:, ::-1] for chip in straight]
        genders = (self._gender(_normalised(straight)) + self._gender(_normalised(mirrored))) / 2
        return [
            (
                age_estimate(age, gender[GENDERS.index("female")]),
                GenderEstimate(GENDERS[gender.argmax()], min(1.0, float(gender.max()))),
            )
            for age, gender in zip(ages, genders, strict=True)
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


def _nearest_brackets() -> NDArray[np.intp]:
    """Return for each of AGES the index of its bracket.

    An age between two brackets goes to the nearer one and, halfway (3, 7, 35), to the younger.
    """
    bounds = np.array([re.findall(r"\d+", bracket) for bracket in BRACKETS], dtype=int)
    ages = AGES[:, None]
    gaps = np.maximum(0, np.maximum(bounds[:, 0] - ages, ages - bounds[:, 1]))
    return np.asarray(gaps.argmin(axis=1), dtype=np.intp)


BRACKET_OF_AGE = _nearest_brackets()


def _exposed(chip: Chip) -> Chip:
    """Return a chip made brighter or darker if it's out of what is usual for a face."""
    face = chip[FACE_OF_CHIP, FACE_OF_CHIP]
    brightness = max(float(face.mean()) / 255, 0.02)
    factor = min(max(brightness, USUAL_BRIGHTNESS[0]), USUAL_BRIGHTNESS[1]) / brightness
    return chip if factor == 1 else np.asarray(cv2.convertScaleAbs(chip, alpha=factor), np.uint8)


def _crop(chip: Chip, side: int, size: int) -> Chip:
    """Return the middle of a chip at another size, without the smoothing that would blur it."""
    start = (CHIP_SIZE - side) // 2
    middle = chip[start : start + side, start : start + side]
    return np.asarray(cv2.resize(middle, (size, size), interpolation=cv2.INTER_LINEAR), np.uint8)


def _sharpened(chip: Chip) -> Chip:
    """Return a chip with an unsharp mask of 1 px."""
    blurred = cv2.GaussianBlur(chip, (0, 0), 1.0)
    return np.asarray(cv2.addWeighted(chip, 1 + SHARPENING, blurred, -SHARPENING, 0), np.uint8)


def _normalised(chips: Sequence[Chip]) -> Array:
    """Return chips as the networks take them: (n, 3, size, size), RGB less its means, over 256."""
    return ((np.stack(chips) - CHANNEL_MEANS) / 256.0).transpose(0, 3, 1, 2).astype(np.float32)
