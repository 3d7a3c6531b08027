"""Whose face is it: distances between encodings, in NumPy alone, so also in the web process.

dlib's distance does not mean the same for everybody: below 0.6 lie 1 % of the pairs of two white adults,
28 % of Asian ones and 94 % of two Asian children. A *population map* says how near strangers lie to a face
(its *level*), and the normalised distance counts from there, after the adaptive symmetric score
normalisation of speaker verification (Matejka et al., 2017, doi:10.21437/Interspeech.2017-1403):

    normalised(a, b) = distance(a, b) - (level(a) + level(b)) / 2

A level is one number a face: 0 in a neighbourhood as crowded as is usual on LFW, below 0 in a more crowded
one. Without a map each level is 0, and the normalised distance is the plain one.

An encoding is *whole* if it has 256 numbers: dlib's 128, and 128 of a second network (`encoding/joint.py`).
Others have dlib's alone, those of files or of earlier analyses; among whole ones they have zeros behind.
Two faces are compared by what both have. By both networks strangers lie closer together and further away,
so that distance is stretched until as many of them are nearer as by dlib's alone (`_stretched`): one limit
means the same for all, and one person's faces are nearer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from zipfile import BadZipFile

import numpy as np
from numpy.typing import NDArray

from analysis.results import Array

Vectors = NDArray[np.floating[Any]]
F = TypeVar("F", np.float32, np.float64)
MAP = "map.npz"
WHOLE = "whole_"  # before the names of what a map has of whole encodings
# Levels computed at a time: of 1,100 centres 18 MB in float64.
AT_A_TIME = 2000
NUMBERS = 128  # of an encoding, dlib's alone
# The second network's share in the square of a distance, see docs/accuracy.md.
SHARE = 0.4
# As many strangers are nearer than a distance by both networks as than SLOPE times it less SHIFT by dlib's
# alone: to 0.005 for 1 in 10 to 1 in 10 million. Below, where no stranger is, it goes to 0.
SLOPE, SHIFT, NEAREST = 1.195, 0.170, 0.63


def stacked(encodings: Sequence[Vectors]) -> Vectors:
    """Return n encodings, one or more, as (n, 128), or (n, 256) if any is whole: the others with zeros."""
    longest = max(map(len, encodings))
    if all(len(one) == longest for one in encodings):
        return np.stack(encodings)
    found = np.zeros((len(encodings), longest), np.float32)
    for row, one in zip(found, encodings, strict=True):
        row[: len(one)] = one
    return found


def joined(parts: Sequence[Vectors]) -> Vectors:
    """Return encodings of several arrays in one: (n, 256) if any is, the others with zeros."""
    longest = max(part.shape[1] for part in parts)
    if all(part.shape[1] == longest for part in parts):
        return np.concatenate(parts)
    found = np.zeros((sum(map(len, parts)), longest), parts[0].dtype)
    start = 0
    for part in parts:
        found[start : start + len(part), : part.shape[1]] = part
        start += len(part)
    return found


def in_common(encodings: Vectors) -> Vectors:
    """Return what all of n encodings have: (n, 256) where all are whole, else dlib's numbers (n, 128)."""
    return encodings if are_whole(encodings).all() else first(encodings)


def first(encodings: Vectors) -> Vectors:
    """Return dlib's numbers of encodings, (n, 128)."""
    return encodings[:, :NUMBERS]


def is_whole(encodings: Vectors) -> bool:
    """Return whether there is room for the second network's numbers in encodings: (n, 256)."""
    return bool(encodings.shape[1] > NUMBERS)


def are_whole(encodings: Vectors) -> NDArray[np.bool_]:
    """Return which of n encodings have the second network's numbers too, (n,)."""
    return np.asarray(encodings[:, NUMBERS:].any(axis=1))


def distances(probes: Vectors, known: Vectors) -> Array:
    """Return the distances of n probes to k known encodings as (n, k), each by what both have.

    By dlib's numbers alone that is the Euclidean one. The squares are expanded, so that one matrix product
    does the work. In float32 that would cost three digits near zero; in float64 it is right to 1e-7.
    """
    both = are_whole(probes)[:, None] & are_whole(known)[None, :]
    if both.all() and both.size:
        return _apart(_squares(probes, known), by_both=True)
    found = _apart(_squares(first(probes), first(known)), by_both=False)
    if both.any():
        found[both] = _apart(_squares(probes, known)[both], by_both=True)
    return found


