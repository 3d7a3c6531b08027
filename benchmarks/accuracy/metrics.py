"""The counting, on plain arrays: what a test can check by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.results import Box

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def mean_and_error(values: Floats) -> tuple[float, float]:
    """Return the mean and its standard error (0 for one value)."""
    spread = float(values.std(ddof=1)) if len(values) > 1 else 0.0
    return float(values.mean()), spread / float(np.sqrt(len(values)))


def right_at(distances: Floats, same: Flags, threshold: float) -> Flags:
    """Return which pairs are judged right; one without a distance (NaN: a face was missed) never is."""
    return np.asarray(((distances <= threshold) == same) & ~np.isnan(distances))


def best_threshold(distances: Floats, same: Flags) -> float:
    """Return the distance that judges most pairs right, midway between two that occur."""
    known = np.sort(np.unique(distances[~np.isnan(distances)]))
    between = (known[1:] + known[:-1]) / 2 if len(known) > 1 else known
    counts = [int(right_at(distances, same, threshold).sum()) for threshold in between]
    return float(between[int(np.argmax(counts))])


def accuracy_by_folds(
    distances: Floats, same: Flags, folds: NDArray[np.intp]
) -> tuple[Floats, Floats]:
    """Return each fold's accuracy at the threshold that is best on the others, and the thresholds.

    This is LFW's protocol (Huang et al., 2007): no pair has a say in its own threshold.
    """
    accuracies, thresholds = [], []
    for fold in np.unique(folds):
        inside = folds == fold
        others = ~inside if (~inside).any() else inside  # A single fold has no others.
        threshold = best_threshold(distances[others], same[others])
        accuracies.append(right_at(distances[inside], same[inside], threshold).mean())
        thresholds.append(threshold)
    return np.array(accuracies), np.array(thresholds)


def roc(distances: Floats, same: Flags) -> tuple[Floats, Floats]:
    """Return false and true accept rates, from the smallest threshold to the largest.

    A pair without a distance is never accepted, so the true accept rate may end below 1.
    """
    known = ~np.isnan(distances)
    order = np.argsort(distances[known], kind="stable")
    accepted = same[known][order]
    ends = np.append(np.diff(distances[known][order]) > 0, True)  # Equal distances go together.
    true = np.cumsum(accepted)[ends] / max(1, same.sum())
    false = np.cumsum(~accepted)[ends] / max(1, (~same).sum())
    return np.insert(false, 0, 0.0), np.insert(true, 0, 0.0)


def true_rate_at(false: Floats, true: Floats, rate: float) -> float:
    """Return the largest true accept rate with a false accept rate of at most `rate`."""
    return float(true[false <= rate].max())


def area_under(false: Floats, true: Floats) -> float:
    """Return the area under a ROC curve; what it does not reach counts at its last height."""
    return float(np.trapezoid(np.append(true, true[-1]), np.append(false, 1.0)))


def matched(drawn: Sequence[Box], found: Sequence[Box], least: float) -> list[int | None]:
    """Return for each drawn box which found one is its match, by IoU, best pairs first."""
    pairs = sorted(
        ((box.iou(other), i, j) for i, box in enumerate(drawn) for j, other in enumerate(found)),
        reverse=True,
    )
    matches: list[int | None] = [None] * len(drawn)
    for overlap, i, j in pairs:
        if overlap >= least and matches[i] is None and j not in matches:
            matches[i] = j
    return matches


def confusion(truth: Sequence[int], said: Sequence[int], classes: int) -> NDArray[np.intp]:
    """Return how often each class (row) was said to be each class (column)."""
    counts = np.zeros((classes, classes), dtype=np.intp)
    np.add.at(counts, (np.asarray(truth, dtype=np.intp), np.asarray(said, dtype=np.intp)), 1)
    return counts


def recalls(counts: NDArray[np.intp]) -> Floats:
    """Return the share of each row on the diagonal; NaN for a class that does not occur."""
    totals = counts.sum(axis=1)
    return np.where(totals > 0, np.diag(counts) / np.maximum(totals, 1), np.nan)


def identification_rate(
    known: Floats, right: Flags, unknown: Floats, false_rate: float
) -> tuple[float, float]:
    """Return the detection and identification rate at a false alarm rate, and its threshold.

    `known` are distances of probes to their nearest enrolled person, `right` whether that is them;
    `unknown` those of people who are not enrolled. Up to `false_rate` of those are let through
    (Phillips et al., 2011, "open set").
    """
    allowed = int(np.floor(false_rate * len(unknown)))
    # That of the first stranger too many, so what is let through lies below it, not at it.
    threshold = float(np.sort(unknown)[allowed])
    return float((right & (known < threshold)).mean()), threshold


@dataclass(frozen=True, slots=True, eq=False)
class Grouped:
    """n faces: their groups, whose they are, and which kind of people that is; all are numbers or names."""

    groups: NDArray[np.int64]
    people: NDArray[np.int64]
    kinds: NDArray[np.str_]

    @property
    def everybody(self) -> Flags:
        return np.ones(len(self.groups), np.bool_)

    @property
    def right(self) -> NDArray[np.int64]:
        """Return (n,): how many of a face's group, itself among them, are of its person."""
        return _alike(self.groups * (self.people.max() + 1) + self.people)

    @property
    def is_with_others(self) -> Flags:
        """Return (n,) which faces are in a group with somebody else."""
        return np.asarray(_alike(self.groups) > self.right)

    def shares(self, chosen: Flags) -> tuple[float, float, float]:
        """Return precision and recall of the pairs with a chosen face, and the purity of their groups.

        Purity is the share of faces in groups of three and more that are of the person of whom most there
        are; NaN is a share of nothing.
        """
        right, size = self.right, _alike(self.groups)
        together, same = (size - 1)[chosen].sum(), (_alike(self.people) - 1)[chosen].sum()
        own = (right - 1)[chosen].sum()
        most = np.zeros(int(self.groups.max()) + 1, np.int64)
        np.maximum.at(most, self.groups, right)
        large = chosen & (size >= 3)
        # A face of whom there are most counts as a whole, others not at all.
        pure = (right == most[self.groups])[large]
        return _share(own, together), _share(own, same), _share(pure.sum(), len(pure))


def _alike(values: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how many have the value that each has, (n,)."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray(counts[inverse], np.int64)


def _share(count: float, of: float) -> float:
    return float(count) / float(of) if of else float("nan")
