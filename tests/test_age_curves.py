"""The fitting of what corrects an age and says how far it is off, on made ages."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.demographics import face_api
from benchmarks.accuracy import age_curves
from benchmarks.accuracy.metrics import Floats


@pytest.fixture(scope="module")
def ages() -> Floats:
    return np.random.default_rng(0).integers(2, 81, 500).astype(np.float64)


@pytest.fixture(scope="module")
def said(ages: Floats) -> Floats:
    """What a network says that takes everybody for a fifth too young, more so or less."""
    return np.asarray(ages * 0.8 + np.random.default_rng(1).normal(0, 4, len(ages)))


@pytest.fixture(scope="module")
def fitted(said: Floats, ages: Floats) -> age_curves.Curves:
    return age_curves.fit(said, ages)


def test_the_fit_undoes_a_bias_and_holds_four_in_five_of_each_band(
    said: Floats, ages: Floats, fitted: age_curves.Curves
) -> None:
    years, low, high = fitted.told(said)
    assert abs(np.mean(years - ages)) < 0.7 < 5 < abs(np.mean(said - ages))
    held = (low <= ages) & (ages <= high)
    for youngest, oldest in age_curves.BANDS:
        band = (ages >= youngest) & (ages <= oldest)
        assert held[band].mean() == pytest.approx(age_curves.HELD, abs=0.06)
    assert np.mean(ages < low) == pytest.approx(np.mean(ages > high), abs=0.04)


def test_a_photo_has_no_say_in_the_curves_that_it_is_judged_by(said: Floats, ages: Floats) -> None:
    other = ages.copy()
    other[5] = 90 - ages[5]
    before, after = (np.stack(age_curves.cross_fitted(said, one, 2)) for one in (ages, other))
    assert (before[:, 5] == after[:, 5]).all()
    assert (before != after).any()


def test_the_same_photos_give_the_same_curves(
    said: Floats, ages: Floats, fitted: age_curves.Curves
) -> None:
    again = age_curves.fit(said, ages)
    np.testing.assert_array_equal(fitted.below, again.below)
    np.testing.assert_array_equal(fitted.years, again.years)


def test_the_shipped_curves_are_those_of_the_estimate_and_can_be_undone() -> None:
    said = np.linspace(0, 100, 41)
    years, low, high = age_curves.Curves.shipped().told(said)
    estimates = [face_api.age_estimate(float(one)) for one in said]
    told = np.array([(one.years, one.low, one.high) for one in estimates], dtype=np.float64)
    np.testing.assert_allclose(np.stack([years, low, high]), told.T)
    np.testing.assert_allclose(age_curves.said_for(years), said, atol=1e-9)
