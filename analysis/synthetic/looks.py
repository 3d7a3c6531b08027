"""What the networks would say of made faces: ages, genders, emotions, and how well they can be seen."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analysis.results import EMOTIONS, FIT
from analysis.synthetic.people import Traits
from analysis.synthetic.spreads import Flags, Floats

# How the emotions of people who know that they are photographed are shared out, in the order of EMOTIONS.
SHOWN = (0.03, 0.01, 0.03, 0.48, 0.09, 0.03, 0.33)
HAPPY = EMOTIONS.index("happy")
SURE = 6.0  # how peaked the shares of an emotion are


class Seen(NamedTuple):
    """How well each of n faces can be seen, as `analysis.quality` measures it."""

    quality: Floats
    sharpness: Floats
    brightness: Floats
    yaw: Floats
    pitch: Floats
    roll: Floats


class Looks(NamedTuple):
    """Of n faces: the age in years with its interval, the gender and the emotions with how sure each is."""

    years: Floats
    low: Floats
    high: Floats
    age_confidence: Floats
    is_male: Flags
    gender_confidence: Floats
    emotions: Floats


def looks(random: np.random.Generator, people: Traits, ages: Floats) -> Looks:
    """Return what people of these ages look like."""
    count = len(ages)
    older = people.older * np.minimum(1, ages / 20)
    years = np.clip(ages + older + random.normal(0, 1.5 + 0.1 * ages), 0.3, 95)
    # Children's genders are told wrong more often.
    wrong = random.random(count) < np.where(ages < 13, 0.15, 0.03)
    sure = np.where(wrong, random.beta(2, 2, count), random.beta(8, 1, count)) / 2 + 0.5
    return Looks(
        years,
        np.maximum(0, 0.85 * years - 3),
        1.18 * years + 3,
        random.uniform(0.4, 0.95, count),
        people.is_male ^ wrong,
        sure,
        _emotions(random, people.smiles),
    )


def seen(random: np.random.Generator, size: Floats, clear: Flags) -> Seen:
    """Return how well faces can be seen whose eyes are `size` pixels apart; `clear` ones are fit."""
    count = len(size)
    sharpness = np.clip(np.minimum(random.beta(12, 2, count), size / 18), 0.02, 1)
    yaw = random.normal(0, 16, count)
    sharpness[clear] = np.maximum(sharpness[clear], 0.85)
    yaw[clear] /= 3
    # Much as `analysis.quality.score` has it, which is not for where no pixels are.
    turned = np.clip((np.abs(yaw) - 20) / 70, 0, 1)
    quality = np.clip(size / 12, 0, 1) * (0.2 + 0.8 * sharpness) * (1 - turned) ** 2
    quality[clear] = np.maximum(quality[clear], random.uniform(FIT, 1, int(clear.sum())))
    brightness = np.clip(random.normal(0.45, 0.1, count), 0.12, 0.78)
    pitch, roll = random.normal(-2, 8, count), random.normal(0, 7, count)
    return Seen(quality, sharpness, brightness, yaw, pitch, roll)


def _emotions(random: np.random.Generator, smiles: Floats) -> Floats:
    """Return the shares of EMOTIONS on a face each of people who smile so often, (n, 7)."""
    weights = np.outer((1 - smiles) / (1 - SHOWN[HAPPY]), SHOWN)
    weights[:, HAPPY] = smiles
    drawn = random.gamma(weights * SURE) + 1e-6
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))
