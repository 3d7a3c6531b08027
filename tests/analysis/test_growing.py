"""What dates and looks say against a person."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from analysis.growing import AT_MOST, impossible, weakness

UNKNOWN = float("nan")
BORN = date(2000, 6, 1).toordinal()


def day(year: int, month: int = 6) -> float:
    return float(date(year, month, 1).toordinal())


def is_impossible(
    taken: float, looks: float, *, of_the_shot: bool = True, born: float = BORN
) -> bool:
    found = impossible(
        np.array([taken]),
        np.array([of_the_shot]),
        np.array([looks]),
        np.array([born]),
        np.array([born + 364]),
    )
    return bool(found[0, 0])


@pytest.mark.parametrize("of_the_shot", [True, False])
def test_nobody_is_on_a_photo_from_before_their_birth(of_the_shot: bool) -> None:
    assert is_impossible(day(1999), 5, of_the_shot=of_the_shot)
    assert not is_impossible(day(2005), 5, of_the_shot=of_the_shot)
    assert not is_impossible(BORN - 1, 1)  # A clock of another zone.


def test_nobody_looks_a_generation_older_than_they_are() -> None:
    assert is_impossible(day(2005), 45)
    assert not is_impossible(day(2005), 25)


def test_who_looks_young_may_be_on_an_old_photo_whose_date_is_no_shots() -> None:
    assert is_impossible(day(2040), 6)
    assert not is_impossible(day(2040), 6, of_the_shot=False)


def test_what_nobody_knows_says_nothing() -> None:
    assert not is_impossible(UNKNOWN, 80)
    assert not is_impossible(day(1999), 80, born=UNKNOWN)


def test_a_face_of_three_is_weak_evidence_for_one_of_fifteen() -> None:
    known = np.array([3.0, 14.0, 30.0, UNKNOWN])

    found = weakness(np.array([[15.0, 15.0, 15.0, 15.0]]), known)

    assert found[0, 0] == pytest.approx(AT_MOST)
    assert found[0].tolist()[1:] == [0.0, pytest.approx(AT_MOST), 0.0]
    assert weakness(np.array([[50.0]]), np.array([30.0]))[0, 0] == 0
    assert weakness(np.array([[8.5]]), np.array([5.0]))[0, 0] == pytest.approx(0.02)
