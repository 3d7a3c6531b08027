"""Where made people's faces lie: encodings that are as far apart as those of real people."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from analysis.matching import Population, distances
from analysis.results import Array

Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]

LENGTH = 1.46  # of every encoding
NUMBERS = 128


@dataclass(frozen=True, slots=True)
class Spreads:
    """How people lie round the map's centres, and faces round people.

    Centres count `pull` of the way from the middle of all. Round them people vary by `among`, a sum of
    variances that falls along the centres' principal axes with a power of `falls`, from the axis `level`
    on; round them faces by `within`, which falls with `within_falls`, each face by its own factor, whose
    logarithm has the deviation `uneven`. Where the level of a person's place is below `crowded`, their
    faces lie nearer to each other too, by `shrinks` for each 1 of it.
    """

    pull: float = 0.583
    among: float = 0.186
    falls: float = 2.1
    level: float = 8.5
    within: float = 0.1
    within_falls: float = 0.97
    uneven: float = 0.236
    shrinks: float = 1.6
    crowded: float = -0.07


FITTED = Spreads()
# By how much further poor faces lie from a person's place, as `analysis.quality` found by the score.
LEAST = 0.5
SCORES, FURTHER = (0.0, 0.5, 0.7), (1.5, 1.2, 1.0)
# Of the way to the middle of both parents.
ALIKE = 0.3
# Of the way to where children lie, at birth; from GROWN years on none.
YOUNG = 0.68
GROWN = 18.0
CROWDED = 0.2  # of the centres: there children lie


@dataclass(frozen=True)
class Space:
    """Draws people's places and their faces by a population map."""

    population: Population
    spreads: Spreads = FITTED

    @property
    def homes(self) -> int:
        """How many neighbourhoods of grown people there are, numbered from 0."""
        return len(self._centres)

    @cached_property
    def _is_crowded(self) -> Flags:
        levels = self.population.levels(self.population.centres)
        return np.asarray(levels < np.quantile(levels, CROWDED))

    @cached_property
    def _centres(self) -> Array:
        return self.population.centres[~self._is_crowded]

    @cached_property
    def _nurseries(self) -> Array:
        """Of each neighbourhood the nearest of those where children lie."""
        crowded = self.population.centres[self._is_crowded]
        if not len(crowded):
            return self._centres
        nearest = distances(self._centres, crowded).argmin(axis=1)
        return np.asarray(crowded[nearest], np.float32)

    @cached_property
    def _next_ones(self) -> Numbers:
        """All neighbourhoods from each one, the nearest first."""
        return np.argsort(distances(self._centres, self._centres), axis=1)

    @cached_property
    def _middle(self) -> Floats:
        return np.asarray(self._centres.mean(axis=0), np.float64)

    @cached_property
    def _axes(self) -> Floats:
        """The principal axes of the neighbourhoods (128, 128), a row each, the longest first."""
        return np.asarray(np.linalg.eigh(np.cov(self._centres.T))[1][:, ::-1].T)

    def neighbours(self, random: np.random.Generator, homes: Numbers, among: int) -> Numbers:
        """Return for each neighbourhood one of the `among` nearest to it."""
        ranks = random.integers(min(among, self.homes), size=len(homes))
        return self._next_ones[homes, ranks]

    def places(self, random: np.random.Generator, homes: Numbers) -> Floats:
        """Return where grown people of these neighbourhoods lie, (n, 128)."""
        spreads = self.spreads
        centres = self._middle + spreads.pull * (self._centres[homes] - self._middle)
        around = self._noise(random, len(homes), spreads.among, spreads.falls)
        return on_sphere(centres + around)

    def children(self, own: Array, father: Array, mother: Array) -> Floats:
        """Return where grown children of these parents lie, who would else lie at `own`."""
        return on_sphere((1 - ALIKE) * own + ALIKE * (father + mother) / 2)

    def faces(
        self,
        random: np.random.Generator,
        homes: Numbers,
        places: Array,
        ages: Floats,
        quality: Floats,
    ) -> Array:
        """Return a face each of people of these places at these ages, (n, 128), poor ones further away."""
        spreads = self.spreads
        young = YOUNG * np.clip(1 - ages / GROWN, 0, 1)[:, None]
        at = on_sphere(places + young * (self._nurseries[homes] - places)).astype(np.float32)
        factors = np.exp(random.normal(0, spreads.uneven, len(at)) - spreads.uneven**2)
        factors *= np.interp(quality, SCORES, FURTHER)
        factors *= np.clip(
            1 + spreads.shrinks * (self.population.levels(at) - spreads.crowded), LEAST, 1
        )
        around = self._noise(random, len(at), spreads.within, spreads.within_falls)
        return np.asarray(on_sphere(at + around * factors[:, None]), np.float32)

    def _noise(self, random: np.random.Generator, count: int, total: float, falls: float) -> Floats:
        variances = (np.arange(NUMBERS) + self.spreads.level) ** -falls
        deviations = np.sqrt(variances * total / variances.sum())
        return np.asarray((random.normal(size=(count, NUMBERS)) * deviations) @ self._axes)


def on_sphere(vectors: Floats | Array) -> Floats:
    """Return vectors of the length that all encodings have."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors * (LENGTH / lengths), np.float64)
