"""When a photo was taken: what says so, what that proves, and what nobody should believe.

A date is what a clock at the place showed, without a zone; how far that clock was ahead of UTC is known
of some photos only. Somebody who remembers may know no more than the month, or the year.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

# The first photograph, Niépce's, is of 1826 or 1827.
FIRST_YEAR = 1826
# TIFF is of autumn 1986, and no other format that is read here is older. Archives and packages whose
# files have no time of their own say 1970, 1980 or 1985.
FIRST_FILE = datetime(1987, 1, 1, tzinfo=UTC)
# Clocks are up to 14 hours ahead of UTC, and a camera's may still be set to another country.
AHEAD = timedelta(days=1)
# What a system has just made for the browser, or copied, is as old as the copy.
JUST_NOW = timedelta(minutes=2)
FURTHEST = 14 * 60  # minutes from UTC
# What a clock says that nobody has set, or a program that knows no date: beginnings of calendars (of
# spreadsheets, the Mac, Unix, GPS, cameras), and what phones with Qualcomm's software write of themselves.
RESETS = frozenset(
    {
        datetime(1900, 1, 1),
        datetime(1904, 1, 1),
        datetime(1970, 1, 1),
        datetime(1980, 1, 6),
        datetime(2000, 1, 1),
        datetime(2001, 1, 1),
        datetime(2002, 12, 8, 12),
    }
)
# There the clocks of cameras and FAT begin, and go on; no digital camera is so old.
RESET_DAY = datetime(1980, 1, 1).date()
# EXIF's 2019:05:03 14:02:11, XMP's 2019-05-03T14:02:11.5+09:00 and what programs make of the two.
WRITTEN = re.compile(
    r"\s*([0-9]{4})[:/.-]([0-9]{1,2})[:/.-]([0-9]{1,2})[ T]\s*([0-9]{1,2}):([0-9]{1,2})"
    r"(?::([0-9]{1,2})(?:[.,]([0-9]+))?)?\s*(Z|[+-][0-9:]{4,5})?"
)
# What somebody said, as it is kept: of a month or a year no more.
VAGUE = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?")
OFFSET = re.compile(r"\s*([+-])([0-9]{2}):?([0-9]{2})\s*\Z")


class Precision(StrEnum):
    """What of a date is known."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"


class Source(StrEnum):
    """What says when a photo was taken, the best first."""

    HAND = "hand"  # somebody who knows it
    EXIF = "exif"  # DateTimeOriginal
    XMP = "xmp"  # the same, as programs write it into a photo
    DIGITIZED = "digitized"  # EXIF's DateTimeDigitized: of paper when it was scanned
    CHANGED = "changed"  # EXIF's DateTime: when the photo was written last
    FILE = "file"  # when the file was written last
    UPLOAD = "upload"

    @property
    def is_of_the_shot(self) -> bool:
        """Whether it says when the photo was taken, and not only that it was not taken later."""
        return self in {Source.HAND, Source.EXIF, Source.XMP}


@dataclass(frozen=True, slots=True)
class Taken:
    """A photo's date: what the clock showed, and by how many minutes it was ahead of UTC, if known.

    Where somebody knows no more than the year or the month, `at` is its beginning.
    """

    at: datetime
    source: Source
    offset: int | None = None
    to: Precision = Precision.DAY

    def __str__(self) -> str:
        """Write it as ISO 8601 does: 2019-05-03T14:02:11+09:00, 2019-05 or 2019."""
        if self.is_vague:
            return self.at.isoformat()[: 4 if self.to is Precision.YEAR else 7]
        return f"{self.at.isoformat()}{self.zone}"

    @property
    def is_vague(self) -> bool:
        """Whether the day is not known."""
        return self.to is not Precision.DAY

    @property
    def last(self) -> date:
        """The last day on which it may have been; the first one is that of `at`."""
        if self.to is Precision.YEAR:
            return date(self.at.year, 12, 31)
        if self.to is Precision.MONTH:
            return self.at.date().replace(day=monthrange(self.at.year, self.at.month)[1])
        return self.at.date()

    @property
    def zone(self) -> str:
        """The offset, "+09:00", or "" where it is not known."""
        if self.offset is None:
            return ""
        hours, minutes = divmod(abs(self.offset), 60)
        return f"{'-' if self.offset < 0 else '+'}{hours:02}:{minutes:02}"


def read(
    text: str, source: Source, *, offset: str = "", fraction: str = "", now: datetime | None = None
) -> Taken | None:
    """Return the date that a photo's text says; None where it says none, or none to be believed.

    `offset` ("+09:00") and `fraction` (digits of a second) are EXIF's texts of their own beside it.
    """
    found = WRITTEN.match(text)
    if found is None:
        return None
    *numbers, digits, zone = found.groups()
    year, month, day, hour, minute, second = (int(number or 0) for number in numbers)
    digits = digits or fraction.strip(" \0")
    part = int(digits[:6].ljust(6, "0")) if digits.isascii() and digits.isdigit() else 0
    try:
        at = datetime(year, month, day, hour, minute, second, part)
    except ValueError:
        return None
    return Taken(at, source, _minutes(zone or offset)) if _is_believed(at, now) else None


def by_hand(text: str) -> Taken:
    """Return what somebody said, as `str` of it writes that: 1987, 1987-05, a day or a moment.

    Raises ValueError.
    """
    vague = VAGUE.fullmatch(text)
    if vague is None:
        return Taken(datetime.fromisoformat(text), Source.HAND)
    year, month = vague.groups()
    to = Precision.YEAR if month is None else Precision.MONTH
    return Taken(datetime(int(year), int(month or 1), 1), Source.HAND, to=to)


def of_file(modified: datetime, now: datetime | None = None) -> Taken | None:
    """Return the date of a file that was last written at `modified`, which has a zone.

    None where that is as good as now, later, or before there were files of photos.
    """
    now = now or datetime.now(UTC)
    if not FIRST_FILE <= modified <= now - JUST_NOW:
        return None
    return _with_zone(modified, Source.FILE)


def of_upload(at: datetime) -> Taken:
    """Return the date of a photo of which nothing is known but when it came; `at` has a zone."""
    return _with_zone(at, Source.UPLOAD)


def is_later(taken: Taken, at: datetime) -> bool:
    """Whether a photo's date is surely behind `at`, which has a zone."""
    return taken.at.replace(tzinfo=UTC) > at + AHEAD


def _is_believed(at: datetime, now: datetime | None) -> bool:
    if at.year < FIRST_YEAR or at in RESETS or at.date() == RESET_DAY:
        return False
    return at.replace(tzinfo=UTC) <= (now or datetime.now(UTC)) + AHEAD


def _minutes(text: str) -> int | None:
    """Return the minutes of an offset, None where it is none: Olympus leaves its digits blank."""
    if text.strip(" \0") == "Z":
        return 0
    found = OFFSET.match(text.strip("\0"))
    if found is None or int(found[3]) >= 60:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    return (-minutes if found[1] == "-" else minutes) if minutes <= FURTHEST else None


def _with_zone(at: datetime, source: Source) -> Taken:
    offset = at.utcoffset()
    if offset is None or abs(offset) > timedelta(minutes=FURTHEST):
        at, offset = at.astimezone(UTC), timedelta()
    return Taken(at.replace(tzinfo=None), source, round(offset.total_seconds() / 60))
