"""Tries a roster's network out on faces and strangers that it did not learn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis import health, naming
from analysis.dense import Floats
from analysis.health import Tally
from analysis.matching import Population, distances, normalised
from analysis.naming import Limits, Way
from analysis.results import Array
from analysis.roster_network import RosterNetwork
from analysis.training.made_faces import Known, MadeFaces
from analysis.training.roster_fit import Fitted, fit

# Strangers by whom the odds are measured: one in 1,000 of them are 20. Of networks that are only tried out
# there are fewer.
STRANGERS, FEWER = 20_000, 6000
SHARES = np.logspace(0, -3.5, 43)
# Of real strangers of LFW as many more were named as of made ones, at the worst of 20 to 486 people.
CAUTION = 1.5
# Another seed than that of what a network learns from.
OTHER = 1_000_003


@dataclass(slots=True)
class Tried:
    """What became of faces of people known by others too, of those known by none, and of made strangers.

    `several` and `alone` are as in `analysis.health`; `strangers` is the share of them that got a name.
    """

    several: Tally = field(default_factory=Tally)
    alone: Tally = field(default_factory=Tally)
    strangers: float = 0.0


def measured(
    fitted: Fitted,
    known: Known,
    population: Population,
    people: NDArray[np.int64],
    seed: int,
    count: int = STRANGERS,
) -> RosterNetwork:
    """Return the network with what its odds are worth, by strangers that it did not learn from."""
    strangers = MadeFaces(known, population, seed + OTHER).strangers(count, anywhere=0.0)
    best = fitted.network.odds(strangers)[:, :-1].max(axis=1)
    odds: Floats = np.quantile(best, 1 - SHARES)
    shares = np.minimum(CAUTION * SHARES, 1.0)
    return RosterNetwork(fitted.network, people, population.encoder, odds, shares)


def tried(
    known: Known,
    children: NDArray[np.bool_],
    population: Population,
    accepted: Sequence[int],
    seed: int,
) -> Mapping[str, Mapping[str, Any]]:
    """Leave each known face out once and tell it by a network of half of the others: cross-fitting.

    Of whoever is known by one face that is a network without them: to it they are a stranger. What is
    returned is a `Tried`, as JSON has it, for each of `accepted`: where one in so many strangers may get a
    name. `children` (k,) says which faces are a child's.
    """
    found = {one: Tried() for one in accepted}
    halves = [kept for kept in folds(known.whose) if kept.any() and not kept.all()]
    for number, kept in enumerate(halves):
        # By their numbers among all people.
        people, some = np.unique(known.whose[kept]), known[kept]
        fitted = fit(some, population, seed + number)
        network = measured(fitted, some, population, people, seed, FEWER)
        made = MadeFaces(some, population, seed + number + 2 * OTHER)
        strangers = made.strangers(FEWER, anywhere=0.0)
        nearest = network.tell(strangers, population.calibration).apart.min(axis=1)
        for one, so_far in found.items():
            limits = Limits.of(population.calibration, len(people), 1 / one).without_margin()
            so_far.strangers += float((nearest <= limits.sure).mean()) / len(halves)
            _count(network, known, kept, children, population, limits, so_far)
    return {f"{one}": asdict(so_far) for one, so_far in found.items()}


def folds(whose: NDArray[np.int64]) -> Iterator[NDArray[np.bool_]]:
    """Yield twice which faces are kept: every second of each person's, and of those who have one."""
    counts = np.bincount(whose)
    order = np.argsort(whose, kind="stable")
    within = np.empty(len(whose), np.int64)
    within[order] = np.arange(len(whose)) - np.repeat(np.cumsum(counts) - counts, counts)
    alone = np.cumsum(counts == 1)[whose]
    second = np.where(counts[whose] == 1, alone, within) % 2 == 0
    yield from (second, ~second)


def _count(
    network: RosterNetwork,
    known: Known,
    kept: NDArray[np.bool_],
    children: NDArray[np.bool_],
    population: Population,
    limits: Limits,
    so_far: Tried,
) -> None:
    probes: Array = known.vectors[~kept]
    plain = distances(probes, known.vectors[kept])
    fair = normalised(plain, known.levels[~kept], known.levels[kept])
    counted = network.tell(probes, population.calibration).counted(fair, known.whose[kept])
    ranking = naming.rank(plain, counted, known.whose[kept], limits.maybe, Way.CLASSIFIER)
    mine = known.whose[~kept]
    health.count(
        ranking,
        mine,
        np.bincount(known.whose)[mine] > 1,
        children[~kept],
        limits,
        Way.CLASSIFIER,
        (so_far.several, so_far.alone),
    )
