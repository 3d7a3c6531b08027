"""Which faces are never one person: those of one photo, and those that a human put apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from analysis.grouping.units import Flags, Numbers


@dataclass(frozen=True, slots=True, eq=False)
class Apart:
    """Facts (m,): by what is known as `keys`, the face has this value of it.

    Two faces with different values of one key are two people. Of the faces of a photo each has a value of
    its own; what a human split has a value for each of its parts.
    """

    faces: Numbers
    keys: Numbers
    values: Numbers

    @classmethod
    def nothing(cls) -> Apart:
        return cls(*(np.zeros(0, np.int64) for _ in range(3)))

    @classmethod
    def on_photos(cls, photos: Numbers) -> Apart:
        """Return that two faces of a photo are two people; `photos` (n,) is -1 where they may be one."""
        faces = np.flatnonzero(photos >= 0)
        return cls(faces, photos[faces], faces)

    @classmethod
    def of(cls, several: Sequence[Apart]) -> Apart:
        """Return all that these say, none of which knows the others' keys."""
        facts, first = [cls.nothing()], 0
        for one in several:
            own, numbers = np.unique(one.keys, return_inverse=True)
            facts.append(cls(one.faces, numbers + first, one.values))
            first += len(own)
        return cls(
            np.concatenate([one.faces for one in facts]),
            np.concatenate([one.keys for one in facts]),
            np.concatenate([one.values for one in facts]),
        )

    def between(self, units: Numbers, first: Numbers, second: Numbers) -> Flags:
        """Return which of the pairs of units may not be one; no unit is in two of the pairs.

        `units` (n,) says of which unit each face is.
        """
        pair_of = np.full(int(units.max(initial=-1)) + 1, -1)
        pair_of[first] = pair_of[second] = np.arange(len(first))
        pairs = pair_of[units[self.faces]]
        rows = np.flatnonzero(pairs >= 0)
        rows = rows[np.lexsort((self.values[rows], self.keys[rows], pairs[rows]))]
        same = (np.diff(pairs[rows]) == 0) & (np.diff(self.keys[rows]) == 0)
        found = np.zeros(len(first), np.bool_)
        found[pairs[rows[1:]][same & (np.diff(self.values[rows]) != 0)]] = True
        return found
