"""How faces looked over time: on which share of a time's photos with a face somebody shows an emotion."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from analysis.results import EMOTIONS
from gallery.services.library_index.columns import Flags
from gallery.services.plots import periods
from gallery.services.plots.asked import Asked
from gallery.services.plots.value import Cell, Form, Plot, Row

MOST_MONTHS = 36  # a longer time is shown by years
DRAWN = 4  # emotions whose lines can still be told apart


def draw(asked: Asked) -> Plot:
    found = periods.of(asked, MOST_MONTHS)
    faces, number = asked.library.faces, len(found.there)
    there = asked.with_bins(faces.emotions, len(EMOTIONS))
    with_face = asked.with_bins(np.zeros(len(faces.keys), np.int64), 1)[0]
    counts = [_by_period(found, one, number) for one in there]
    of_all = _by_period(found, with_face, number)
    totals = there.sum(axis=1)
    drawn = [at for at in np.argsort(-totals, kind="stable")[:DRAWN].tolist() if totals[at]]
    rows = []
    for at, period in enumerate(found.there):
        if of_all[at]:
            search = found.search(asked.search, period)
            cells = [
                Cell(counts[one][at], search.but(emotions=(EMOTIONS[one],)), counts[one][at] / of_all[at])
                for one in drawn
            ]  # fmt: skip
            rows.append(Row(found.label(period), cells, period))
    columns = [_(EMOTIONS[one]) for one in drawn]
    notes = [_("Of a time's photos with faces, the share on which somebody looks so; by guesses.")]
    notes += periods.left_out(asked, found)
    return Plot(Form.LINES, found.head, columns, rows, asked.count, notes, unit=found.unit)


def _by_period(found: periods.Periods, photos: Flags, number: int) -> list[int]:
    of_these = found.of_photos[photos]
    counts: list[int] = np.bincount(of_these[of_these >= 0], minlength=number).tolist()
    return counts
