"""What a plot shows: rows of counts, each with the search that finds the photos behind it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from gallery.services.search import address
from gallery.services.search.value import Search

FEW = 20  # photos, below which a plot says that it is of few


class Form(StrEnum):
    """How rows are drawn: a row of bars for each, two against each other, columns, or lines."""

    BARS = "bars"
    PYRAMID = "pyramid"
    COLUMNS = "columns"
    LINES = "lines"


class Unit(StrEnum):
    """What a row's place along the plot is: nothing but its number, or a time."""

    NOTHING = ""
    YEAR = "year"
    MONTH = "month"  # since the year 0
    THOUSANDTH = "thousandth"  # of a distance


@dataclass(frozen=True, slots=True)
class Cell:
    """How many photos there are of a kind, and what finds them; as a `share` of others where that is drawn.

    Where there is no search, there is nothing behind it.
    """

    count: int
    search: Search | None = None
    share: float | None = None

    @property
    def query(self) -> str:
        return address.write(self.search) if self.search is not None and self.count else ""

    @property
    def drawn(self) -> float:
        return self.count if self.share is None else self.share


@dataclass(frozen=True, slots=True)
class Row:
    label: str
    cells: Sequence[Cell]
    at: int = 0

    @property
    def values(self) -> str:
        """What is drawn: the place along the plot, and a number for each column."""
        return " ".join([f"{self.at}", *(f"{cell.drawn:.5g}" for cell in self.cells)])


@dataclass(frozen=True, slots=True)
class Link:
    """A line between two of a network, by their places among its rows, and their photos."""

    first: int
    second: int
    cell: Cell


@dataclass(frozen=True, slots=True)
class Limit:
    """A place along the plot beyond which something else follows, and in words what."""

    label: str
    at: int


@dataclass(frozen=True, slots=True)
class Plot:
    """Rows under `head`, with a column for each of `columns`, of `photos` photos.

    `notes` are sentences that stand beside it, `limits` lines across it. `links` join rows, where it is a
    network.
    """

    form: Form
    head: str
    columns: Sequence[str]
    rows: Sequence[Row]
    photos: int
    notes: Sequence[str] = ()
    unit: Unit = Unit.NOTHING
    links: Sequence[Link] = ()
    limits: Sequence[Limit] = ()

    @property
    def drawn_limits(self) -> str:
        """What is drawn across it: places along it, each with its word."""
        return ";".join(f"{limit.at} {limit.label}" for limit in self.limits)

    @property
    def is_empty(self) -> bool:
        return not any(cell.count for row in self.rows for cell in row.cells)

    @property
    def is_of_few(self) -> bool:
        return 0 < self.photos < FEW

    @property
    def is_of_shares(self) -> bool:
        return any(cell.share is not None for row in self.rows for cell in row.cells)
