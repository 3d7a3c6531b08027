"""Who is on most photos."""

from __future__ import annotations

import numpy as np
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from gallery.services.plots.asked import Asked, with_people
from gallery.services.plots.value import Cell, Form, Plot, Row
from gallery.services.search import people

MOST = 20  # people


def draw(asked: Asked) -> Plot:
    whose, _photos = asked.of_people(people.hidden(asked.user))
    keys, counts = np.unique(whose, return_counts=True)
    most = np.argsort(-counts, kind="stable")[:MOST].tolist()
    called = people.called(asked.user, keys[most].tolist())
    rows: list[Row] = []
    for at in most:
        key = int(keys[at])
        search = with_people(asked.search, key)
        if key in called and search is not None:
            rows.append(Row(called[key], [Cell(int(counts[at]), search)], len(rows)))
    return Plot(Form.BARS, _("Person"), [_("Photos")], rows, asked.count, _notes(asked, len(keys)))


def _notes(asked: Asked, number: int) -> list[str]:
    if asked.search.sure:
        notes = [_("By what people said, and guesses that are sure.")]
    else:
        notes = [_("By what people said; guesses are not counted.")]
    if number > MOST:
        words = ngettext("The first of %(count)s person.", "The first of %(count)s people.", number)
        notes.append(words % {"count": f"{number:,}"})
    return notes
