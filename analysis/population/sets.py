"""What a map is made of and judged by: faces of strangers, and photos of people."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.matching import first
from analysis.results import Array

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Strangers:
    """Encodings of n people, with their ages in years and their groups."""

    encodings: Array
    ages: Floats
    groups: NDArray[np.str_]

    def __len__(self) -> int:
        return len(self.encodings)

    @property
    def first(self) -> Strangers:
        """The same by dlib's numbers alone."""
        return Strangers(first(self.encodings), self.ages, self.groups)

    def __getitem__(self, chosen: Flags) -> Strangers:
        return Strangers(self.encodings[chosen], self.ages[chosen], self.groups[chosen])


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Photos of people: n encodings, and whose each is."""

    encodings: Array
    names: NDArray[np.str_]

    @property
    def first(self) -> People:
        """The same by dlib's numbers alone."""
        return People(first(self.encodings), self.names)
