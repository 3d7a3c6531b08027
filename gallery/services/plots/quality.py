"""How well faces can be seen, and how sure it is how they look."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from gallery.services.plots.asked import NONE, Asked, within
from gallery.services.plots.value import Cell, Form, Plot, Row
from gallery.services.search.value import Span

STEP = 10  # percent
BINS = 100 // STEP
LEAST = range(30, 100, 10)  # percent, from which on a guess of an emotion is counted


def draw(asked: Asked) -> Plot:
    """Draw on how many photos there is a face of each quality."""
    quality = asked.library.faces.quality * 100
    is_known = ~np.isnan(quality)
    # As the search reads it: whole percents.
    steps = np.floor(np.where(is_known, quality, 0)).astype(np.int64) // STEP
    counts = asked.counts(np.where(is_known, steps.clip(0, BINS - 1), NONE), BINS)
    rows = []
    for at, count in enumerate(counts):
        least, most = at * STEP, 100 if at == BINS - 1 else at * STEP + STEP - 1
        search = asked.search.but(quality=within(Span(least, most), asked.search.quality))
        rows.append(Row(_percents(least, most), [Cell(count, search)], at))
    notes = [_("How large, sharp, bright and straight a face is, in one number.")]
    return Plot(Form.BARS, _("Quality"), [_("Photos")], rows, asked.count, notes)


def draw_confidence(asked: Asked) -> Plot:
    """Draw on how many photos an emotion is guessed at least that surely."""
    shares = asked.library.faces.shares
    rows: list[Row] = []
    for least in LEAST:
        if least < asked.search.confidence:
            continue
        # As the search compares it.
        bins = np.where(shares >= np.float32(least / 100), 0, NONE)
        [count] = asked.counts(bins, 1)
        label = _("%(percent)s %% or more") % {"percent": least}
        rows.append(Row(label, [Cell(count, asked.search.but(confidence=least))], len(rows)))
    notes = [_("What a network gives its likeliest emotion; what somebody said counts as 100 %.")]
    return Plot(Form.BARS, _("Confidence"), [_("Photos")], rows, asked.count, notes)


def _percents(least: int, most: int) -> str:
    return f"{least}\N{EN DASH}{most}\N{NO-BREAK SPACE}%"
