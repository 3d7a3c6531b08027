"""Apparent age and gender: dlib-models' networks (Cydral Technology, CC0) on small aligned chips."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from analysis.alignment import AlignedFace
from analysis.networks import Network
from analysis.results import BRACKETS, AgeEstimate, Array, GenderEstimate

AGE_CHIP_SIZE = 64
GENDER_CHIP_SIZE = 32
CHIP_PADDING = 0.2
AGES = 81
CHANNEL_MEANS = np.array([122.782, 117.001, 104.298], dtype=np.float32)
GENDERS: tuple[Literal["female", "male"], ...] = ("female", "male")


def _nearest_brackets() -> NDArray[np.intp]:
    """Return for each age in 0..80 the index of its bracket.

    An age between two brackets goes to the nearer one and, halfway (3, 7, 35), to the younger.
    """
    bounds = np.array([re.findall(r"\d+", bracket) for bracket in BRACKETS], dtype=int)
    ages = np.arange(AGES)[:, None]
    gaps = np.maximum(0, np.maximum(bounds[:, 0] - ages, ages - bounds[:, 1]))
    return np.asarray(gaps.argmin(axis=1), dtype=np.intp)


BRACKET_OF_AGE = _nearest_brackets()
# The network's own reading of its 81 classes: the first stands for a quarter of a year.
YEARS_OF_CLASS = np.arange(AGES, dtype=np.float64)
YEARS_OF_CLASS[0] = 0.25


class DlibModels:
    """Age from chips of 64 px, a probability for each of the years 0 to 80; gender from 32 px."""

    name = "dlib-age-v1, dlib-gender-v1"

    def __init__(self, age: Path, gender: Path) -> None:
        self._age = Network(age)
        self._gender = Network(gender)

    def estimate(self, faces: Sequence[AlignedFace]) -> list[tuple[AgeEstimate, GenderEstimate]]:
        """Return an estimate of both for each of at least one face."""
        ages = self._age(_normalised(faces, AGE_CHIP_SIZE))
        genders = self._gender(_normalised(faces, GENDER_CHIP_SIZE))
        return [
            (age_estimate(age), GenderEstimate(GENDERS[gender.argmax()], float(gender.max())))
            for age, gender in zip(ages, genders, strict=True)
        ]


def age_estimate(probabilities: Array) -> AgeEstimate:
    """Return the expected age, its interval, and the likeliest bracket with its share of (81,)."""
    shares = probabilities.astype(np.float64) / probabilities.sum()
    brackets = np.bincount(BRACKET_OF_AGE, weights=shares, minlength=len(BRACKETS))
    best = int(brackets.argmax())
    reached = shares.cumsum()
    return AgeEstimate(
        years=float(shares @ YEARS_OF_CLASS),
        bracket=BRACKETS[best],
        confidence=min(1.0, float(brackets[best])),
        low=float(YEARS_OF_CLASS[reached.searchsorted(0.1)]),
        high=float(YEARS_OF_CLASS[min(reached.searchsorted(0.9), AGES - 1)]),
    )


def _normalised(faces: Sequence[AlignedFace], size: int) -> Array:
    """Return chips as the networks take them: (n, 3, size, size), RGB less its means, over 256."""
    chips = np.stack([face.chip(size, CHIP_PADDING) for face in faces])
    return ((chips - CHANNEL_MEANS) / 256.0).transpose(0, 3, 1, 2).astype(np.float32)
