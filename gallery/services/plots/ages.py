"""How old faces look, women and girls on one side, men and boys on the other."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from gallery.services.library_index.columns import GENDERS
from gallery.services.plots.asked import NONE, Asked, within
from gallery.services.plots.value import Cell, Form, Plot, Row
from gallery.services.search.value import Span

STEP = 5  # years
LAST = 80 // STEP  # who looks older is counted with these


def draw(asked: Asked) -> Plot:
    faces = asked.library.faces
    # As they are read: whoever is 34.2 is 34.
    ages = (np.floor(faces.ages).astype(np.int64) // STEP).clip(0, LAST)
    bins = np.where(faces.genders < len(GENDERS), faces.genders * (LAST + 1) + ages, NONE)
    counts = np.reshape(asked.counts(bins, 2 * (LAST + 1)), (2, LAST + 1)).tolist()
    rows = [
        Row(
            _told(_span(at)), [_cell(asked, gender, at, counts[of][at]) for of, gender in SIDES], at
        )
        for at in _shown(counts)
    ]
    notes = [_("Age and gender are guesses of networks, by how a face looks.")]
    columns = [_("Female"), _("Male")]
    return Plot(Form.PYRAMID, _("Age"), columns, rows[::-1], asked.count, notes)


SIDES = (*enumerate(GENDERS),)


def _shown(counts: list[list[int]]) -> range:
    """Return the steps from the first that has somebody to the last."""
    some = [at for at in range(LAST + 1) if counts[0][at] or counts[1][at]]
    return range(some[0], some[-1] + 1) if some else range(0)


def _span(at: int) -> Span:
    return Span(at * STEP, None if at == LAST else at * STEP + STEP - 1)


def _told(span: Span) -> str:
    if span.most is None:
        return _("%(age)s and older") % {"age": span.least}
    return f"{span.least}\N{EN DASH}{span.most}"


def _cell(asked: Asked, gender: str, at: int, count: int) -> Cell:
    ages = within(_span(at), asked.search.ages)
    return Cell(count, asked.search.but(gender=gender, ages=ages))
