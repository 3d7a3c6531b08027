"""How long something takes, in words that are rough on purpose: what flickers is not believed.

And when something was: as programs write it, and as people read it.
"""

from __future__ import annotations

from datetime import date, datetime, time
from functools import lru_cache

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from analysis.born import Born
from analysis.dates import Precision, Source, Taken

FORMATS = {
    Precision.YEAR: "Y",
    Precision.MONTH: "YEAR_MONTH_FORMAT",
    Precision.DAY: "DATE_FORMAT",
}
NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def roughly(seconds: float) -> str:
    """Write a rough time: "20 s", "3 min", "2 h"."""
    if seconds < 90:
        # To 5 s, then to 10 s.
        step = 5 if seconds < 30 else 10
        return _("%(count)s\u00a0s") % {"count": max(step, step * round(seconds / step))}
    if seconds < 5400:
        return _("%(count)s\u00a0min") % {"count": round(seconds / 60)}
    return _("%(count)s\u00a0h") % {"count": round(seconds / 3600)}


def about(seconds: float) -> str:
    """Write a rough time: "about 3 min"."""
    return _("about %(time)s") % {"time": roughly(seconds)}


def at_most(seconds: float) -> str:
    return _("at most %(time)s") % {"time": roughly(seconds)}


def moment(text: str) -> datetime:
    """Return the time that ISO 8601 says, in its own zone or else the site's; raises ValueError."""
    found = parse_datetime(text)
    if found is None:
        raise ValueError(text)
    return found if timezone.is_aware(found) else timezone.make_aware(found)


def when(taken: Taken) -> str:
    """Write what a clock showed, and its offset if that is known: "3 May 2019, 14:02 (+09:00)"."""
    if taken.is_vague:
        return day(taken)
    # Of a day that somebody wrote no time need be known.
    is_day = taken.source is Source.HAND and taken.at.time() == time()
    at = date_format(taken.at, "DATE_FORMAT" if is_day else "DATETIME_FORMAT")
    return f"{at} ({taken.zone})" if taken.zone else at


def day(taken: Taken) -> str:
    """Write the day that a clock showed, or as much as is known of it: "3 May 2019", "May 2019", "2019"."""
    return written(taken.at.date(), taken.to)


def written(day: date, to: Precision) -> str:
    """Write a day, or as much as is known of it."""
    return _written(get_language(), day, FORMATS[to])


# A wall has the same days again and again, and the months of twenty years in its list on each page.
@lru_cache(maxsize=4096)
def _written(_language: str | None, day: date, form: str) -> str:
    return date_format(day, form)


def birth(born: Born) -> str:
    """Write a date of birth as far as it is known: "2015", "April 2015", "30 April 2015"."""
    return date_format(born.earliest, FORMATS[born.precision])
