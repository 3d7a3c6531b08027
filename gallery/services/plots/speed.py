"""How long photos took to be analysed, how many were in the last hour, and how many wait."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.models import AnalysisJob, Photo
from gallery.services.plots.asked import Asked, within
from gallery.services.plots.value import Cell, Form, Plot, Row
from gallery.services.search.matching import steps
from gallery.services.search.value import Span

# Tenths of a second from which on each bar counts.
STEPS = (0, 2, 5, 10, 20, 50, 100, 300, 600)


def draw(asked: Asked) -> Plot:
    took = steps(asked.library.photos.took, 10)
    rows = []
    for number, least in enumerate(STEPS):
        most = STEPS[number + 1] - 1 if number + 1 < len(STEPS) else None
        there = asked.photos & (took >= least) & (took <= (np.inf if most is None else most))
        span = Span(least or None, most)
        search = asked.search.but(took=within(span, asked.search.took))
        rows.append(Row(_told(number), [Cell(int(np.count_nonzero(there)), search)], number))
    counted = asked.photos & ~np.isnan(took)
    return Plot(
        Form.BARS, _("Time"), [_("Photos")], rows, int(np.count_nonzero(counted)),
        _notes(asked, asked.library.photos.took[counted]),
    )  # fmt: skip


def _told(number: int) -> str:
    least, most = (f"{tenths / 10:g}" for tenths in (*STEPS, 0)[number : number + 2])
    if not number:
        return _("under %(most)s s") % {"most": most}
    if number + 1 == len(STEPS):
        return _("%(least)s s or more") % {"least": least}
    return f"{least}\N{EN DASH}{most}\N{NO-BREAK SPACE}s"


def _notes(asked: Asked, took: np.ndarray[tuple[int], np.dtype[np.float32]]) -> list[str]:
    notes: list[str] = []
    if len(took):
        words = _("A photo took %(seconds)s s, in the middle of all.")
        notes.append(words % {"seconds": f"{np.median(took):.1f}"})
    lately, waiting = _queue(asked)
    if lately:
        words = ngettext(
            "%(count)s photo was analysed in the last hour.",
            "%(count)s photos were analysed in the last hour.",
            lately,
        )
        notes.append(words % {"count": f"{lately:,}"})
    if waiting:
        words = ngettext("%(count)s photo waits.", "%(count)s photos wait.", waiting)
        notes.append(words % {"count": f"{waiting:,}"})
    return notes


def _queue(asked: Asked) -> tuple[int, int]:
    """Return how many of all photos were analysed in the last hour, and how many wait."""
    since = timezone.now() - timedelta(hours=1)
    photos = Photo.objects.visible_to(asked.user).filter(pk=OuterRef("photo"))
    mine = AnalysisJob.objects.filter(Exists(photos))
    return mine.filter(finished_at__gte=since).count(), mine.open().count()
