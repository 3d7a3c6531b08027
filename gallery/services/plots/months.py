"""When photos were taken."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from gallery.services.plots import periods
from gallery.services.plots.asked import Asked
from gallery.services.plots.value import Cell, Form, Plot, Row

MOST = 240  # months; a longer time is shown by years


def draw(asked: Asked) -> Plot:
    found = periods.of(asked, MOST)
    of_photos = found.of_photos[found.of_photos >= 0]
    counts = np.bincount(of_photos, minlength=len(found.there)).tolist()
    rows = [
        Row(found.label(period), [Cell(count, found.search(asked.search, period))], period)
        for period, count in zip(found.there, counts, strict=True)
    ]
    notes = periods.left_out(asked, found)
    return Plot(Form.COLUMNS, found.head, [_("Photos")], rows, asked.count, notes, unit=found.unit)
