"""How near units have to be to become one, in a library of so many faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.matching import Calibration, Population
from analysis.results import Array

# Of a face's pairs with all others of a library: how many may be as near as two that are put together.
STRANGERS = 0.007
# Of a person's pairs with all others, where it is only asked whether they are one, and how near they have
# to be at least. Of 300 people of LFW and All-Age-Faces, each in two halves, 88 % are asked about, and one
# pair in 100 people wrongly; of 1,500 these are 89 % and three, some of whom are one.
ASKED, MOST_ASKED = 0.05, 0.50
# Of few faces chance would allow more, but those of a family look alike.
MOST = 0.48
# Of distances of which no map says what they mean: of children even that is much.
PLAIN = 0.36
JOINING = 0.303


@dataclass(frozen=True, slots=True)
class Limits:
    """Up to which link two units become one: `alone` two faces, `joining` where one of them is large.

    Between these the limit goes straight by one over the number of faces of the larger. The mean over many
    pairs of one person is never far from what is usual, a single one now and then as near as two people's.
    """

    alone: float
    joining: float

    @classmethod
    def of(cls, calibration: Calibration, faces: int) -> Limits:
        """Return those for so many faces: the more, the more strangers each may be taken for."""
        alone = calibration.distance_of_strangers(STRANGERS / max(1, faces))
        return cls.by(min(MOST, alone))

    @classmethod
    def asking(cls, calibration: Calibration, people: int) -> Limits:
        """Return those up to which it is asked whether two of so many people are one."""
        return cls.by(min(MOST_ASKED, calibration.distance_of_strangers(ASKED / max(1, people))))

    @classmethod
    def plain(cls) -> Limits:
        """Return those for plain distances."""
        return cls.by(PLAIN)

    @classmethod
    def by(cls, alone: float) -> Limits:
        """Return those by the one for two faces; with more strangers the other falls half as fast."""
        return cls(alone, alone / 2 + JOINING)

    def between(self, counts: Array, others: Array) -> Array:
        """Return the limits (m,) of pairs of units of so many faces each."""
        less = (self.joining - self.alone) / np.maximum(counts, others)
        return np.asarray(self.joining - less, np.float32)


def fair_levels(population: Population | None, levels: Array, years: NDArray[np.floating]) -> Array:
    """Return the levels that count in groups, of faces that look so old: a child's has to be nearer."""
    if population is None:
        return levels
    said = population.calibration
    return np.asarray(levels - said.children * (years < said.grown), np.float32)
