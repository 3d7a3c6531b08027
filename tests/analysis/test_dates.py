"""Which dates are believed, and what they say of zones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from analysis import dates
from analysis.dates import Source, Taken

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SHOT = datetime(2019, 5, 3, 14, 2, 11)
SEOUL = timezone(timedelta(hours=9))


def read(text: str, **beside: str) -> Taken | None:
    return dates.read(text, Source.EXIF, now=NOW, **beside)


@pytest.mark.parametrize(
    "text",
    [
        "2019:05:03 14:02:11",
        "2019:05:03 14:02:11\0",
        " 2019:05:03 14:02:11",
        "2019-05-03 14:02:11",
        "2019/05/03 14:02:11",
        "2019:05:03T14:02:11",
        "2019:5:3 14:2:11",
        "2019:05:03  14:02:11   :  ",
        "2019:05:03 14:02:11 PM?",
    ],
)
def test_a_date_is_read_however_a_camera_writes_it(text: str) -> None:
    assert read(text) == Taken(SHOT, Source.EXIF)


def test_seconds_may_be_missing_and_have_fractions() -> None:
    assert read("2019:05:03 14:02") == Taken(SHOT.replace(second=0), Source.EXIF)
    for fraction in ("5", "50 ", "500000000\0"):
        found = read("2019:05:03 14:02:11", fraction=fraction)
        assert found == Taken(SHOT.replace(microsecond=500_000), Source.EXIF)
    for none in ("", "   ", "-1", "٣", "x"):
        assert read("2019:05:03 14:02:11", fraction=none) == Taken(SHOT, Source.EXIF)


@pytest.mark.parametrize(
    ("offset", "minutes"),
    [
        ("+09:00", 540),
        ("-03:30", -210),
        ("+0545", 345),
        ("+00:00", 0),
        ("Z", 0),
        ("+14:00\0", 840),
        ("", None),
        ("   :  ", None),
        ("+15:00", None),
        ("+09:75", None),
        ("KST", None),
    ],
)
def test_the_offset_is_read_where_it_is_one(offset: str, minutes: int | None) -> None:
    assert read("2019:05:03 14:02:11", offset=offset) == Taken(SHOT, Source.EXIF, minutes)


def test_the_offset_within_a_date_counts_before_that_beside_it() -> None:
    for text, minutes in (("+09:00", 540), ("Z", 0), ("-0330", -210)):
        found = read(f"2019-05-03T14:02:11.5{text}", offset="+01:00")
        assert found == Taken(SHOT.replace(microsecond=500_000), Source.EXIF, minutes)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "0000:00:00 00:00:00",
        "    :  :     :  :  ",
        "2019:05:03",
        "2019:05:  14:02:11",
        "2019:02:30 14:02:11",
        "2019:05:03 24:00:00",
        "2019:05:03 14:02:61",
        "Friday, 14:02:11",
        "٢٠١٩:05:03 14:02:11",
        "99999:05:03 14:02:11",
        "\ufffd" * 19,
        # Before there was any photograph.
        "0001:01:01 00:00:00",
        "1601:01:01 00:00:00",
        "1825:12:31 23:59:59",
        # What clocks say that nobody has set.
        "1900:01:01 00:00:00",
        "1904:01:01 00:00:00",
        "1970:01:01 00:00:00",
        "1980:01:01 00:00:00",
        "1980:01:01 00:07:12",
        "1980:01:06 00:00:00",
        "2000:01:01 00:00:00",
        "2001:01:01 00:00:00",
        "2002:12:08 12:00:00",
        # The future, wherever the camera is.
        "2026:06:02 12:00:01",
        "2036:02:07 06:28:16",
        "9999:12:31 23:59:59",
    ],
)
def test_what_nobody_should_believe_is_no_date(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "1826:07:01 12:00:00",
        "1965:01:01 00:00:00",
        "1970:01:01 00:00:01",
        "1980:01:02 09:00:00",
        "2000:01:01 00:00:40",
        "2002:12:08 12:00:01",
        "2026:06:02 02:00:00",
    ],
)
def test_what_may_well_be_is_believed(text: str) -> None:
    assert read(text) is not None


def test_a_file_is_believed_unless_it_is_new_or_older_than_any_photo_file() -> None:
    modified = datetime(2019, 5, 3, 14, 2, 11, tzinfo=SEOUL)
    assert dates.of_file(modified, NOW) == Taken(SHOT, Source.FILE, 540)
    for written in (
        NOW,
        NOW - timedelta(seconds=90),
        NOW + timedelta(days=400),
        datetime(1970, 1, 1, tzinfo=UTC),
        datetime(1979, 11, 30, tzinfo=UTC),
        datetime(1985, 10, 26, 8, 15, tzinfo=UTC),
    ):
        assert dates.of_file(written, NOW) is None


def test_an_upload_has_the_time_of_its_zone() -> None:
    assert dates.of_upload(SHOT.replace(tzinfo=SEOUL)) == Taken(SHOT, Source.UPLOAD, 540)


def test_a_date_is_later_only_where_no_zone_explains_it() -> None:
    taken = Taken(SHOT, Source.EXIF)
    assert not dates.is_later(taken, SHOT.replace(tzinfo=UTC) - timedelta(hours=23))
    assert dates.is_later(taken, SHOT.replace(tzinfo=UTC) - timedelta(hours=25))


def test_a_date_is_written_as_iso_8601() -> None:
    assert str(Taken(SHOT, Source.EXIF)) == "2019-05-03T14:02:11"
    assert str(Taken(SHOT, Source.EXIF, 540)) == "2019-05-03T14:02:11+09:00"
    assert str(Taken(SHOT, Source.EXIF, -210)) == "2019-05-03T14:02:11-03:30"
    assert str(Taken(SHOT, Source.EXIF, 0)) == "2019-05-03T14:02:11+00:00"


def test_only_the_shot_s_own_dates_and_a_human_s_are_of_the_shot() -> None:
    said = {source for source in Source if source.is_of_the_shot}
    assert said == {Source.HAND, Source.EXIF, Source.XMP}
