"""Known faces that count for less, because the same person is known by a better one. NumPy alone.

A face that is blurred, small, dark or turned far away lies near to many people. As long as nothing better
is known of somebody it is worth what it is worth; beside a better one it brings more strangers than photos
of its own person. So it counts as further away by WORSE times what its quality is below the best of its
person's. Measured on LFW (folds 1 and 2) by limits for so many people, accepting 1 in 100 strangers, as the
mean of 5 draws, in percent; "worsened" is beside a good photo of every other person the same one, blurred
or shrunk:

                                      people    strangers named    known people named right    wrongly
    one photo, half of them worsened      60       0.70 -> 0.50        88.6 -> 89.4          0 -> 0
                                         300       0.89 -> 0.71        80.0 -> 80.4        .03 -> .03
    three photos as they come             60       0.87 -> 0.77        95.9 -> 96.1          0 -> 0
                                         300       0.79 -> 0.64        89.3 -> 89.5          0 -> 0
    the two worst photos                 300       0.93 -> 0.79        84.8 -> 84.6          0 -> 0

Tried, and no better: 0.2 and 0.3; less for whoever is poor even if nothing better is known (2 % fewer
people named right for the same strangers, where a third are known by a bad photo alone); 0.01, 0.02 or 0.03
for each other person within the limit; half of what the three nearest other people are nearer than
strangers would be (15 % fewer strangers named, but 1 % fewer known people), and that against the person's
least attracting face, which changes with everybody who becomes known. Closed eyes are no part of quality.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from analysis.results import Array

WORSE = 0.1


def weakness(people: NDArray[np.int64], scores: NDArray[np.floating]) -> Array:
    """Return by how much further away each of k known encodings counts, (k,), 0 or more.

    `people` (k,) says whose each is, `scores` (k,) the quality of its face, 0 to 1, or NaN where nobody
    knows it, as of an encoding that came without a face: that counts for what it is, and makes no other
    worse.
    """
    ids, whose = np.unique(people, return_inverse=True)
    best = np.zeros(len(ids))
    np.maximum.at(best, whose, np.nan_to_num(scores, nan=0.0))
    return np.asarray(WORSE * np.nan_to_num(best[whose] - scores, nan=0.0), np.float32)
