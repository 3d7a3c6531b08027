"""How crowded the neighbourhoods of faces are, by today's population map: computed once, kept beside them.

The child that analyses a photo computes them. Here it is done for faces that were analysed before there was
a map, or by another one: from their encodings, without a pixel, 13,000 faces a second.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol, Self, TypeVar

import numpy as np
from django.db import connection

from analysis.results import Array
from gallery import installed
from gallery.models.person import KnownEncodingQuerySet

UPDATE = "UPDATE {table} SET level = %s, population = %s WHERE id = %s"


class Leveled(NamedTuple):
    """A known encoding with its level, and whose it is."""

    pk: int
    person_id: int
    encoder: str
    encoding: Array
    level: float | None
    population: str


class _Row(Protocol):
    @property
    def pk(self) -> int: ...
    @property
    def encoder(self) -> str: ...
    @property
    def encoding(self) -> Array: ...
    @property
    def population(self) -> str: ...
    def _replace(self, *, level: float, population: str) -> Self: ...


Row = TypeVar("Row", bound=_Row)


def filled(rows: Sequence[Row]) -> list[Row]:
    """Return rows of faces, those that lacked today's level with it, and write that."""
    return _filled(rows, "gallery_face")


def of_known(known: KnownEncodingQuerySet) -> list[Leveled]:
    """Return known encodings with their levels; those that lacked today's have it written."""
    fields = ("pk", "person_id", "encoder", "vector", "level", "population")
    rows = [Leveled(*values) for values in known.order_by("pk").values_list(*fields)]
    return _filled(rows, "gallery_knownencoding")


def _filled(rows: Sequence[Row], table: str) -> list[Row]:
    found = installed.population()
    if found is None:
        return [*rows]
    name, encoder = found.name, found.encoder
    lacking = [row for row in rows if row.encoder == encoder and row.population != name]
    if not lacking:
        return [*rows]
    levels = found.levels(np.stack([row.encoding for row in lacking])).tolist()
    with connection.cursor() as cursor:
        values = [(level, name, row.pk) for row, level in zip(lacking, levels, strict=True)]
        cursor.executemany(UPDATE.format(table=table), values)
    again = {
        row.pk: row._replace(level=level, population=name)
        for row, level in zip(lacking, levels, strict=True)
    }
    return [again.get(row.pk, row) for row in rows]
