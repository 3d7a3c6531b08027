"""Which group of today is which of yesterday: numbers of groups stay from run to run."""

from __future__ import annotations

import numpy as np

from analysis.grouping.units import Flags, Numbers

WAITING = -1  # the number of faces that are in no group


def carried(units: Numbers, before: Numbers, held: Flags) -> Numbers:
    """Return the numbers (n,) of the groups of n faces that are together by `units` and were by `before`.

    A group keeps the number of the group with which it has most faces in common, the larger share first; of
    those that are as large the lower number. Where some are `held`, it is theirs. Others get
    numbers that nobody had. A face that is alone waits, unless it is held.
    """
    count = int(units.max(initial=-1)) + 1
    sizes = np.bincount(units, minlength=count)
    is_group = sizes > 1
    is_group[units[held]] = True
    numbers = np.full(count, WAITING)
    had = before != WAITING
    pairs, common = np.unique(
        np.stack([held[had], before[had], units[had]]), axis=1, return_counts=True
    )
    order = np.lexsort((pairs[2], pairs[1], -common, -pairs[0]))
    taken: set[int] = set()
    for number, unit in pairs[1:, order].T.tolist():
        if numbers[unit] == WAITING and is_group[unit] and number not in taken:
            numbers[unit] = number
            taken.add(number)
    new = np.flatnonzero(is_group & (numbers == WAITING))
    numbers[new] = before.max(initial=-1) + 1 + np.arange(len(new))
    return numbers[units]
