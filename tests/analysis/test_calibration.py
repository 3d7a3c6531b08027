"""A network becomes as sure as it is right, without TensorFlow (`test_training.py` folds it in)."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.results import Array
from analysis.training import calibration, metrics
from analysis.training.calibration import Logits
from analysis.training.recipes import RECIPES

IMAGES = 6000


def sample(views: int) -> tuple[Logits, NDArray[np.uint8]]:
    """Return logits (views, N, 7) and labels drawn from the very shares that they stand for."""
    chance = np.random.default_rng(2017)
    logits = chance.normal(0, 1.5, (1, IMAGES, 7)) + chance.normal(0, 0.5, (views, IMAGES, 7))
    edges = calibration.shares(logits).cumsum(axis=1)
    return logits, (chance.random((IMAGES, 1)) > edges).sum(axis=1).clip(max=6).astype(np.uint8)


@pytest.mark.parametrize("views", [1, 2])
@pytest.mark.parametrize("factor", [0.4, 1, 3])
def test_the_temperature_is_what_the_logits_were_multiplied_by(views: int, factor: float) -> None:
    logits, labels = sample(views)
    wrong = logits * factor

    found = calibration.temperature(wrong, labels)

    assert found == pytest.approx(factor, rel=0.05)
    losses = [
        metrics.log_loss(calibration.shares(wrong, one), labels)
        for one in (found, found * 0.99, found * 1.01, 1.0)
    ]
    assert losses[0] == min(losses)
    before, after = (
        metrics.evaluation(calibration.shares(wrong, one), labels) for one in (1.0, found)
    )
    assert after.calibration_error < 0.03
    if factor != 1:
        assert before.calibration_error > 0.1


def test_what_a_plain_network_says_stays_what_it_says() -> None:
    logits, labels = sample(1)
    said = [
        calibration.shares(logits, one).argmax(axis=1).tolist()
        for one in (1.0, 0.3, calibration.temperature(logits * 2, labels))
    ]
    assert said[0] == said[1] == said[2]


def test_a_network_that_is_always_right_keeps_a_temperature_within_bounds() -> None:
    labels = np.arange(70, dtype=np.uint8) % 7
    logits = 3 * np.eye(7)[None, labels]
    assert calibration.temperature(logits, labels) == 0.125
    assert calibration.temperature(-logits, labels) == 8


class Grey:
    """Answers with shares by the grey of the left half; those of a black one are next to nothing."""

    def predict_on_batch(self, images: Array) -> Array:
        left = images[:, :, :24].mean(axis=(1, 2, 3)) / 2 + 0.5
        rest = (1 - left[:, None]) / 6
        return np.concatenate([left[:, None], rest.repeat(6, axis=1)], axis=1).astype(np.float32)


def test_a_mirrored_recipe_is_seen_from_both_sides() -> None:
    images = np.zeros((300, 48, 48), np.uint8)
    images[:, :, 24:] = 204
    plain = calibration.logits(RECIPES["study"], Grey(), images)
    mirrored = calibration.logits(RECIPES["residual"], Grey(), images)

    assert (plain.shape, mirrored.shape) == ((1, 300, 7), (2, 300, 7))
    assert np.isfinite(mirrored).all()
    assert calibration.shares(plain)[:, 0].max() < 1e-6
    assert calibration.shares(mirrored)[:, 0] == pytest.approx(0.4)
