"""What the pages about emotion networks need: shares, times, and tables of one emotion against another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.utils.formats import number_format
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_noop

from analysis.results import EMOTIONS
from analysis.training import pictures
from analysis.training.recipes import Epoch, best
from gallery import times
from gallery.times import NO_BREAK_SPACE

register = template.Library()

SHADES = 8  # static/css/network.css has a colour for each
# What a report says of a training; another version may say more.
KEYS = {
    "recipe": gettext_noop("Recipe"),
    "seed": gettext_noop("Seed"),
    "precision": gettext_noop("Precision"),
    "threads": gettext_noop("Threads"),
    "training": gettext_noop("Training"),
    "validation": gettext_noop("Validation"),
    "restart": gettext_noop("Restart"),
    "images": gettext_noop("Images"),
    "epochs": gettext_noop("Epochs"),
    "best_epoch": gettext_noop("Best epoch"),
    "temperature": gettext_noop("Temperature"),
}


@dataclass(frozen=True, slots=True)
class Cell:
    """A number of a matrix; `shade` goes by its share of the row, 0 (none) to SHADES (all)."""

    column: str
    count: int
    share: float
    shade: int
    is_same: bool


@dataclass(frozen=True, slots=True)
class Row:
    emotion: str
    total: int
    cells: Sequence[Cell]


@register.filter
def share(value: float | str | None) -> str:
    """Write a share (0 to 1) with a decimal, "66.0 %", or a dash if there is none."""
    # A template passes the empty text for what a report does not say.
    if value is None or isinstance(value, str):
        return "\N{EN DASH}"
    # Rounded first: number_format cuts off what is beyond, 28.999999999999996 to 28.9.
    rounded = round(value * 100, 1)
    # All is said of all alone.
    shown = min(rounded, 99.9) if value < 1 else rounded
    return f"{number_format(shown, 1)}{NO_BREAK_SPACE}%"


@register.filter
def at_most(seconds: float | None) -> str:
    """Write the longest time that something can still take: "at most 3 h"."""
    return "" if seconds is None else times.at_most(seconds)


@register.filter
def matrix(counts: Sequence[Sequence[int]]) -> list[Row]:
    """Return the rows of a table of counts by EMOTIONS and EMOTIONS."""
    return [
        Row(emotion, sum(row), _cells(emotion, row))
        for emotion, row in zip(EMOTIONS, counts, strict=True)
    ]


def _cells(emotion: str, row: Sequence[int]) -> list[Cell]:
    total = max(1, sum(row))
    return [
        Cell(column, count, count / total, _shade(count / total), column == emotion)
        for column, count in zip(EMOTIONS, row, strict=True)
    ]


def _shade(part: float) -> int:
    return 0 if part == 0 else max(1, round(part * SHADES))


@register.filter
def words(key: str) -> str:
    """Write a key of a report as people read it: "Best epoch"."""
    return gettext(KEYS[key]) if key in KEYS else key.replace("_", " ").capitalize()


@register.simple_tag
def emotion_names() -> Sequence[str]:
    return EMOTIONS


@register.filter
def epochs(found: Mapping[str, Any]) -> list[Epoch]:
    """Return the finished epochs of a training's progress or of a report's training."""
    return [Epoch(**one) for one in found.get("history", ())]


@register.filter
def best_epoch(history: Sequence[Epoch]) -> tuple[int, Epoch] | None:
    """Return the number and the figures of the epoch whose weights are kept; None before the first."""
    return (best(history) + 1, history[best(history)]) if history else None


@register.filter
def curves(history: Sequence[Epoch]) -> SafeString:
    """Draw the learning curves of two epochs and more as SVG; numbers and the reader's words."""
    if len(history) < 2:
        return SafeString("")
    # A translation is text: "<" in one must not become a tag.
    charts = pictures.learning_charts(history, lambda word: escape(gettext(word)))
    return mark_safe("".join(charts))  # noqa: S308
