"""Encodings as networks make them, without a network, and what reading a file took."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from analysis.known.known import Known, KnownRefused, checked
from analysis.results import Array

NAMES = ("Ada Lovelace", "박민준", "Renée 🎭", "Ada Lovelace")


def vectors(count: int, seed: int = 7) -> Array:
    """Return float32 (count, 128) of lengths that single views have."""
    rng = np.random.default_rng(seed)
    drawn = rng.normal(size=(count, 128))
    lengths = rng.uniform(1.22, 1.64, size=(count, 1))
    return np.asarray(drawn * lengths / np.linalg.norm(drawn, axis=1, keepdims=True), np.float32)


def some() -> Known:
    return checked(NAMES, vectors(len(NAMES)), population="map-1")


def same(one: Known, other: Known) -> bool:
    """Tell whether both hold the same names and the same bits of numbers, in the same order."""
    numbers = one.encodings.tobytes() == other.encodings.tobytes()
    return numbers and one.names == other.names and one.encoder == other.encoder


def refusal(act: Callable[[], Any]) -> str:
    """Return the code of the sentence that it is refused with, which has English words."""
    with pytest.raises(KnownRefused) as refused:
        act()
    assert str(refused.value)
    return refused.value.sentence.code


def peak(act: Callable[[], Any]) -> int:
    """Return the most bytes of memory that Python and NumPy held meanwhile."""
    tracemalloc.start()
    try:
        act()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
