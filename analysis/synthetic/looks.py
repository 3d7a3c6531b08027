"""What the networks would say of made faces: ages, genders, emotions, and how well they can be seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.results import EMOTIONS
from analysis.synthetic.people import Traits
from analysis.synthetic.spreads import Floats

# How the emotions of people who know that they are photographed are shared out, in the order of EMOTIONS.
SHOWN = (0.03, 0.01, 0.03, 0.48, 0.09, 0.03, 0.33)
HAPPY = EMOTIONS.index("happy")
SURE = 6.0  # how peaked the shares of an emotion are
CLEAR = 0.7  # the least score of a face by which somebody is known


@dataclass(frozen=True, slots=True, eq=False)
class Looks:
    """Of n faces: the age in years with its interval, the gender and the emotions with how sure each is."""

    years: Floats
    low: Floats
    high: Floats
    age_confidence: Floats
    is_male: NDArray[np.bool_]
    gender_confidence: Floats
    emotions: Floats
    quality: Floats
    sharpness: Floats
    brightness: Floats
    yaw: Floats
    pitch: Floats
    roll: Floats


def looks(
    random: np.random.Generator,
    people: Traits,
    ages: Floats,
    size: Floats,
    clear: NDArray[np.bool_],
) -> Looks:
    """Return the looks of people of these ages whose eyes are `size` pixels apart; `clear` ones are fit."""
    n = len(ages)
    older = people.older * np.minimum(1, ages / 20)
    years = np.clip(ages + older + random.normal(0, 1.5 + 0.1 * ages), 0.3, 95)
    # Children's genders are told wrong more often.
    wrong = random.random(n) < np.where(ages < 13, 0.15, 0.03)
    confidence = np.where(wrong, random.beta(2, 2, n), random.beta(8, 1, n)) / 2 + 0.5
    likely = _emotions(random, people.smiles)
    sharpness = np.clip(np.minimum(random.beta(12, 2, n), size / 18), 0.02, 1)
    sharpness[clear] = np.maximum(sharpness[clear], 0.85)
    yaw, pitch = random.normal(0, 16, n), random.normal(-2, 8, n)
    yaw[clear] /= 3
    turned = np.clip((np.abs(yaw) - 20) / 70, 0, 1)
    small = np.clip(size / 12, 0, 1)
    score = np.clip(small * (0.2 + 0.8 * sharpness) * (1 - turned) ** 2, 0, 1)
    score[clear] = np.maximum(score[clear], random.uniform(CLEAR, 1, int(clear.sum())))
    return Looks(
        years,
        np.maximum(0, years - 3 - 0.15 * years),
        years + 3 + 0.18 * years,
        random.uniform(0.4, 0.95, n),
        people.is_male ^ wrong,
        confidence,
        likely,
        score,
        sharpness,
        np.clip(random.normal(0.45, 0.1, n), 0.12, 0.78),
        yaw,
        pitch,
        random.normal(0, 7, n),
    )


def _emotions(random: np.random.Generator, smiles: Floats) -> Floats:
    """Return the shares of EMOTIONS on a face each of people who smile so often, (n, 7)."""
    weights = np.outer((1 - smiles) / (1 - SHOWN[HAPPY]), SHOWN)
    weights[:, HAPPY] = smiles
    drawn = random.gamma(weights * SURE) + 1e-6
    return np.asarray(drawn / drawn.sum(axis=1, keepdims=True))
