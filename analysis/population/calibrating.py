"""What normalised distances mean, measured on pairs of people who are known."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.matching import Calibration, Population, distances, normalised
from analysis.population.sets import Floats, People
from analysis.results import Array

# A set of fewer people says nothing of strangers: a few who look alike would be all of them.
MANY = 100
# Nor do fewer pairs. Nearer ones follow from how steeply shares fell before, from STEEP times as many.
ENOUGH = 10
STEEP = 30
# By how much nearer than adults two children of one group have to be for 1 error in 1,000: 0.005 to 0.023.
CHILDREN = 0.025
ROUNDS = 50  # of Newton's method, which needs ten
AT = np.round(np.arange(0.0, 1.501, 0.01), 2)


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """The normalised distances of all pairs of one person, and of those of two; of so many people."""

    same: Array
    strangers: Array
    people: int


def pairs(found: Population, people: People) -> Pairs:
    """Return the normalised distances of all pairs of photos of a set."""
    levels = found.levels(people.encodings)
    apart = normalised(distances(people.encodings, people.encodings), levels, levels)
    once = np.triu(np.ones(apart.shape, dtype=bool), 1)
    same = people.names[:, None] == people.names[None, :]
    return Pairs(apart[once & same], apart[once & ~same], len(np.unique(people.names)))


def calibrate(sets: Sequence[Pairs]) -> Calibration:
    """Return what distances mean on several sets, of which each counts alike.

    Raises ValueError where no set has enough people, or pairs of one, to tell.
    """
    many = [one.strangers for one in sets if one.people >= MANY and len(one.same)]
    if not many:
        raise ValueError(f"A map needs photos of {MANY} people or more, some of them with several.")
    strangers = np.max([_log_shares(apart) for apart in many], axis=0)
    same = np.mean([_shares(one.same) for one in sets if len(one.same)], axis=0)
    return Calibration(AT, strangers, same, *_logistic(sets), CHILDREN)


def _shares(apart: Array) -> Floats:
    return np.searchsorted(np.sort(apart), AT) / len(apart)


def _log_shares(apart: Array) -> Floats:
    """Return the logarithms of the shares nearer than each of AT, rising all the way."""
    counts = _shares(apart) * len(apart)
    first, later = (int(np.argmax(counts >= least)) for least in (ENOUGH, ENOUGH * STEEP))
    logs = np.log10(np.maximum(counts, 1) / len(apart))
    steep = (logs[later] - logs[first]) / (AT[later] - AT[first])
    logs[:first] = logs[first] - steep * (AT[first] - AT[:first])
    # Where all are nearer it rises by nothing that matters: so that each share has one distance.
    return np.asarray(logs + 1e-9 * np.arange(len(AT)))


def _logistic(sets: Sequence[Pairs]) -> tuple[float, float]:
    """Return intercept and slope of the odds that a pair is one person, by Newton's method.

    Each set counts alike, and in it the pairs of one person as much as those of two.
    """
    apart = np.concatenate([values for one in sets for values in (one.same, one.strangers)])
    is_same = np.concatenate(
        [np.repeat([1.0, 0.0], [len(one.same), len(one.strangers)]) for one in sets]
    )
    weights = np.concatenate(
        [
            np.full(len(values), 1 / max(1, len(values)))
            for one in sets
            for values in (one.same, one.strangers)
        ]
    )
    inputs = np.stack([np.ones(len(apart)), -apart.astype(np.float64)], axis=1)
    found = np.zeros(2)
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(inputs @ found, -50, 50)))
        curved = (inputs * (weights * chance * (1 - chance))[:, None]).T @ inputs
        found += np.linalg.solve(
            curved + 1e-9 * np.eye(2), inputs.T @ (weights * (is_same - chance))
        )
    return float(found[0]), float(found[1])
