"""The study's eight brackets of age, and which of them an age belongs to."""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

from analysis.results import BRACKETS

AGES = np.arange(101, dtype=np.float64)


def _nearest_brackets() -> NDArray[np.intp]:
    """Return for each of AGES the index of its bracket.

    An age between two brackets goes to the nearer one and, halfway (3, 7, 35), to the younger.
    """
    bounds = np.array([re.findall(r"\d+", bracket) for bracket in BRACKETS], dtype=int)
    ages = AGES[:, None]
    gaps = np.maximum(0, np.maximum(bounds[:, 0] - ages, ages - bounds[:, 1]))
    return np.asarray(gaps.argmin(axis=1), dtype=np.intp)


BRACKET_OF_AGE = _nearest_brackets()
