"""Fits the curves of `analysis.demographics.face_api`, and judges them on photos that had no say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np

from analysis.demographics import face_api
from benchmarks.accuracy.metrics import Flags, Floats

HELD = 0.805  # of the ages of each band; the goal is 77 to 83 %
# The goal is for bands of 15 years; decades have a say too, or a band is held well at one end only.
BANDS = ((0, 14), (15, 29), (30, 44), (45, 59), (60, 120))
DECADES = (*((start, start + 9) for start in range(0, 70, 10)), (70, 120))
BANDS_WEIGH, DECADES_WEIGH, TAILS_WEIGH = 1500.0, 450.0, 1500.0
ROUGHNESS_WEIGHS = 3.0
SOFTNESS = 0.7  # years: an age that is just outside counts by half, so that the search sees a slope
TRIALS = 2500
FOLDS = 10
SEED = 20240
# No photo of a set of ages 2 to 80 says what is right at the ends.
BELOW_AT_BIRTH, ABOVE_AT_BIRTH = face_api.BELOW[0], face_api.ABOVE[0]


@dataclass(frozen=True, slots=True, eq=False)
class Curves:
    """`years` at face_api.SAID, `below` and `above` at face_api.AT_AGES."""

    years: Floats
    below: Floats
    above: Floats

    @classmethod
    def shipped(cls) -> Self:
        return cls(*map(np.array, (face_api.YEARS, face_api.BELOW, face_api.ABOVE)))

    def told(self, said: Floats) -> tuple[Floats, Floats, Floats]:
        """Return the ages and the two ends of their ranges for what the network said."""
        years = np.interp(said, face_api.SAID, self.years)
        below, above = (
            np.interp(years, face_api.AT_AGES, part) for part in (self.below, self.above)
        )
        return years, np.maximum(0, years - below), years + above


def said_for(years: Floats) -> Floats:
    """Return what the network must have said for the shipped curve to make `years` of it."""
    return np.interp(years, face_api.YEARS, face_api.SAID)


def fit(said: Floats, ages: Floats) -> Curves:
    """Return the curves that fit best to what the network said of people of known `ages`."""
    years = _least_absolute(said, ages)
    told = np.interp(said, face_api.SAID, years)
    return Curves(years, *_spread(told, ages))


def cross_fitted(said: Floats, ages: Floats, folds: int = FOLDS) -> tuple[Floats, Floats, Floats]:
    """Return ages and ranges, each by curves fitted to the other folds."""
    fold_of = np.random.default_rng(SEED).permutation(len(ages)) % folds
    told = np.zeros((3, len(ages)))
    for fold in range(folds):
        inside = fold_of == fold
        told[:, inside] = fit(said[~inside], ages[~inside]).told(said[inside])
    return told[0], told[1], told[2]


def _least_absolute(said: Floats, ages: Floats) -> Floats:
    """Return the pieces' ends with the least absolute error, by least squares that are weighed anew."""
    inner = np.array(face_api.SAID[:-1])
    parts = np.stack([np.interp(said, inner, one) for one in np.eye(len(inner))], axis=1)
    held = 1e-3 * np.eye(len(inner))  # Where nobody is, the network is believed.
    weights = np.ones(len(ages))
    for _ in range(60):
        weighed = parts * weights[:, None]
        found = np.linalg.solve(parts.T @ weighed + held, weighed.T @ ages + held @ inner)
        # Half a year at least: who is told exactly would weigh without end.
        weights = 1 / np.maximum(np.abs(ages - parts @ found), 0.5)
    ends = np.append(found, face_api.YEARS[-1])
    # Who looks older is never told to be younger.
    return np.asarray(np.maximum.accumulate(ends))


def _spread(years: Floats, ages: Floats) -> tuple[Floats, Floats]:
    """Return the narrowest ranges that hold HELD of the ages of each band, by a random search."""
    random = np.random.default_rng(SEED)
    groups = [_between(ages, band) for band in (*BANDS, *DECADES)]
    present = [group.any() for group in groups]
    weighs = np.array([BANDS_WEIGH] * len(BANDS) + [DECADES_WEIGH] * len(DECADES)) * present

    def cost(logarithms: Floats) -> float:
        below, above = _curves(logarithms)
        low = years - np.interp(years, face_api.AT_AGES, below)
        high = years + np.interp(years, face_api.AT_AGES, above)
        reached, not_passed = _soft(ages - low), _soft(high - ages)
        held = reached * not_passed
        shares = np.array([held[group].mean() if group.any() else HELD for group in groups])
        rough = sum(float((np.diff(np.log(part), 2) ** 2).sum()) for part in (below, above))
        missed = float((weighs * (shares - HELD) ** 2).sum())
        lopsided = float(reached.mean() - not_passed.mean()) ** 2
        width = float((high - low).mean())
        return width + missed + TAILS_WEIGH * lopsided + ROUGHNESS_WEIGHS * rough

    best = np.log(np.full(2 * (len(face_api.AT_AGES) - 1), 8.0))
    least, step = cost(best), 0.3
    for _ in range(TRIALS):
        some = random.random(len(best)) < 0.4
        trial = best + step * random.normal(size=len(best)) * some
        if (found := cost(trial)) < least:
            best, least, step = trial, found, min(0.4, step * 1.3)
        else:
            step = max(0.01, step * 0.985)
    return _curves(best)


def _curves(logarithms: Floats) -> tuple[Floats, Floats]:
    below, above = np.split(np.exp(logarithms), 2)
    return np.insert(below, 0, BELOW_AT_BIRTH), np.insert(above, 0, ABOVE_AT_BIRTH)


def _soft(inside: Floats) -> Floats:
    """Return about 1 for what lies inside by some years, about 0 for what lies outside."""
    return np.asarray(1 / (1 + np.exp(-np.clip(inside / SOFTNESS, -30, 30))))


def _between(ages: Floats, band: tuple[int, int]) -> Flags:
    return (ages >= band[0]) & (ages <= band[1])
