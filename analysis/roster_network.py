"""A roster's own network: how likely a face is each of its people, learnt from what they are known by.

`analysis.training.roster` trains one; here it is asked, by NumPy alone, so also in the web process. It
gives each person a probability, and one to strangers. What that is worth is measured on strangers whom the
training made and held out: so it is turned into the distance at which as many strangers would be near, on
the scale of the normalised distance. Naming then goes by the same limits whichever way people are told, and
people whom the network does not know yet are told beside the others by their nearest face.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis import dense
from analysis.dense import Dense, Floats
from analysis.matching import Calibration, first
from analysis.results import Array

# Of what is far from all that it learnt from a network knows nothing. So whoever's nearest known face is
# beyond the distance of so many pairs of strangers is no nearer by it.
FURTHEST = 1e-2
# Faces asked about at a time: of 2,000 people 32 MB.
AT_A_TIME = 2000


class Told(NamedTuple):
    """What a network says of n faces and its p `people`: probabilities and distances `apart`, (n, p)."""

    people: NDArray[np.int64]
    probability: Array
    apart: Array
    furthest: float

    def counted(self, fair: Array, people: NDArray[np.int64]) -> Array:
        """Return normalised distances (n, k) to known encodings, of the `people` (k,), as they count.

        All encodings of a person whom the network knows are moved together, so that the nearest of them
        is where the network has the person.
        """
        order = np.argsort(people, kind="stable")
        ids, starts = np.unique(people[order], return_index=True)
        lengths = np.diff(np.append(starts, len(order)))
        away = np.minimum.reduceat(fair[:, order], starts, axis=1)
        apart = np.full(away.shape, np.nan, np.float32)
        _, ours, theirs = np.intersect1d(ids, self.people, return_indices=True)
        apart[:, ours] = self.apart[:, theirs]
        apart = np.where(away > self.furthest, np.maximum(apart, away), apart)
        # Whom a face can't be is at an infinite distance, and stays there, as do people it does not know.
        is_moved = np.isfinite(away) & ~np.isnan(apart)
        moved = np.where(is_moved, apart - np.where(is_moved, away, 0), 0)
        found = np.empty_like(fair)
        found[:, order] = fair[:, order] + np.repeat(moved, lengths, axis=1)
        return found

    def of(self, row: int) -> dict[int, float]:
        """Return the probability of each of its people for one face."""
        return dict(zip(self.people.tolist(), self.probability[row].tolist(), strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class RosterNetwork:
    """A network of `people` (p,), by whatever numbers they have where it was trained.

    Of strangers that it did not learn from, the share `shares` had odds above `odds` (s,), ascending, of
    being the likeliest of the people. `encoder` says whose encodings it takes; `held_out` what became of
    faces that it was tried on, see `analysis.training.roster_report`.
    """

    dense: Dense
    people: NDArray[np.int64]
    encoder: str
    odds: Floats
    shares: Floats
    held_out: Mapping[str, Any] = field(default_factory=dict)

    def tell(self, encodings: Array, calibration: Calibration) -> Told:
        """Return what the network says of n encodings of its encoder, by dlib's numbers."""
        starts = range(0, max(1, len(encodings)), AT_A_TIME)
        parts = [self._odds(first(encodings)[start : start + AT_A_TIME]) for start in starts]
        odds = np.concatenate(parts)
        return Told(
            self.people,
            np.asarray(1 / (1 + np.exp(-odds)), np.float32),
            self.apart(odds, calibration),
            calibration.distance_of_strangers(FURTHEST),
        )

    def _odds(self, encodings: Array) -> Floats:
        # The last outcome is a stranger.
        return self.dense.odds(encodings)[:, :-1]

    def apart(self, odds: Floats, calibration: Calibration) -> Array:
        """Return the distances at which as many strangers are near as have such odds.

        Beyond what was measured they go on as the odds do by the calibration.
        """
        shares = self.shares / len(self.people)
        at = np.array([calibration.distance_of_strangers(share) for share in shares.tolist()])
        beyond = np.clip(odds, self.odds[0], self.odds[-1]) - odds
        found = np.interp(odds, self.odds, at) + beyond / calibration.slope
        return np.asarray(np.maximum(found, 0.0), np.float32)

    def probability_at(self, distance: float, calibration: Calibration) -> float:
        """Return the probability whose `apart` is that distance: the limit that goes with it."""
        low, high = -60.0, 60.0
        for _ in range(50):
            middle = (low + high) / 2
            if float(self.apart(np.array([middle]), calibration)[0]) > distance:
                low = middle
            else:
                high = middle
        return float(1 / (1 + np.exp(-high)))

    @property
    def about(self) -> str:
        """What is kept of it beside its numbers, as JSON."""
        found = {
            "people": self.people.tolist(),
            "encoder": self.encoder,
            "odds": self.odds.tolist(),
            "shares": self.shares.tolist(),
            "held_out": dict(self.held_out),
        }
        return json.dumps(found, separators=(",", ":"))


def read(path: Path) -> RosterNetwork:
    """Read a network that was trained; raises OSError, ValueError where there is none."""
    numbers, text = dense.read(path)
    try:
        about = json.loads(text)
        found = RosterNetwork(
            numbers,
            np.array(about["people"], np.int64),
            about["encoder"],
            np.array(about["odds"], np.float64),
            np.array(about["shares"], np.float64),
            about["held_out"],
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"{path} does not say whose network it is.") from error
    if len(numbers.bias) != len(found.people) + 1 or len(found.odds) != len(found.shares):
        raise ValueError(f"{path} has not as many outcomes as it says.")
    return found


@lru_cache(maxsize=8)
def installed(path: Path) -> RosterNetwork:
    """Return the network in a file that never changes, read once. A few: one of 2,000 people has 2 MB."""
    return read(path)
