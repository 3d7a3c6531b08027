"""Plots of the photos that a search finds, counted in memory from the library's index.

A new plot is a function of a file, and its line in KINDS. Each bar's number is that of the photos that its
search finds, so a plot says nothing that can't be looked at.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from gallery.services.plots import (
    ages,
    distances,
    emotions,
    months,
    over_time,
    people,
    quality,
    speed,
    states,
    together,
)
from gallery.services.plots.asked import Asked, Owner, of
from gallery.services.plots.value import Plot
from gallery.services.search.value import Search

__all__ = ["KINDS", "Kind", "Plot", "draw"]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of plots; `nothing` is what is said where there is nothing to draw."""

    title: Promise
    draw: Callable[[Asked], Plot]
    nothing: Promise


NO_FACES = _("No face was found on these photos.")
KINDS: Mapping[str, Kind] = {
    "months": Kind(_("Photos over time"), months.draw, _("No photo says when it was taken.")),
    "people": Kind(
        _("People on most photos"), people.draw, _("Name a face, and its photos are counted here.")
    ),
    "together": Kind(
        _("Who is with whom"),
        together.draw,
        _("Nobody was named beside somebody else on these photos."),
    ),
    "emotions": Kind(_("How faces look"), emotions.draw, NO_FACES),
    "emotions-over-time": Kind(_("How faces looked over time"), over_time.draw, NO_FACES),
    "ages": Kind(_("How old faces look"), ages.draw, NO_FACES),
    "quality": Kind(
        _("How well faces can be seen"), quality.draw, _("No face of these photos was measured.")
    ),
    "confidence": Kind(_("How sure the emotions are"), quality.draw_confidence, NO_FACES),
    "distances": Kind(
        _("How near faces are to known ones"),
        distances.draw,
        _("Nobody on these photos is known by another face."),
    ),
    "states": Kind(
        _("State of the photos"), states.draw, _("Each photo is analysed, and each has a face.")
    ),
    "speed": Kind(_("Speed of the analysis"), speed.draw, _("None of these photos was analysed.")),
}


def draw(user: Owner, name: str, search: Search) -> Plot:
    """Draw a plot of KINDS of the user's photos that the search finds."""
    return KINDS[name].draw(of(user, search))
