"""The months, or years, in which photos were taken, as far as anything but their upload says so."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.services.library_index.columns import Numbers
from gallery.services.plots.asked import Asked, days_within
from gallery.services.plots.value import Unit
from gallery.services.search.value import Days, Search, Shown


@dataclass(frozen=True, eq=False)
class Periods:
    """The periods with any of the photos, ascending, and of which of them each photo (n,) is, or NONE."""

    unit: Unit
    there: Sequence[int]
    of_photos: Numbers

    @property
    def head(self) -> str:
        return _("Month") if self.unit is Unit.MONTH else _("Year")

    def label(self, period: int) -> str:
        if self.unit is Unit.YEAR:
            return f"{period}"
        return formats.date_format(date(period // 12, period % 12 + 1, 1), "YEAR_MONTH_FORMAT")

    def search(self, search: Search, period: int) -> Search:
        first, last = (period, period)
        if self.unit is Unit.YEAR:
            first, last = period * 12, period * 12 + 11
        year, month = last // 12, last % 12 + 1
        days = Days(
            date(first // 12, first % 12 + 1, 1), date(year, month, monthrange(year, month)[1])
        )
        return search.but(days=days_within(days, search.days))


def of(asked: Asked, most_months: int) -> Periods:
    """Return the months, or where those were more than that, the years."""
    photos = asked.library.photos
    which = asked.photos & photos.is_dated
    months = photos.taken[which].astype("M8[us]").astype("M8[M]").astype(np.int64) + 1970 * 12
    unit = Unit.MONTH if len(np.unique(months)) <= most_months else Unit.YEAR
    if unit is Unit.MONTH:
        # Whoever opens a month does not find what is of some day of that year.
        months, which = months[~photos.is_of_a_year[which]], which & ~photos.is_of_a_year
    there, at = np.unique(months if unit is Unit.MONTH else months // 12, return_inverse=True)
    of_photos = np.full(len(asked.library), -1, np.int64)
    of_photos[which] = at
    return Periods(unit, there.tolist(), of_photos)


def left_out(asked: Asked, found: Periods) -> list[str]:
    """Return a sentence each about photos of which no time, or no month, is known, if there are any."""
    is_dated = asked.library.photos.is_dated
    undated = int(np.count_nonzero(asked.photos & ~is_dated))
    roughly = int(np.count_nonzero(asked.photos & is_dated & (found.of_photos < 0)))
    said = []
    if undated and Shown.UNDATED not in asked.search.states:
        words = ngettext(
            "%(count)s photo is left out: nothing but its upload says when it was taken.",
            "%(count)s photos are left out: nothing but their upload says when they were taken.",
            undated,
        )
        said.append(words % {"count": f"{undated:,}"})
    if roughly:
        words = ngettext(
            "%(count)s photo is left out: of it the year alone is known.",
            "%(count)s photos are left out: of them the year alone is known.",
            roughly,
        )
        said.append(words % {"count": f"{roughly:,}"})
    return said
