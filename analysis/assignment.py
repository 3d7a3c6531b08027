"""Who goes where, so that all together gain most. NumPy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def best_assignment(gains: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Return the pairs of row and column, each at most once, whose gains above 0 are largest in sum.

    The Hungarian method by shortest augmenting paths (Kuhn, 1955; Jonker and Volgenant, 1987): one row at
    a time, in at most rows x rows steps over all columns.
    """
    rows = np.flatnonzero((gains > 0).any(axis=1))
    columns = np.flatnonzero((gains > 0).any(axis=0))
    if not len(rows):
        return []
    # A column of its own for each row, where it stays without one.
    costs = np.hstack([-gains[np.ix_(rows, columns)], np.zeros((len(rows), len(rows)))])
    whose = _augmented(costs)
    pairs = [
        (int(rows[row]), int(columns[c])) for c, row in enumerate(whose[: len(columns)]) if row >= 0
    ]
    return sorted(pair for pair in pairs if gains[pair] > 0)


def _augmented(costs: NDArray[np.float64]) -> NDArray[np.intp]:
    """Return the row of each column, -1 for none, where all rows have one and the costs are least."""
    count, width = costs.shape
    of_rows, of_columns = np.zeros(count), np.zeros(width)
    whose = np.full(width, -1)
    for row in range(count):
        least, came_from = np.full(width, np.inf), np.full(width, -1)
        done = np.zeros(width, dtype=bool)
        at, path = row, -1
        while True:
            left = costs[at] - of_rows[at] - of_columns
            nearer = ~done & (left < least)
            least[nearer], came_from[nearer] = left[nearer], path
            column = int(np.argmin(np.where(done, np.inf, least)))
            step = least[column]
            of_rows[row] += step
            of_rows[whose[done]] += step
            of_columns[done] -= step
            least[~done] -= step
            done[column], path = True, column
            if whose[column] < 0:
                break
            at = int(whose[column])
        while path >= 0:
            before = int(came_from[path])
            whose[path] = whose[before] if before >= 0 else row
            path = before
    return whose
