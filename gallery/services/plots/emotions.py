"""How faces look: on how many photos somebody shows each emotion."""

from __future__ import annotations

from django.utils.translation import gettext as _

from analysis.results import EMOTIONS
from gallery.services.plots.asked import Asked
from gallery.services.plots.value import Cell, Form, Plot, Row


def draw(asked: Asked) -> Plot:
    counts = asked.counts(asked.library.faces.emotions, len(EMOTIONS))
    rows = [
        Row(_(name), [Cell(count, asked.search.but(emotions=(name,)))], at)
        for at, (name, count) in enumerate(zip(EMOTIONS, counts, strict=True))
    ]
    notes = [_("Guessed by a network, but for faces of which somebody said what they show.")]
    return Plot(Form.BARS, _("Emotion"), [_("Photos")], rows, asked.count, notes)