def distance(one: Vectors, other: Vectors) -> float:
    """Return the distance of two encodings, by what both have."""
    return float(distances(one[None], other[None])[0, 0])


def _apart(squares: NDArray[np.float64], *, by_both: bool) -> Array:
    """Return squared differences of encodings as distances, float32; the squares change."""
    if by_both:
        squares *= 1 - SHARE
    apart = np.sqrt(squares, out=squares)
    return (stretched(apart) if by_both else apart).astype(np.float32)


def stretched(apart: NDArray[F]) -> NDArray[F]:
    """Return distances by both networks on the scale of those by dlib's alone."""
    return np.asarray(np.maximum(NEAREST * apart, SLOPE * apart - SHIFT), apart.dtype)


def joint(encodings: Vectors) -> Vectors:
    """Return whole encodings (n, 256) so that their Euclidean distances are those by both networks.

    What `stretched` makes of these is what `distances` returns.
    """
    return np.asarray(encodings * np.float32(np.sqrt(1 - SHARE)))


def _squares(probes: Vectors, known: Vectors) -> NDArray[np.float64]:
    left, right = probes.astype(np.float64), known.astype(np.float64)
    # In place: with millions of distances each array more costs as much as computing them.
    squares: NDArray[np.float64] = left @ right.T
    squares *= -2.0
    squares += (left**2).sum(axis=1)[:, None]
    squares += (right**2).sum(axis=1)[None, :]
    # Rounding can bring the square of a face's distance to itself below 0, which has no root.
    return np.maximum(squares, 0.0, out=squares)


def normalised(plain: Array, levels: Array, known_levels: Array) -> Array:
    """Return plain distances (n, k) as normalised ones: n levels of the probes, k of the known."""
    return np.asarray(plain - (levels[:, None] + known_levels[None, :]) / 2, np.float32)


