"""The pictures of a report as SVG: a confusion matrix, a reliability diagram and learning curves."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from analysis.english import gettext_noop as _
from analysis.results import EMOTIONS
from analysis.training.metrics import Bin, Evaluation
from analysis.training.recipes import Epoch, best

INK, FAINT, PALE, PAPER = "#1f2328", "#d0d7de", "#eef2f6", "#ffffff"
# Two of Okabe and Ito's colours, which the colour-blind tell apart.
LEARNING, CHECKING = "#0072b2", "#d55e00"
CELL, MARGIN = 56, 88
WIDTH, HEIGHT, EDGE = 360, 220, 48
CHART_WIDTH, CHART_HEIGHT = WIDTH + EDGE + 12, HEIGHT + EDGE + 60
SQUARE, STRIP = 360, 56
LOSS, ACCURACY = _("loss"), _("accuracy, %")
WHILE_LEARNING, ON_VALIDATION = _("learning"), _("validation")
MARKED = _("dotted: best, epoch {epoch}")


def confusion_matrix(found: Evaluation) -> str:
    """Draw the share of each row's images in each cell, its number below; the darker, the more."""
    side = MARGIN + CELL * len(EMOTIONS) + 16
    parts = [
        _text(MARGIN + CELL * len(EMOTIONS) / 2, 24, "what the network says", bold=True),
        _text(20, MARGIN + CELL * len(EMOTIONS) / 2, "what it is", bold=True, turn=-90),
    ]
    for index, emotion in enumerate(EMOTIONS):
        middle = MARGIN + CELL * (index + 0.5)
        parts.append(_text(middle, MARGIN - 12, emotion))
        parts.append(_text(MARGIN - 10, middle + 4, emotion, anchor="end"))
    for row, counts in enumerate(found.confusion):
        for column, count in enumerate(counts):
            parts += _cell(row, column, count, count / max(1, sum(counts)))
    return _svg(side, side, parts)


def _cell(row: int, column: int, count: int, share: float) -> list[str]:
    x, y = MARGIN + CELL * column, MARGIN + CELL * row
    colour = PAPER if share > 0.85 else INK
    return [
        f'<rect x="{x}" y="{y}" width="{CELL - 2}" height="{CELL - 2}" rx="4" fill="{PALE}"/>'
        f'<rect x="{x}" y="{y}" width="{CELL - 2}" height="{CELL - 2}" rx="4" fill="{LEARNING}"'
        f' fill-opacity="{share:.3f}"/>',
        _text(x + CELL / 2 - 1, y + 26, f"{share * 100:.0f} %", colour=colour, bold=row == column),
        _text(x + CELL / 2 - 1, y + 42, str(count), colour=colour, size=10),
    ]


def reliability(found: Evaluation, before: Evaluation | None = None) -> str:
    """Draw how often the network is right by how sure it is, with the number of images of each bin below.

    What it was `before` its calibration is a line; the nearer to the dotted one, the better.
    """
    parts = [_text(EDGE, EDGE - 20, "right, %", anchor="start", bold=True)]
    for step in range(0, 101, 20):
        x, y = EDGE + SQUARE * step / 100, EDGE + SQUARE * (1 - step / 100)
        parts.append(f'<path d="M{EDGE} {y:g}h{SQUARE}" stroke="{FAINT}" stroke-width="1"/>')
        parts.append(_text(EDGE - 6, y + 4, str(step), anchor="end"))
        parts.append(_text(x, EDGE + SQUARE + 18, str(step)))
    parts += _bars(found.reliability)
    parts.append(
        f'<path d="M{EDGE} {EDGE + SQUARE}l{SQUARE} {-SQUARE}" stroke="{INK}" stroke-dasharray="2 4"/>'
    )
    names = [(LEARNING, f"error {found.calibration_error * 100:.1f} %")]
    if before:
        parts += _line(before.reliability)
        names.append((CHECKING, f"before: error {before.calibration_error * 100:.1f} %"))
    bottom = EDGE + SQUARE + STRIP + 56
    parts.append(_text(EDGE + SQUARE / 2, bottom - 14, "sure, %; grey: images", bold=True))
    for place, (colour, name) in enumerate(names):
        x = EDGE + 160 * place
        parts.append(f'<path d="M{x} {bottom + 8}h20" stroke="{colour}" stroke-width="4"/>')
        parts.append(_text(x + 26, bottom + 12, name, anchor="start"))
    return _svg(SQUARE + EDGE + 24, bottom + 28, parts)


def _bars(bins: Sequence[Bin]) -> list[str]:
    """Draw the share told right of each bin upwards, and its images downwards from under the numbers."""
    wide, most = SQUARE / len(bins), max(one.images for one in bins)
    parts = []
    for place, one in enumerate(bins):
        x = EDGE + wide * place + 1
        for y, high, colour in (
            (EDGE + SQUARE * (1 - (one.right or 0)), SQUARE * (one.right or 0), LEARNING),
            (EDGE + SQUARE + 26, STRIP * one.images / most * 0.75, INK),
        ):
            parts.append(
                f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide - 2:.1f}" height="{high:.1f}"'
                f' fill="{colour}" fill-opacity="0.6"><title>{one.images} images</title></rect>'
            )
    return parts


