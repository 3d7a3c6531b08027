"""How near units have to be to become one, in a library of so many faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.matching import SHIFT, SLOPE, Calibration, Population
from analysis.results import Array

# Of a face's pairs with all others of a library: how many may be as near as two that are put together.
STRANGERS = 0.009
# Of a person's pairs with all others, where it is only asked whether they are one, and how near they have
# to be at least. Of 300 people of LFW and All-Age-Faces, each in two halves, 93 % are asked about, and one
# pair in 100 people wrongly; of 1,500 these are 92 % and three, some of whom are one.
ASKED, MOST_ASKED = 0.05, 0.50
# Of few faces chance would allow more, but those of a family look alike.
MOST = 0.48
# Of distances of which no map says what they mean: of children even that is much.
PLAIN = 0.36
# What of the limit for two faces is in that for a face and a large group, and what is added: with more
# strangers it falls more slowly.
JOINING, JOINING_BY_BOTH = (1 / 2, 0.23), (2 / 3, 0.145)
# How much nearer faces have to be that two networks tell: whoever is alike to both may be a relative.
NEARER = 0.029
LARGE = 0.055  # how much nearer two large groups have to be than a face and one of them


@dataclass(frozen=True, slots=True)
class Limits:
    """Up to which link units become one: two faces, a face and a large group, two large groups.

    These are `alone`, `joining` and `merging`; between them the limit goes by one over the numbers of
    faces. The mean of many faces hardly differs from that of as many others of the person, while two people
    are no nearer for it; so two groups have to be nearer, the more faces the smaller has. One wrong step
    between them would also be the worst.
    """

    alone: float
    joining: float
    merging: float

    @classmethod
    def of(cls, calibration: Calibration, faces: int, *, by_both: bool = False) -> Limits:
        """Return those for so many faces: the more, the more strangers each may be taken for.

        Faces that are all whole are told `by_both` networks.
        """
        alone = calibration.distance_of_strangers(STRANGERS / max(1, faces))
        if by_both:
            return cls.by(min(MOST, alone - NEARER), by_both=True)
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
    def by(cls, alone: float, *, by_both: bool = False) -> Limits:
        """Return those by the one for two faces."""
        share, added = JOINING_BY_BOTH if by_both else JOINING
        joining = share * alone + added
        return cls(alone, joining, joining - LARGE)

    def before_stretching(self) -> Limits:
        """Return the same for distances by both networks as they are, before they are stretched."""
        return Limits(*((one + SHIFT) / SLOPE for one in (self.alone, self.joining, self.merging)))

    @property
    def widest(self) -> float:
        return max(self.alone, self.joining)

    def between(self, counts: Array, others: Array) -> Array:
        """Return the limits (m,) of pairs of units of so many faces each."""
        larger = 1 - 1 / np.maximum(counts, others)
        smaller = (1 - 1 / np.minimum(counts, others)) ** 2
        return np.asarray(
            self.alone
            + larger * (self.joining - self.alone)
            + smaller * (self.merging - self.joining),
            np.float32,
        )


def fair_levels(population: Population | None, levels: Array, years: NDArray[np.floating]) -> Array:
    """Return the levels that count in groups, of faces that look so old: a child's has to be nearer."""
    if population is None:
        return levels
    said = population.calibration
    return np.asarray(levels - said.children * (years < said.grown), np.float32)
