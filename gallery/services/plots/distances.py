"""How far faces are from the nearest known face of their person: named ones, and guesses."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _

from gallery import installed
from gallery.models import Roster
from gallery.models.face_queries import NamedBy
from gallery.services import confirmed
from gallery.services.library_index.columns import NAMED_BY
from gallery.services.plots.asked import NONE, Asked, within
from gallery.services.plots.value import Cell, Form, Limit, Plot, Row, Unit
from gallery.services.rules import limits_of
from gallery.services.search import chips
from gallery.services.search.matching import steps
from gallery.services.search.value import Span

STEP = 5  # hundredths
BINS = 20
SERIES = (NamedBy.HUMAN, NamedBy.MACHINE)


def draw(asked: Asked) -> Plot:
    faces = asked.library.faces
    far = steps(confirmed.distances(asked.library), 100)
    at = np.where(np.isnan(far), 0, far // STEP).astype(np.int64).clip(0, BINS - 1)
    counts = []
    for by in SERIES:
        is_one = (faces.named_by == NAMED_BY.index(by)) & ~np.isnan(far)
        counts.append(asked.counts(np.where(is_one, at, NONE), BINS))
    rows = []
    for number in _shown(counts):
        # What is nearer than any, or further, is counted with the first and the last.
        span = Span(
            number * STEP if number else None,
            number * STEP + STEP - 1 if number < BINS - 1 else None,
        )
        cells = [
            Cell(
                of[number],
                asked.search.but(by=by.value, distance=within(span, asked.search.distance)),
            )
            for by, of in zip(SERIES, counts, strict=True)
        ]
        rows.append(Row(chips.distance(span), cells, (number * STEP * 2 + STEP) * 5))
    limits, notes = _limits(asked)
    columns = [_("Confirmed"), _("Guesses")]
    return Plot(
        Form.COLUMNS, _("Distance"), columns, rows, asked.count, notes,
        unit=Unit.THOUSANDTH, limits=limits,
    )  # fmt: skip


def _shown(counts: list[list[int]]) -> range:
    """Return the bins from the first that has any to the last."""
    some = [number for number in range(BINS) if any(of[number] for of in counts)]
    return range(some[0], some[-1] + 1) if some else range(0)


def _limits(asked: Asked) -> tuple[list[Limit], list[str]]:
    roster, population = Roster.objects.of(asked.library.owner), installed.population()
    found = limits_of(roster, population.encoder if population else "")
    limits = [Limit(_("sure"), round(found.sure * 1000))] if found.sure > 0 else []
    if found.maybe > found.sure:
        limits.append(Limit(_("asked"), round(found.maybe * 1000)))
    said = {"sure": f"{found.sure:.2f}", "maybe": f"{found.maybe:.2f}"}
    notes = [_("The nearer, the more alike: 0 is the same picture.")]
    if len(limits) == 2:
        notes.append(
            _("Up to %(sure)s a name is guessed, up to %(maybe)s it is asked about.") % said
        )
    return limits, notes