def _line(bins: Sequence[Bin]) -> list[str]:
    points = [
        (EDGE + SQUARE * one.confidence, EDGE + SQUARE * (1 - one.right))
        for one in bins
        if one.confidence is not None and one.right is not None
    ]
    joined = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = (f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{CHECKING}"/>' for x, y in points)
    line = f'<polyline points="{joined}" fill="none" stroke="{CHECKING}" stroke-width="2"/>'
    return [line, *dots]


def learning_curves(history: Sequence[Epoch]) -> str:
    """Draw both `learning_charts` beside each other."""
    parts = [
        chart.replace("<svg ", f'<svg x="{place * CHART_WIDTH}" ', 1)
        for place, chart in enumerate(learning_charts(history))
    ]
    return _svg(2 * CHART_WIDTH, CHART_HEIGHT, parts)


def learning_charts(
    history: Sequence[Epoch], translate: Callable[[str], str] = str
) -> tuple[str, str]:
    """Draw the loss and the accuracy by epoch, while learning and on validation, the best epoch marked.

    `translate` turns each of its English words into the reader's.
    """
    losses = [epoch.loss for epoch in history], [epoch.validation_loss for epoch in history]
    shares = (
        [epoch.accuracy * 100 for epoch in history],
        [epoch.validation_accuracy * 100 for epoch in history],
    )
    marked = best(history)
    legend = _legend(marked, translate)
    return (
        _chart(translate(LOSS), *losses, marked, legend),
        _chart(translate(ACCURACY), *shares, marked, legend),
    )


def _chart(
    title: str, learning: list[float], checking: list[float], marked: int, legend: Sequence[str]
) -> str:
    left, top = EDGE, EDGE
    ticks = _ticks(min(learning + checking), max(learning + checking))
    low, high = ticks[0], ticks[-1]
    last = max(1, len(learning) - 1)

    def x(epoch: float) -> float:
        return left + epoch / last * (WIDTH - 12)

    def y(value: float) -> float:
        return top + (high - value) / (high - low) * (HEIGHT - 12)

    parts = [_text(left, top - 16, title, anchor="start", bold=True)]
    for value in ticks:
        parts.append(
            f'<path d="M{left} {y(value):.1f}h{WIDTH - 12}" stroke="{FAINT}" stroke-width="1"/>'
        )
        parts.append(_text(left - 6, y(value) + 4, f"{value:.3g}", anchor="end"))
    whole = {round(tick) for tick in _ticks(1, len(learning)) if abs(tick - round(tick)) < 1e-9}
    for epoch in sorted({1, *whole} & set(range(1, len(learning) + 1))):
        parts.append(_text(x(epoch - 1), top + HEIGHT + 6, str(epoch)))
    parts.append(
        f'<path d="M{x(marked):.1f} {top}v{HEIGHT - 12}" stroke="{INK}" stroke-dasharray="2 4"/>'
    )
    for values, colour in ((learning, LEARNING), (checking, CHECKING)):
        points = " ".join(f"{x(epoch):.1f},{y(value):.1f}" for epoch, value in enumerate(values))
        parts.append(
            f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="2"'
            ' stroke-linejoin="round"/>'
        )
    return _svg(CHART_WIDTH, CHART_HEIGHT, [*parts, *legend])


def _legend(marked: int, translate: Callable[[str], str]) -> list[str]:
    bottom, parts = EDGE + HEIGHT + 44, []
    for x, colour, name in (
        (EDGE, LEARNING, WHILE_LEARNING),
        (EDGE + 100, CHECKING, ON_VALIDATION),
    ):
        parts.append(f'<path d="M{x} {bottom - 4}h20" stroke="{colour}" stroke-width="2"/>')
        parts.append(_text(x + 26, bottom, translate(name), anchor="start"))
    best_one = translate(MARKED).format(epoch=marked + 1)
    return [*parts, _text(EDGE + 206, bottom, best_one, anchor="start")]


def _ticks(low: float, high: float) -> list[float]:
    """Return round numbers, two to seven of them, the first not above `low`, the last not below `high`."""
    rough = (high - low or abs(high) / 10 or 1.0) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    # Less by a little, or rounding would pass over a step that fits.
    step = next(power * times for times in (1, 2, 5, 10) if power * times >= rough * (1 - 1e-9))
    first, last = math.floor(low / step), math.ceil(high / step)
    return [step * number for number in range(first, max(last, first + 1) + 1)]


def _text(
    x: float,
    y: float,
    text: str,
    *,
    anchor: str = "middle",
    colour: str = INK,
    size: int = 12,
    bold: bool = False,
    turn: int = 0,
) -> str:
    weight = ' font-weight="600"' if bold else ""
    turned = f' transform="rotate({turn} {x:g} {y:g})"' if turn else ""
    return (
        f'<text x="{x:g}" y="{y:g}" fill="{colour}" font-size="{size}"'
        f' text-anchor="{anchor}"{weight}{turned}>{text}</text>'
    )


def _svg(width: float, height: float, parts: Sequence[str]) -> str:
    inner = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}"'
        f' width="{width:g}" height="{height:g}" font-family="system-ui, sans-serif">\n'
        f'<rect width="100%" height="100%" fill="{PAPER}"/>\n{inner}\n</svg>\n'
    )
