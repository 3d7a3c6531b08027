"""docs/accuracy.md: what a measure found goes between its two marks; all else is written by hand."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from matplotlib.axes import Axes

from benchmarks.accuracy import plots


@dataclass(frozen=True, slots=True)
class Finding:
    """What a measure found: lines of Markdown, and plots by the name of their file."""

    text: str
    plots: dict[str, Axes] = field(default_factory=dict)


def table(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table in Markdown; floats have two digits behind the point."""

    def line(cells: Sequence[object]) -> str:
        return "| " + " | ".join(_shown(cell) for cell in cells) + " |"

    return "\n".join(
        [line(heads), "| " + " | ".join("---" for _ in heads) + " |", *map(line, rows)]
    )


def _shown(cell: object) -> str:
    return f"{cell:.2f}" if isinstance(cell, float) else str(cell)


def percent(share: float) -> str:
    return f"{100 * share:.2f} %"


def write(page: Path, name: str, finding: Finding) -> None:
    """Replace what stands between `<!-- name -->` and `<!-- /name -->`; raises ValueError without."""
    folder = page.parent / page.stem
    text = page.read_text(encoding="utf-8")
    between = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    if not between.search(text):
        raise ValueError(f"{page} has no place for {name}: <!-- {name} --> and <!-- /{name} -->.")
    pictures = [f"![{name}]({folder.name}/{file})" for file in finding.plots]
    content = "\n\n".join([finding.text, *pictures])
    page.write_text(between.sub(rf"\g<1>\n{_escaped(content)}\n\n\g<2>", text), encoding="utf-8")
    for file, drawn in finding.plots.items():
        plots.save(drawn, folder / file)


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\")  # In a replacement `re` reads backslashes.
