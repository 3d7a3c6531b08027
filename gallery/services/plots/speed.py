"""How fast photos were analysed in the last hour, and how many wait."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
from django.db.models import Exists, OuterRef
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.models import AnalysisJob, Photo
from gallery.models.job import AnalysisJobQuerySet
from gallery.services.plots.asked import Asked
from gallery.services.plots.value import Cell, Form, Plot, Row, Unit

MINUTES = 60


def draw(asked: Asked) -> Plot:
    """Draw how many of all photos were analysed in each minute; no search says which those are."""
    now = timezone.now()
    mine = _mine(asked)
    ended = mine.filter(finished_at__gte=now - timedelta(minutes=MINUTES), started_at__isnull=False)
    times = ended.order_by().values_list("started_at", "finished_at")
    found = [
        ((now - end).total_seconds() // 60, (end - start).total_seconds())
        for start, end in times
        if start is not None and end is not None
    ]
    minutes = np.array([minute for minute, _seconds in found], np.int64).clip(0, MINUTES - 1)
    counts = np.bincount(minutes, minlength=MINUTES).tolist()
    rows = [
        Row(_("%(count)s min ago") % {"count": ago}, [Cell(counts[ago])], -ago)
        for ago in reversed(range(MINUTES))
    ]
    return Plot(
        Form.COLUMNS, _("When"), [_("Photos analysed")], rows if found else [], len(found),
        _notes(asked, [seconds for _minute, seconds in found]), unit=Unit.MINUTE,
    )  # fmt: skip


def _mine(asked: Asked) -> AnalysisJobQuerySet:
    """Return the user's jobs so that those of a time, or open ones, are found by an index of theirs."""
    photos = Photo.objects.visible_to(asked.user).filter(pk=OuterRef("photo"))
    return AnalysisJob.objects.filter(Exists(photos))


def _notes(asked: Asked, seconds: list[float]) -> list[str]:
    waiting = _mine(asked).open().count()
    notes: list[str] = []
    if seconds:
        words = _("A photo took %(seconds)s s, in the middle of all.")
        notes.append(words % {"seconds": f"{np.median(seconds):.1f}"})
    if waiting:
        words = ngettext("%(count)s photo waits.", "%(count)s photos wait.", waiting)
        notes.append(words % {"count": f"{waiting:,}"})
    return notes
