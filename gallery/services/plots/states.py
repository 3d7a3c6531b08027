"""What waits for its analysis, and what came of the others."""

from __future__ import annotations

import numpy as np
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from gallery.services.plots.asked import Asked
from gallery.services.plots.value import Cell, Form, Plot, Row
from gallery.services.search.chips import STATES
from gallery.services.search.found import beside_of
from gallery.services.search.matching import Matcher
from gallery.services.search.value import Shown


def draw(asked: Asked) -> Plot:
    matcher = Matcher(
        asked.library, beside_of(asked.user, asked.library, asked.search, all_states=True)
    )
    rows: list[Row] = []
    # An address with two states finds either.
    for state in asked.search.states or Shown:
        search = asked.search.but(states=(state,))
        count = int(np.count_nonzero(matcher.matching(search)))
        rows.append(Row(capfirst(f"{STATES[state]}"), [Cell(count, search)], len(rows)))
    return Plot(Form.BARS, _("State"), [_("Photos")], rows, asked.count)
