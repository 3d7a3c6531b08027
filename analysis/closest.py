"""The closest pairs of people, from how far all are from some at a time. NumPy alone."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from analysis.results import Array

Numbers = NDArray[np.int64]


@dataclass(slots=True, eq=False)
class Closest:
    """The pairs of people within `limit`, the closest first, `most` at most, of `count` that there are.

    People are numbers from 0. The pairs are `first` (m,), `second` (m,) and how far `apart` (m,) they are.
    """

    limit: float
    most: int
    count: int = 0
    first: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    second: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    apart: Array = field(default_factory=lambda: np.empty(0, np.float32))
    # Whoever came last may come again, with more of their faces.
    _last: Numbers = field(default_factory=lambda: np.empty(0, np.int64))
    _of_last: Array = field(default_factory=lambda: np.empty((0, 0), np.float32))

    def add(self, people: Numbers, apart: Array) -> None:
        """Take how far all p people are from some of the faces of n people, (n, p), ascending.

        The last of them may be the first of the next; nobody else comes twice.
        """
        if self._last.size and people[0] == self._last[0]:
            apart[0] = np.minimum(apart[0], self._of_last[0])
        else:
            self.finish()
        self._keep(people[:-1], apart[:-1])
        self._last, self._of_last = people[-1:], apart[-1:].copy()

    def finish(self) -> None:
        """Take it that whoever came last does not come again."""
        self._keep(self._last, self._of_last)
        self._last = self._last[:0]

    def _keep(self, people: Numbers, apart: Array) -> None:
        # Whoever comes first tells of both.
        is_close = (apart <= self.limit) & (np.arange(apart.shape[1]) > people[:, None])
        row, column = np.nonzero(is_close)
        self.count += len(row)
        found = np.concatenate([self.apart, apart[row, column]])
        order = np.argsort(found, kind="stable")[: self.most]
        self.first = np.concatenate([self.first, people[row]])[order]
        self.second = np.concatenate([self.second, column])[order]
        self.apart = found[order]
