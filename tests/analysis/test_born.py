"""How old somebody is on a photo, as far as dates prove it."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from analysis.born import Ages, Born, ages, is_before_birth
from analysis.dates import Precision, Source, Taken

THEN = [Source.HAND, Source.EXIF, Source.XMP]
NO_LATER = [source for source in Source if source not in THEN]


def taken(at: str, source: Source = Source.EXIF) -> Taken:
    return Taken(datetime.fromisoformat(at), source)


@pytest.mark.parametrize(
    ("text", "precision", "earliest", "latest"),
    [
        ("2015", Precision.YEAR, date(2015, 1, 1), date(2015, 12, 31)),
        ("2016-02", Precision.MONTH, date(2016, 2, 1), date(2016, 2, 29)),
        ("2015-12", Precision.MONTH, date(2015, 12, 1), date(2015, 12, 31)),
        ("2015-04-30", Precision.DAY, date(2015, 4, 30), date(2015, 4, 30)),
    ],
)
def test_a_birth_is_a_year_a_month_or_a_day(
    text: str, precision: Precision, earliest: date, latest: date
) -> None:
    born = Born.read(text)
    assert (born.precision, born.earliest, born.latest) == (precision, earliest, latest)
    assert str(born) == text
    assert Born.on(earliest, precision) == born


@pytest.mark.parametrize(
    "text",
    [
        "",
        "15",
        "2015-",
        "2015-4",
        "2015-13",
        "2015-02-29",
        "0000",
        "20150430",
        "2015-04-30 ",
        "٢٠١٥",
    ],
)
def test_what_is_no_date_of_birth_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        Born.read(text)


def test_a_day_without_its_month_is_refused() -> None:
    with pytest.raises(ValueError, match="month"):
        Born(2015, day=30)


@pytest.mark.parametrize("source", THEN)
def test_on_a_dated_shot_an_age_is_known_to_a_few_days(source: Source) -> None:
    found = ages(Born(2015, 4, 30), taken("2019-05-03 14:02", source))
    assert found is not None
    assert 4.0 < found.low < 4.01 < found.high < 4.02


def test_who_knows_only_the_year_knows_the_age_to_a_year() -> None:
    by_year = ages(Born(2015), taken("2019-07-01 12:00"))
    by_month = ages(Born(2015, 4), taken("2019-07-01 12:00"))
    assert by_year is not None
    assert by_month is not None
    assert by_year == pytest.approx((3.5, 4.5), abs=0.01)
    assert by_month == pytest.approx((4.16, 4.25), abs=0.01)
    assert by_year.low < by_month.low < by_month.high < by_year.high


@pytest.mark.parametrize("source", NO_LATER)
def test_a_date_that_only_says_no_later_leaves_every_age_up_to_it(source: Source) -> None:
    found = ages(Born(2015, 4, 30), taken("2019-05-03 14:02", source))
    assert found is not None
    assert found.low == 0.0
    assert found.high == pytest.approx(4.01, abs=0.01)


@pytest.mark.parametrize("source", [*Source])
def test_what_was_there_before_the_birth_can_t_show_them(source: Source) -> None:
    born = Born(2015, 4, 30)
    for at in ("2015-04-28 23:59", "1965-01-01 00:00"):
        assert is_before_birth(born, taken(at, source))
        assert ages(born, taken(at, source)) is None


@pytest.mark.parametrize("source", [*Source])
def test_a_day_of_another_zone_and_a_year_that_is_all_one_knows_are_allowed_for(
    source: Source,
) -> None:
    for born, at in (
        (Born(2015, 4, 30), "2015-04-29 00:00"),
        (Born(2015, 4), "2015-03-31 00:00"),
        (Born(2015), "2014-12-31 23:59"),
        (Born(2015), "2015-01-02 00:00"),
    ):
        assert not is_before_birth(born, taken(at, source))
        found = ages(born, taken(at, source))
        assert found is not None
        assert found.low == 0.0 <= found.high < 0.01


@pytest.mark.parametrize("source", NO_LATER)
def test_a_scan_of_today_may_show_the_child(source: Source) -> None:
    found = ages(Born(1950), taken("2026-01-01 12:00", source))
    assert found is not None
    assert found.low == 0.0


def test_without_a_date_nothing_is_known_and_nothing_impossible() -> None:
    assert ages(Born(2015), None) is None
    assert not is_before_birth(Born(2015), None)


def test_a_range_is_never_upside_down() -> None:
    for born in (Born(2015), Born(2015, 6), Born(2015, 6, 15)):
        for year in range(2014, 2019):
            for month in range(1, 13):
                for source in Source:
                    found = ages(born, taken(f"{year}-{month:02}-15", source))
                    assert found is None or isinstance(found, Ages)
                    assert found is None or 0 <= found.low <= found.high