def nearest_people(apart: Array, people: NDArray[np.int64]) -> tuple[NDArray[np.int64], Array]:
    """Return the people (p,), ascending, and each probe's distance to the nearest encoding of each.

    `apart` (n, k) are distances to k known encodings, `people` (k,) says whose these are. What is
    returned is (n, p).
    """
    order = np.argsort(people, kind="stable")
    ids, starts = np.unique(people[order], return_index=True)
    if not len(ids):
        return ids, np.empty((len(apart), 0), dtype=np.float32)
    return ids, np.minimum.reduceat(apart[:, order], starts, axis=1)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """What a normalised distance means, measured on pairs of people who are known.

    At each of the distances `at`, ascending, `strangers` is the decimal logarithm of the share of pairs of
    two people that lie nearer, `same` the share of pairs of one person that do. The odds that a pair
    is one person, where both are as likely beforehand, are exp(`intercept` - `slope` * distance). Pairs of
    faces that look younger than `grown` years have to be nearer by `children` for the same errors.
    """

    at: NDArray[np.float64]
    strangers: NDArray[np.float64]
    same: NDArray[np.float64]
    intercept: float
    slope: float
    children: float = 0.0
    grown: float = 13.0

    @classmethod
    def of_nothing(cls) -> Calibration:
        """Return one that was measured on nothing: all is as likely as not."""
        return cls(np.array([0.0]), np.array([0.0]), np.array([0.0]), 0.0, 0.0)

    def share_of_strangers(self, distance: float) -> float:
        """Return the share of pairs of two people that lie nearer than `distance`."""
        return float(10 ** np.interp(distance, self.at, self.strangers))

    def distance_of_strangers(self, share: float) -> float:
        """Return the distance below which `share` of the pairs of two people lie, 0 < share <= 1."""
        return float(np.interp(np.log10(share), self.strangers, self.at))

    def share_of_same(self, distance: float) -> float:
        """Return the share of pairs of one person that lie nearer than `distance`."""
        return float(np.interp(distance, self.at, self.same))

    def probability(self, distance: float, people: int = 1) -> float:
        """Return how likely the nearest of `people` at that distance is whom a face shows.

        Beforehand the face is as likely somebody else as one of them, and each of them as likely.
        """
        logit = self.intercept - self.slope * distance - np.log(max(1, people))
        return float(1 / (1 + np.exp(-logit)))


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """A map of where faces lie: `centres` (n, 128), each the mean of several, and their `spreads` (n,).

    A face's neighbourhood is the mean of its `neighbours` least distances to centres, each distance the
    root of its square and the centre's spread; its level is `weight` times twice what that differs from
    `usual`, at most `roomiest`: far from everybody are things that are no faces, and nobody is nearer to
    anyone for that. `encoder` names whose encodings these are; no others have a level by this map.
    Whole encodings have theirs by the map `whole`, whose centres are (n, 256), if there is one.
    """

    name: str
    encoder: str
    centres: Array
    spreads: Array
    usual: float
    roomiest: float
    neighbours: int
    weight: float
    calibration: Calibration
    whole: Population | None = None

    def levels(self, encodings: Array) -> Array:
        """Return the levels (n,) of encodings: 0 by a map of one centre or none."""
        if self.whole is None:
            return self.own_levels(first(encodings))
        whole = are_whole(encodings)
        found = np.empty(len(encodings), np.float32)
        found[~whole] = self.own_levels(first(encodings[~whole]))
        found[whole] = self.whole.own_levels(encodings[whole])
        return found

    def own_levels(self, encodings: Array) -> Array:
        """Return those of encodings that all have as many numbers as the centres."""
        if len(self.centres) <= 1:
            return np.zeros(len(encodings), np.float32)
        starts = range(0, len(encodings), AT_A_TIME)
        parts = [self.crowding(encodings[start : start + AT_A_TIME]) for start in starts]
        around = np.concatenate(parts) if parts else np.zeros(0)
        levels = 2 * self.weight * (around - self.usual)
        return np.asarray(np.minimum(levels, self.roomiest), np.float32)

    def crowding(self, encodings: Array) -> NDArray[np.float64]:
        """Return how far the nearest strangers of each encoding are, (n,)."""
        squares = _squares(encodings, self.centres)
        squares += self.spreads[None, :]
        away = _apart(squares, by_both=is_whole(self.centres))
        few = min(self.neighbours, len(self.centres))
        nearest = np.partition(away, few - 1, axis=1)[:, :few]
        return np.asarray(nearest.mean(axis=1), np.float64)

    def save(self, path: Path) -> None:
        """Write the map as NPZ, which `read` reads."""
        said = self.calibration
        path.parent.mkdir(parents=True, exist_ok=True)
        whole = self.whole._places(WHOLE) if self.whole else {}
        np.savez_compressed(
            path,
            name=np.array(self.name),
            encoder=np.array(self.encoder),
            neighbours=np.array(self.neighbours),
            weight=np.array(self.weight),
            at=said.at,
            strangers=said.strangers,
            same=said.same,
            odds=np.array([said.intercept, said.slope]),
            children=np.array([said.children, said.grown]),
            **self._places(),
            **whole,
        )

    def _places(self, prefix: str = "") -> dict[str, Any]:
        return {
            f"{prefix}centres": self.centres,
            f"{prefix}spreads": self.spreads,
            f"{prefix}usual": np.array([self.usual, self.roomiest]),
        }


def read(path: Path) -> Population:
    """Read a map that `Population.save` wrote; raises OSError, ValueError or KeyError where it is none."""
    try:
        # Opened here: NumPy leaves a file open that is no zip.
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            values = {key: file[key] for key in file.files}
    except BadZipFile as error:
        raise ValueError(f"{path} is no whole map.") from error
    whole = _read(values, WHOLE) if f"{WHOLE}centres" in values else None
    return replace(_read(values), whole=whole)


def _read(values: Mapping[str, NDArray[Any]], prefix: str = "") -> Population:
    said = Calibration(
        values["at"], values["strangers"], values["same"], *values["odds"], *values["children"]
    )
    return Population(
        name=str(values["name"]),
        encoder=str(values["encoder"]),
        centres=values[f"{prefix}centres"],
        spreads=values[f"{prefix}spreads"],
        usual=float(values[f"{prefix}usual"][0]),
        roomiest=float(values[f"{prefix}usual"][1]),
        neighbours=int(values["neighbours"]),
        weight=float(values["weight"]),
        calibration=said,
    )


@cache
def population(folder: Path) -> Population | None:
    """Return the map in `folder`, read once; None where there is none."""
    path = folder / MAP
    return read(path) if path.is_file() else None
