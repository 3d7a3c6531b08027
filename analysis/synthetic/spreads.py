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

LENGTH = 1.46  # of every encoding
NUMBERS = 128


@dataclass(frozen=True, slots=True)
class Spreads:
    """How people lie round the map's centres, and faces round people.

    Centres count `pull` of the way from the middle of all. Round them people vary by `among`, a sum of
    variances that falls along the centres' principal axes with a power of `falls`, from the axis `level`
    on; round them faces by `within`, which falls with `within_falls`, each face by its own factor, whose
    logarithm has the deviation `uneven`.
    """

    pull: float = 0.63
    among: float = 0.167
    falls: float = 2.0
    level: float = 13.9
    within: float = 0.098
    within_falls: float = 0.66
    uneven: float = 0.23


FITTED = Spreads()
# Of the way to the middle of both parents.
ALIKE = 0.3
# Of the way to where children lie, at birth; from GROWN years on none.
YOUNG = 0.6
GROWN = 16.0
CROWDED = 0.2  # of the centres are those where children lie


@dataclass(frozen=True)
class Space:
    """Draws people's places and their faces by a population map."""

    population: Population
    spreads: Spreads = FITTED

    @property
    def homes(self) -> int:
        """How many neighbourhoods there are."""
        return len(self.population.centres)

    @cached_property
    def _middle(self) -> Floats:
        return np.asarray(self.population.centres.mean(axis=0), np.float64)

    @cached_property
    def _axes(self) -> Floats:
        """The principal axes of the centres (128, 128), a row each, the longest first."""
        return np.linalg.eigh(np.cov(self.population.centres.T))[1][:, ::-1].T

    @cached_property
    def _nurseries(self) -> Array:
        """Of each centre the nearest one of the crowded ones."""
        centres = self.population.centres
        levels = self.population.levels(centres)
        crowded = centres[levels <= np.quantile(levels, CROWDED)]
        nearest = distances(centres, crowded).argmin(axis=1)
        return np.asarray(crowded[nearest], np.float32)

    @cached_property
    def _next_ones(self) -> Numbers:
        """All neighbourhoods from each one, the nearest first."""
        centres = self.population.centres
        return np.argsort(distances(centres, centres), axis=1)

    def neighbours(self, random: np.random.Generator, homes: Numbers, among: int) -> Numbers:
        """Return for each home one of the `among` next ones."""
        ranks = random.integers(1, min(among, self.homes), size=len(homes))
        return self._next_ones[homes, ranks]

    def places(self, random: np.random.Generator, homes: Numbers) -> Floats:
        """Return where grown people of these neighbourhoods lie, (n, 128)."""
        spreads = self.spreads
        centres = self._middle + spreads.pull * (self.population.centres[homes] - self._middle)
        around = self._noise(random, len(homes), spreads.among, spreads.falls)
        return on_sphere(centres + around)

    def children(self, own: Floats, father: Floats, mother: Floats) -> Floats:
        """Return where grown children of these parents lie, who would else lie at `own`."""
        return on_sphere((1 - ALIKE) * own + ALIKE * (father + mother) / 2)

    def faces(
        self,
        random: np.random.Generator,
        places: Floats,
        homes: Numbers,
        ages: Floats,
        poor: Floats,
    ) -> Array:
        """Return a face each of people of these places at these ages, (n, 128); `poor` ones vary more."""
        spreads = self.spreads
        young = YOUNG * np.clip(1 - ages / GROWN, 0, 1)[:, None]
        at = on_sphere(places + young * (self._nurseries[homes] - places))
        factors = poor * np.exp(random.normal(0, spreads.uneven, len(at)) - spreads.uneven**2)
        around = self._noise(random, len(at), spreads.within, spreads.within_falls)
        return np.asarray(on_sphere(at + around * factors[:, None]), np.float32)

    def _noise(self, random: np.random.Generator, count: int, total: float, falls: float) -> Floats:
        variances = (np.arange(NUMBERS) + self.spreads.level) ** -falls
        deviations = np.sqrt(variances * total / variances.sum())
        return np.asarray((random.normal(size=(count, NUMBERS)) * deviations) @ self._axes)


def on_sphere(vectors: Floats) -> Floats:
    """Return vectors of the length that all encodings have."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors * (LENGTH / lengths))
