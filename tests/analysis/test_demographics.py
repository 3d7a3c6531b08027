"""Age by dlib-models' network: the corrected age, its interval, its bracket."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from analysis.alignment import AlignedFace
from analysis.brackets import AGES, BRACKET_OF_AGE
from analysis.demographics.dlib_models import age_estimate, corrected_years
from analysis.images import decode
from analysis.pipeline import Pipeline
from analysis.results import BRACKETS, AgeEstimate, Array
from tests.analysis.conftest import SHARED

PHOTOS_OF_KNOWN_AGE = SHARED.parent / "agegender_dev"


def shares(**years: float) -> Array:
    """Return the network's answer with these shares, as in shares(y26=0.3, y60=0.7)."""
    found = np.zeros(81, dtype=np.float32)
    for year, share in years.items():
        found[int(year.removeprefix("y"))] = share
    return found


def low_and_high(estimate: AgeEstimate) -> tuple[float, float]:
    assert estimate.low is not None
    assert estimate.high is not None
    return estimate.low, estimate.high


def faces_of(pipeline: Pipeline, photo: Path) -> list[AlignedFace]:
    pixels = decode(photo).pixels
    found = sorted(
        pipeline.detector.detect(pixels), key=lambda face: face.box.left - face.box.right
    )
    return [pipeline.aligner.align(pixels, face) for face in found]


def test_each_year_belongs_to_the_nearest_bracket() -> None:
    assert len(BRACKET_OF_AGE) == len(AGES) == 101
    brackets = {age: BRACKETS[BRACKET_OF_AGE[age]] for age in range(101)}
    assert brackets[0] == brackets[3] == "(0-2)"
    assert (brackets[7], brackets[13], brackets[14]) == ("(4-6)", "(8-12)", "(15-20)")
    assert (brackets[22], brackets[23], brackets[35]) == ("(15-20)", "(25-32)", "(25-32)")
    assert (brackets[56], brackets[57], brackets[100]) == ("(48-53)", "(60-100)", "(60-100)")


def test_the_correction_never_turns_an_older_face_into_a_younger_one() -> None:
    for female in (0.0, 0.5, 1.0):
        years = [corrected_years(mean, female) for mean in np.linspace(0.25, 80, 400)]
        assert (np.diff(years) > 0).all()
        assert years[0] >= 0


def test_in_the_middle_ages_a_woman_is_taken_for_older_than_a_man() -> None:
    assert corrected_years(50, 1) > corrected_years(50, 0) > 50
    assert corrected_years(10, 1) == corrected_years(10, 0) < 10


@pytest.mark.parametrize("year", [0, 1, 2, 5, 10, 18, 30, 50, 70, 80])
def test_years_lie_in_their_bracket_and_within_low_and_high(year: int) -> None:
    estimate = age_estimate(shares(**{f"y{year}": 1.0}), 0.5)
    low, high = low_and_high(estimate)
    assert 0 <= low < estimate.years < high <= 100
    assert estimate.bracket == BRACKETS[BRACKET_OF_AGE[round(estimate.years)]]
    assert 0.1 < estimate.confidence <= 1


def test_a_doubtful_age_has_a_wide_interval_and_a_low_confidence() -> None:
    sure = age_estimate(shares(y40=1.0), 0)
    torn = age_estimate(shares(y20=0.5, y60=0.5), 0)
    (low, high), (low_of_torn, high_of_torn) = low_and_high(sure), low_and_high(torn)
    assert high_of_torn - low_of_torn > 2 * (high - low)
    assert torn.confidence < sure.confidence / 2
    assert low_of_torn < 20
    assert high_of_torn > 60


def test_shares_need_not_sum_to_one_exactly() -> None:
    assert age_estimate(shares(y30=0.5, y40=0.5), 0) == age_estimate(shares(y30=0.4, y40=0.4), 0)
