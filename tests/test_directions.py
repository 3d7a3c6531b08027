"""The directions that a second network's features are told apart in."""

from __future__ import annotations

import numpy as np

from analysis.matching import NUMBERS
from benchmarks import directions


def test_directions_are_those_that_vary_most_and_weigh_by_the_fourth_root() -> None:
    """Of numbers that vary by themselves the directions are their axes, the widest first."""
    spreads = np.linspace(0.02, 3.0, 160)
    numbers = np.random.default_rng(3).permutation(np.eye(160) * spreads * 20)
    mean, matrix = directions.fit((5 + np.concatenate([numbers, -numbers])).astype(np.float32))
    assert matrix.shape == (160, NUMBERS)
    np.testing.assert_allclose(mean, 5, atol=1e-4)
    widest = np.arange(159, 159 - NUMBERS, -1)
    np.testing.assert_array_equal(np.abs(matrix).argmax(axis=0), widest)
    weights = np.abs(matrix).max(axis=0) * np.sqrt(spreads[widest])
    np.testing.assert_allclose(weights, weights[0], rtol=1e-3)


def test_strangers_are_as_far_apart_as_the_pair_in_the_middle() -> None:
    encodings = np.array([[0.0, 0], [9, 0], [3, 0], [0, 4]], np.float32)
    names = np.array(["anna", "anna", "bob", "carol"])
    distances = [3, 6, 4, np.hypot(9, 4), 5]
    found = directions.strangers_apart(encodings, names)
    assert np.isclose(found, np.median(distances))
