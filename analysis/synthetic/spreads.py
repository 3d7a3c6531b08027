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

    Centres count `pull` of the way from the middle of all. Round them people lie with variances that sum up
    to `among`: on the n-th of the centres' principal axes it is as (n + `flat`) ** -`falls`. So do clear
    faces round grown people, with `within` and `within_falls`, each further or nearer by a factor of its
    own, whose logarithm has the deviation `uneven`. Where the level of a person's place is below `crowded`
    their faces lie nearer to each other too, by `shrinks` for each 1 that it is.

    Fitted by random search so that draws of as many people by as many faces as `judging.LIKE_LFW` have the
    distances of folds 1 and 2 of LFW's pairs, plain and normalised, their levels and distances to the next
    centre. Six draws from all neighbourhoods of grown people, and LFW: the normalised distance below which
    these shares of the pairs lie, in percent:

                  one person                    two people
                  5     25    50    75    95    .001  .01   .1    1     5     50
        made      .333  .395  .440  .489  .567  .489  .524  .565  .618  .670  .818
        LFW       .298  .377  .430  .482  .564  .475  .512  .558  .616  .670  .819

    Of the pairs of one person 87.0, 95.0 and 98.7 % are nearer than 1 in 10,000, 1,000 and 100 of those of
    two (LFW: 85.0, 94.3 and 98.6 %).
    """

    pull: float = 0.33
    among: float = 0.222
    falls: float = 2.1
    flat: float = 8.0
    within: float = 0.0985
    within_falls: float = 1.32
    uneven: float = 0.21
    shrinks: float = 2.6
    crowded: float = -0.18


FITTED = Spreads()
# By how much further poor faces lie from a person's place, as `analysis.quality` found by the score.
SCORES, FURTHER = (0.0, 0.5, 0.7), (1.5, 1.2, 1.0)
LEAST = 0.5  # of a clear face's distance is left where it is crowded
# Of the way from where somebody else would be to the middle of both parents. A guess: no set has families.
ALIKE = 0.3
# Children lie in the most crowded neighbourhoods of the map: in the first tenth of them 88 % of the faces
# of `people_dev` are of children up to 12, in the second 47 %, in the less crowded half 2 %.
CROWDED = 0.2
# Of the way to one of these, at birth; when grown, none. The variance of faces is then 0.18 up to 3 years,
# 0.21 up to 7, 0.24 up to 12 and 0.33 when grown (`people_dev`: 0.14, 0.20, 0.24, 0.36), and 0.3 to 1.4 %
# of pairs of two children are within LFW's threshold (there 0.3 to 1.6 %, by group).
YOUNG = 0.68
GROWN = 18.0


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
        around = self._centres - self._middle
        axes = np.linalg.eigh(around.T @ around)[1][:, ::-1].T
        # Which way an axis points is the library's choice that found it: one way for all.
        largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
        return np.asarray(axes * np.sign(largest))

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
        variances = (np.arange(NUMBERS) + self.spreads.flat) ** -falls
        deviations = np.sqrt(variances * total / variances.sum())
        return np.asarray((random.normal(size=(count, NUMBERS)) * deviations) @ self._axes)


def on_sphere(vectors: Floats | Array) -> Floats:
    """Return vectors of the length that all encodings have."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors * (LENGTH / lengths), np.float64)
