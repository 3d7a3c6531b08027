"""Where people and the lines between them stand, for a network that is drawn as SVG.

All stand on a ring, so that no name covers another, and lines bend towards its middle.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from gallery.services.plots.value import Cell, Plot

WIDTH, HEIGHT = 640, 480
RING = 140
LETTERS = 13  # of a name; the whole one is in the table


@dataclass(frozen=True, slots=True)
class Node:
    """Somebody at a place, whose name goes away from the ring from there."""

    label: str
    name: str
    x: float
    y: float
    radius: float
    name_x: float
    anchor: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Line:
    label: str
    path: str
    width: float
    cell: Cell


@dataclass(frozen=True, slots=True)
class Network:
    """Nodes and lines, the thinnest first, in a picture of that size."""

    nodes: Sequence[Node]
    lines: Sequence[Line]
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def most_first(self) -> Sequence[Line]:
        return self.lines[::-1]


def lay_out(plot: Plot) -> Network:
    most = max((row.cells[0].count for row in plot.rows), default=1)
    nodes = [
        _node(row.label, row.cells[0], most, at / len(plot.rows))
        for at, row in enumerate(plot.rows)
    ]
    thickest = max((link.cell.count for link in plot.links), default=1)
    lines = [
        Line(
            f"{nodes[link.first].label}, {nodes[link.second].label}",
            _bent(nodes[link.first], nodes[link.second]),
            round(1 + 7 * math.sqrt(link.cell.count / thickest), 1),
            link.cell,
        )
        for link in reversed(plot.links)
    ]
    return Network(nodes, lines)


def _node(label: str, cell: Cell, most: int, share: float) -> Node:
    # From the top on, by half a step, so that nobody stands right above or below the middle.
    angle = 2 * math.pi * share - math.pi / 2 + 0.1
    x, y = WIDTH / 2 + RING * math.cos(angle), HEIGHT / 2 + RING * math.sin(angle) * 1.25
    radius = 5 + 9 * math.sqrt(cell.count / most)
    side = 1 if math.cos(angle) >= 0 else -1
    name = label if len(label) <= LETTERS else f"{label[: LETTERS - 1].rstrip()}…"
    return Node(
        label,
        name,
        round(x, 1),
        round(y, 1),
        round(radius, 1),
        round(x + side * (radius + 8), 1),
        "start" if side > 0 else "end",
        cell,
    )


def _bent(one: Node, other: Node) -> str:
    middle = WIDTH / 2, HEIGHT / 2
    towards = [
        (a + b) / 2 * 0.4 + centre * 0.6
        for a, b, centre in zip((one.x, one.y), (other.x, other.y), middle, strict=True)
    ]
    return f"M{one.x} {one.y}Q{towards[0]:.1f} {towards[1]:.1f} {other.x} {other.y}"
