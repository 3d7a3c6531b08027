"""How hard it is to tell the people of a set of faces apart: of a made library, and of LFW beside it.

What LFW comes to was measured by the same code and the map that ships, on a folder for each person of folds
1 and 2 of its pairs:

    python -m benchmarks.hardness lfw_dev

Both depend on how many faces of how many people are compared, so samples are drawn as LFW is: as many
people with one, two or more faces.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.matching import distances, normalised
from analysis.results import Array
from analysis.synthetic.spreads import Floats, Numbers

# People by how many faces there are of them in folds 1 and 2 of LFW's pairs.
LIKE_LFW = {
    1: 537,
    2: 153,
    3: 58,
    4: 41,
    5: 12,
    6: 13,
    7: 8,
    8: 10,
    9: 4,
    10: 3,
    11: 2,
    12: 1,
    14: 2,
}
STRANGERS = 0.001
GROUPED = 0.5  # up to which normalised distance, on average, faces are put together


@dataclass(frozen=True, slots=True)
class Judged:
    """Shares from 0 to 1, by the normalised distance.

    `accepted` of the pairs of one person are nearer than STRANGERS of those of two; of `nearest` of the
    faces of whom there are others the next face is such a one. Put together by average link up to GROUPED,
    faces are with others of the person that most there are of (`purity`), and with most others of their own
    person (`completeness`), each face counting once.
    """

    faces: int
    accepted: float
    nearest: float
    purity: float
    completeness: float


# Folds 1 and 2 of LFW's pairs.
LFW = Judged(1583, 0.9427, 0.9685, 0.9937, 0.9463)


def judge(encodings: Array, levels: Array, people: Numbers) -> Judged:
    """Return how hard n faces are: encodings (n, 128), levels (n,) and whose each is (n,).

    Raises ValueError where nobody is there twice, or nobody else.
    """
    apart = normalised(distances(encodings, encodings), levels, levels)
    same = people[:, None] == people[None, :]
    once = np.triu(np.ones(same.shape, dtype=bool), 1)
    own, strangers = apart[once & same], apart[once & ~same]
    if not len(own) or not len(strangers):
        raise ValueError("There are no two faces of one person, or of two, to compare.")
    limit = np.quantile(strangers, STRANGERS)
    np.fill_diagonal(apart, np.inf)
    has_others = same.sum(axis=1) > 1
    is_nearest = people[apart.argmin(axis=1)] == people
    groups = average_link(apart, GROUPED)
    return Judged(
        faces=len(people),
        accepted=float((own < limit).mean()),
        nearest=float(is_nearest[has_others].mean()),
        purity=_share_of_most(groups, people),
        completeness=_share_of_most(people, groups),
    )


def sample(random: np.random.Generator, people: Numbers) -> Numbers:
    """Return which of n faces to judge, `people` (n,) being whose they are: of as many people as LIKE_LFW.

    Where there are too few of them there are fewer.
    """
    mixed = random.permutation(len(people))
    mixed = mixed[np.argsort(people[mixed], kind="stable")]
    _, starts, counts = np.unique(people[mixed], return_index=True, return_counts=True)
    is_left = np.ones(len(counts), dtype=bool)
    chosen = [np.zeros(0, np.int64)]
    for many in sorted(LIKE_LFW, reverse=True):
        # Whoever is there once is among those who always are.
        fits = is_left & ((counts == 1) if many == 1 else (counts >= many))
        taken = random.permutation(np.flatnonzero(fits))[: LIKE_LFW[many]]
        is_left[taken] = False
        chosen += [mixed[start : start + many] for start in starts[taken]]
    return np.concatenate(chosen)


def average_link(between: Array, limit: float) -> Numbers:
    """Return the group (n,) of each of n faces, put together by average link up to `limit`.

    `between` (n, n) are their distances. By chains of nearest neighbours (Murtagh, 1983), which end in two
    that are each other's nearest: joining these brings no others nearer, so the order does not matter.
    """
    apart: Floats = between.astype(np.float64)
    np.fill_diagonal(apart, np.inf)
    sizes, groups = np.ones(len(apart)), np.arange(len(apart))
    chain: list[int] = []
    waiting = [*range(len(apart))]
    while chain or waiting:
        if not chain:
            chain.append(waiting.pop())
        last = chain[-1]
        nearest = int(apart[last].argmin())
        before = chain[-2] if len(chain) > 1 else nearest
        if apart[last, nearest] > limit:
            # Nothing will come near it any more; and those that were joined to others end here.
            apart[last, :] = apart[:, last] = np.inf
            chain.pop()
        elif len(chain) > 1 and apart[last, before] == apart[last, nearest]:
            _join(apart, sizes, last, before)
            groups[groups == before] = last
            del chain[-2:]
            waiting.append(last)
        else:
            chain.append(nearest)
    return groups


def _join(apart: Floats, sizes: Floats, one: int, other: int) -> None:
    """Make the distances of `one` those of both together, on average, and take the other out."""
    weights = sizes[one] / (sizes[one] + sizes[other])
    apart[one] = apart[:, one] = weights * apart[one] + (1 - weights) * apart[other]
    apart[other, :] = apart[:, other] = apart[one, one] = np.inf
    sizes[one] += sizes[other]


def _share_of_most(groups: Numbers, people: Numbers) -> float:
    """Return the share of all faces that are of the person whom most in their group are of."""
    pairs, counts = np.unique(np.stack([groups, people]), axis=1, return_counts=True)
    most = np.zeros(int(groups.max()) + 1)
    np.maximum.at(most, pairs[0], counts)
    return float(most.sum() / len(groups))
