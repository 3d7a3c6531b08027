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
    # One number each: to find what is there twice among three is ten times slower.
    pairs, common = np.unique(
        (before[had] * count + units[had]) * 2 + held[had], return_counts=True
    )
    numbered, are_held = np.divmod(pairs, 2)
    order = np.lexsort((numbered, -common, -are_held))
    taken: set[int] = set()
    for number, unit in np.stack(np.divmod(numbered[order], count), axis=1).tolist():
        if numbers[unit] == WAITING and is_group[unit] and number not in taken:
            numbers[unit] = number
            taken.add(number)
    new = np.flatnonzero(is_group & (numbers == WAITING))
    numbers[new] = before.max(initial=-1) + 1 + np.arange(len(new))
    return numbers[units]
