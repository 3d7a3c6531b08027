"""How right a network's shares are, and how far they can be believed, with NumPy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from analysis.results import EMOTIONS, Array

# A share of nothing would cost an endless loss; Keras cuts there too.
LEAST = 1e-7
BINS = 15


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
class Bin:
    """The images of about one confidence, its mean and the share told right; None where there are none."""

    images: int
    confidence: float | None
    right: float | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A network on labelled images; in `confusion` true emotions are rows, given ones columns.

    `calibration_error` is the expected one: how far confidence, the largest share, and the share told
    right lie apart in the mean; `reliability` says it for each of 15 equal bins (Guo et al., 2017,
    arXiv:1706.04599).
    """

    images: int
    accuracy: float
    loss: float
    calibration_error: float
    classes: tuple[ClassScore, ...]
    confusion: tuple[tuple[int, ...], ...]
    reliability: tuple[Bin, ...]


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
    bins = reliability(shares, labels)
    return Evaluation(
        len(labels),
        accuracy(shares, labels),
        log_loss(shares, labels),
        calibration_error(bins),
        classes,
        tuple(tuple(row) for row in counts.tolist()),
        bins,
    )


def reliability(shares: Array, labels: NDArray[np.uint8]) -> tuple[Bin, ...]:
    """Divide shares (N, 7) by their largest entry into bins, each without its lower edge."""
    sure = shares.max(axis=1).astype(np.float64)
    right = shares.argmax(axis=1) == labels
    # Float32 may add up to a little more than 1.
    places = np.clip(np.ceil(sure * BINS) - 1, 0, BINS - 1).astype(np.intp)
    images = np.bincount(places, minlength=BINS)
    confidence = np.bincount(places, sure, BINS)
    hits = np.bincount(places, right, BINS)
    return tuple(
        Bin(int(count), _share(total, count), _share(hit, count))
        for count, total, hit in zip(images, confidence, hits, strict=True)
    )


def calibration_error(bins: Sequence[Bin]) -> float:
    """Return the mean over images of how far a bin's confidence is from its share told right."""
    gaps = [
        one.images * abs(one.confidence - one.right)
        for one in bins
        if one.confidence is not None and one.right is not None
    ]
    return sum(gaps) / sum(one.images for one in bins)


def _share(part: np.float64 | np.int64, whole: np.int64) -> float | None:
    return float(part / whole) if whole else None
