"""How right a network's shares are, with NumPy alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.results import EMOTIONS, Array

# A share of nothing would cost an endless loss; Keras cuts there too.
LEAST = 1e-7


def accuracy(shares: Array, labels: NDArray[np.uint8]) -> float:
    """Return the share of rows of (N, 7) whose largest entry is that of the label."""
    return float((shares.argmax(axis=1) == labels).mean())


def log_loss(shares: Array, labels: NDArray[np.uint8]) -> float:
    """Return the mean categorical cross-entropy in nats."""
    right = shares[np.arange(len(labels)), labels].astype(np.float64)
    return float(-np.log(np.maximum(right, LEAST)).mean())


@dataclass(frozen=True, slots=True)
class ClassScore:
    """Of one emotion: how many images show it, and precision and recall, None where nothing is divided."""

    emotion: str
    images: int
    precision: float | None
    recall: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A network on labelled images; in `confusion` true emotions are rows, given ones columns."""

    images: int
    accuracy: float
    loss: float
    classes: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]


def evaluation(shares: Array, labels: NDArray[np.uint8]) -> Evaluation:
    """Compare shares (N, 7) with labels (N,), at least one."""
    kinds = len(EMOTIONS)
    pairs = labels.astype(np.int64) * kinds + shares.argmax(axis=1)
    counts = np.bincount(pairs, minlength=kinds * kinds).reshape(kinds, kinds)
    classes = tuple(
        ClassScore(
            emotion,
            int(counts[index].sum()),
            _share(counts[index, index], counts[:, index].sum()),
            _share(counts[index, index], counts[index].sum()),
        )
        for index, emotion in enumerate(EMOTIONS)
    )
    return Evaluation(
        len(labels),
        accuracy(shares, labels),
        log_loss(shares, labels),
        classes,
        tuple(tuple(row) for row in counts.tolist()),
    )


def _share(part: np.int64, whole: np.int64) -> float | None:
    return float(part / whole) if whole else None
