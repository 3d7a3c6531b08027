"""One way to draw: small SVG files, the same for the same numbers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

# Okabe and Ito's colours for the colour-blind, as on the site.
BLUE, ORANGE, GREEN, GREY = COLOURS = "#0072b2", "#e69f00", "#009e73", "#808080"
STYLE: Any = {
    "axes.axisbelow": True,
    "axes.grid": True,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "font.size": 9,
    "grid.alpha": 0.3,
    "svg.fonttype": "none",  # Letters, not their outlines.
    "svg.hashsalt": "facesite",  # Else names inside the file would differ from run to run.
}


def axes(title: str, across: str, up: str, width: float = 5.0, height: float = 3.2) -> Axes:
    """Return the axes of a new figure, `width` x `height` inches."""
    with mpl.rc_context(STYLE):
        figure = Figure(figsize=(width, height), layout="constrained")
        made = figure.add_subplot()
    made.set(title=title, xlabel=across, ylabel=up)
    return made


def legend_below(drawn: Axes, columns: int) -> None:
    """Explain the colours below the axes, where they cover nothing."""
    drawn.legend(loc="upper center", bbox_to_anchor=(0.5, -0.2), ncols=columns, frameon=False)


def save(drawn: Axes, path: Path) -> None:
    """Write the figure of `drawn` as SVG without the date."""
    path.parent.mkdir(parents=True, exist_ok=True)
    figure = drawn.figure
    assert isinstance(figure, Figure)
    # Once more: what is said of SVG is read only now.
    with mpl.rc_context(STYLE):
        figure.savefig(path, metadata={"Date": None}, facecolor="white")


def matrix(
    drawn: Axes, counts: np.ndarray[tuple[int, ...], np.dtype[np.intp]], names: list[str]
) -> None:
    """Draw a confusion matrix, each row in per cent of its sum."""
    shares = 100 * counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    drawn.grid(visible=False)
    drawn.imshow(shares, cmap="Blues", vmin=0, vmax=100)
    drawn.set_xticks(range(len(names)), names, rotation=40, ha="right")
    drawn.set_yticks(range(len(names)), names)
    for row, column in np.ndindex(*shares.shape):
        share = shares[row, column]
        ink = "white" if share > 50 else "black"
        drawn.text(column, row, f"{share:.0f}", ha="center", va="center", color=ink)
