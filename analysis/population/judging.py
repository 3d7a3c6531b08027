"""How far a map makes distances mean the same: on people that it was not made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from analysis.matching import Population
from analysis.population import make
from analysis.population.calibrating import Pairs, pairs
from analysis.population.clusters import TWICE
from analysis.population.sets import Flags, People, Strangers

RATE = 0.001
CHILD = 12


@dataclass(frozen=True, slots=True)
class Judged:
    """Of a group: the share of its pairs nearer than the threshold, plain and normalised.

    The thresholds let RATE of the strangers of the first set of people through, by either distance. Of
    `is_same` groups the pairs are of one person, of the others of two.
    """

    title: str
    faces: int
    is_same: bool
    plain: float
    normalised: float


def cross_fitted(strangers: Strangers, people: Mapping[str, People], seed: int = 1) -> list[Judged]:
    """Return what maps of one half of the strangers do to the other half, and to the people."""
    random = np.random.default_rng(seed)
    half = random.permutation(len(strangers)) % 2 == 0
    found = [_judged(strangers[one], strangers[~one], people, seed) for one in (half, ~half)]
    return [
        replace(
            one,
            faces=one.faces if one.is_same else one.faces + other.faces,
            plain=(one.plain + other.plain) / 2,
            normalised=(one.normalised + other.normalised) / 2,
        )
        for one, other in zip(*found, strict=True)
    ]


def _judged(
    made_of: Strangers, others: Strangers, people: Mapping[str, People], seed: int
) -> list[Judged]:
    found = make("half", "", made_of, list(people.values()), seed)
    both = [without(found), found]
    sets = [[pairs(one, some) for some in people.values()] for one in both]
    thresholds = [float(np.quantile(of_map[0].strangers, RATE)) for of_map in sets]
    judged = []
    for number, (title, some) in enumerate(people.items()):
        plain, fair = (
            _shares(of_map[number], at) for of_map, at in zip(sets, thresholds, strict=True)
        )
        judged += [
            Judged(title, len(some.names), True, plain[0], fair[0]),
            Judged(title, len(some.names), False, plain[1], fair[1]),
        ]
    for title, chosen in groups(others):
        group = others[chosen]
        shares = [share_of(one, group, at) for one, at in zip(both, thresholds, strict=True)]
        judged.append(Judged(title, len(group), False, *shares))
    return judged


def without(found: Population) -> Population:
    """Return a map that knows no crowds, by which the normalised distance is the plain one."""
    whole = without(found.whole) if found.whole else None
    return replace(found, centres=found.centres[:1], spreads=found.spreads[:1], whole=whole)


def _shares(found: Pairs, threshold: float) -> tuple[float, float]:
    return float((found.same < threshold).mean()), float((found.strangers < threshold).mean())


def share_of(found: Population, group: Strangers, threshold: float) -> float:
    """Return which share of the pairs of a group is nearer than `threshold`, those there twice left out."""
    alone = People(group.encodings, np.arange(len(group)).astype(str))
    plain = pairs(without(found), alone).strangers
    return float((pairs(found, alone).strangers[plain >= TWICE] < threshold).mean())


def groups(strangers: Strangers) -> Iterator[tuple[str, Flags]]:
    """Yield the grown of each group, the children of each, and all children, where there are pairs."""
    children: Flags = strangers.ages <= CHILD
    names = np.unique(strangers.groups)
    found = {
        f"{name}, {CHILD + 1} and older": (strangers.groups == name) & ~children for name in names
    }
    found |= {f"{name}, up to {CHILD}": (strangers.groups == name) & children for name in names}
    found[f"all up to {CHILD}"] = children
    yield from ((title, chosen) for title, chosen in found.items() if chosen.sum() > 1)
