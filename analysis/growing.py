"""What dates and looks say against a person: who was not born, and who has grown since.

NumPy alone. Days are ordinals as `date.toordinal` counts them; NaN is what nobody knows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.born import SLACK, YEAR

Days = NDArray[np.float64]
Years = NDArray[np.float64]

# Five in a thousand of 1,546 photos of All-Age-Faces look older or younger by more, and none by 35 years.
LOOKS = 25.0
# Children change: each year between a known face and another one makes it weaker evidence, where one
# is below GROWN. By how much is a guess: no set that this was made with has people who grow up.
GROWN = 16.0
A_YEAR = 0.01
AT_MOST = 0.1
FREE = 1.5  # years apart cost nothing


def impossible(
    taken: Days, of_the_shot: NDArray[np.bool_], looks: Years, first: Days, last: Days
) -> NDArray[np.bool_]:
    """Return (n, k): which of k people none of n faces can be.

    A face is on a photo `taken` by a day, which only `of_the_shot` is when it was taken, and `looks` so
    old; a person was born from the `first` to the `last` day. Nobody is on a photo from before their birth,
    nor LOOKS years older or younger than they look.
    """
    slack = SLACK.days
    oldest = (taken[:, None] + slack - first[None, :]) / YEAR
    youngest = np.where(
        of_the_shot[:, None], (taken[:, None] - slack - last[None, :]) / YEAR, -np.inf
    )
    too_old = looks[:, None] > np.maximum(oldest, 0.0) + LOOKS
    too_young = looks[:, None] < youngest - LOOKS
    # Whatever is unknown is NaN, and says nothing.
    return np.asarray((oldest < 0) | (too_old & ~np.isnan(oldest)) | too_young)


def weakness(ages: Years, known: Years) -> NDArray[np.float64]:
    """Return by how much further faces count than they are, for the years that a child has grown.

    `ages` (n, k) are how old k people were on n photos, `known` (k,) how old they are on what they are
    known by; NaN where that is not known.
    """
    apart = np.abs(ages - known[None, :])
    younger = np.minimum(ages, known[None, :])
    years = np.clip(apart - FREE, 0.0, None)
    found = np.where(younger < GROWN, np.minimum(A_YEAR * years, AT_MOST), 0.0)
    return np.asarray(np.nan_to_num(found))
