"""Makes faces for a roster's network to learn from: photos of its people, and of strangers.

Most people are known by one face or two, which teach nothing of how else they look. So faces are made round
each: as far from it as the calibration of the population map says that two photos of one person lie, in
directions in which faces differ. Strangers are made as far from whom they are nearest to as the calibration
says of strangers, and some anywhere on the map.

Both lie in the same directions: with others for each a network learns to tell the directions apart, and
of real strangers it then named 30 in 100 where 1 was wanted (LFW, 486 people).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from analysis.matching import Population, distances, normalised
from analysis.population.clusters import SPREAD
from analysis.results import Array

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]

# Of strangers, who are made anywhere on the map and not near anybody.
ANYWHERE = 0.15
# Centres round each one of the map, by whose differences faces are taken to differ: these are 0.79 like the
# differences of one person's photos (correlation with the covariance on LFW), random ones 0.66.
ROUND = 20
NEAREST = 0.05  # that a made face lies to another
DISTANCES = 4_000_000  # computed at a time: 100 MB with all that they take


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What a network learns of: encodings (k, 128), their levels, and whose each is (k,), from 0 on."""

    vectors: Array
    levels: Array
    whose: Numbers

    @property
    def people(self) -> int:
        return int(self.whose.max()) + 1

    def __getitem__(self, chosen: NDArray[np.bool_]) -> Known:
        """Return some of it, its people numbered from 0 on again in their order."""
        _, whose = np.unique(self.whose[chosen], return_inverse=True)
        return Known(self.vectors[chosen], self.levels[chosen], whose.astype(np.int64))


class MadeFaces:
    """Makes faces round what is known, others each time; the same seed makes the same ones."""

    def __init__(self, known: Known, population: Population, seed: int) -> None:
        self.known, self.population = known, population
        self.length = float(np.linalg.norm(known.vectors, axis=1).mean())
        self._random = np.random.default_rng(seed)
        self._shape = _shape(population)
        self._order = np.argsort(known.whose, kind="stable")
        self._counts = np.bincount(known.whose)

    def of_people(self, each: int) -> tuple[Array, Numbers]:
        """Return so many faces of each person, and whose they are."""
        whose = np.repeat(np.arange(self.known.people), each)
        chosen = self._random.random(len(whose)) * self._counts[whose]
        starts = np.cumsum(self._counts) - self._counts
        near = self._order[starts[whose] + chosen.astype(np.int64)]
        said = self.population.calibration
        apart = np.interp(self._random.random(len(whose)), said.same, said.at)
        found, _ = self._moved(near, self._directions(len(whose)), apart)
        return found, whose

    def strangers(self, count: int, anywhere: float = ANYWHERE) -> Array:
        """Return so many strangers, that share of them anywhere."""
        found = [
            self._anywhere(round(count * anywhere)),
            self._near(count - round(count * anywhere)),
        ]
        return np.concatenate(found)

    def _anywhere(self, count: int) -> Array:
        found = self.population
        chosen = self._random.integers(len(found.centres), size=count)
        spread = np.sqrt(found.spreads[chosen] / SPREAD)[:, None]
        return self._on_sphere(found.centres[chosen] + spread * self._directions(count))

    def _near(self, count: int) -> Array:
        """Return strangers whose nearest people are as far as those of real ones."""
        if not count:
            return np.empty((0, self.known.vectors.shape[1]), np.float32)
        near = self._random.integers(len(self.known.vectors), size=count)
        first = self._as_far(self._random.random(count))
        found, levels = self._moved(near, self._directions(count), first)
        # Others may be nearer than whom each was made near to: each is moved once more.
        near, away = self._nearest(found, levels)
        ranks = away.argsort(kind="stable").argsort(kind="stable")
        apart = self._as_far((ranks + 0.5) / count)
        return self._moved(near, found.astype(np.float64), apart, levels)[0]

    def _as_far(self, shares: Floats) -> Floats:
        """Return the distances below which these shares of strangers have somebody of the roster."""
        of_pairs = 1 - (1 - shares) ** (1 / self.known.people)
        said = self.population.calibration
        logs = np.log10(np.maximum(of_pairs, 1e-12))
        return np.asarray(np.interp(logs, said.strangers, said.at), np.float64)

    def _nearest(self, faces: Array, levels: Array) -> tuple[Numbers, Array]:
        known = self.known
        near, away = [], []
        step = max(1, DISTANCES // len(known.vectors))
        for start in range(0, len(faces), step):
            some = slice(start, start + step)
            plain = distances(faces[some], known.vectors)
            fair = normalised(plain, levels[some], known.levels)
            near.append(fair.argmin(axis=1))
            away.append(fair.min(axis=1))
        return np.concatenate(near), np.concatenate(away)

    def _moved(
        self, near: Numbers, towards: Floats, apart: Floats, levels: Array | None = None
    ) -> tuple[Array, Array]:
        """Return faces as far as `apart`, normalised, from the known ones `near`, in some directions.

        With their levels: those about where they are, which take nearly all of the time, if not given.
        """
        vectors, theirs = self.known.vectors[near].astype(np.float64), self.known.levels[near]
        if levels is None:
            levels = self.population.levels(self._at(vectors, towards, apart + theirs))
        return self._at(vectors, towards, apart + (levels + theirs) / 2), levels

    def _at(self, vectors: Floats, towards: Floats, apart: Floats) -> Array:
        """Return the points of the sphere of encodings that are so far from vectors on it."""
        from_middle = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        along = (towards * from_middle).sum(axis=1, keepdims=True)
        sideways = towards - along * from_middle
        sideways /= np.linalg.norm(sideways, axis=1, keepdims=True)
        chord = np.clip(apart / (2 * self.length), NEAREST / 2, 0.99)
        angle = 2 * np.arcsin(chord)[:, None]
        found = self.length * (np.cos(angle) * from_middle + np.sin(angle) * sideways)
        return np.asarray(found, np.float32)

    def _on_sphere(self, vectors: Floats) -> Array:
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors * (self.length / lengths), np.float32)

    def _directions(self, count: int) -> Floats:
        """Return differences (n, 128) as those between faces, of a mean square length of 1."""
        return np.asarray(self._random.normal(size=(count, self._shape.shape[0])) @ self._shape)


@lru_cache(maxsize=1)
def _shape(population: Population) -> Floats:
    """Return a root of the covariance of the differences of centres to those round them, of trace 1.

    It takes as long as learning does, and a training asks a dozen times for that of one map.
    """
    centres = population.centres.astype(np.float64)
    few = min(ROUND, len(centres) - 1)
    if few < 1:
        return np.asarray(np.eye(centres.shape[1]) / np.sqrt(centres.shape[1]), np.float64)
    apart = distances(centres, centres)
    np.fill_diagonal(apart, np.inf)
    near = np.argpartition(apart, few - 1, axis=1)[:, :few]
    away = (centres[near] - centres[:, None, :]).reshape(-1, centres.shape[1])
    values, axes = np.linalg.eigh(away.T @ away)
    # Never flat: a map of few centres lies in fewer dimensions than faces do.
    values = np.maximum(values, values.mean() / 100)
    return np.asarray((axes * np.sqrt(values / values.sum())).T)
