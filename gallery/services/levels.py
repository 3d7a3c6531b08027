"""How crowded the neighbourhoods of faces are, by today's population map: computed once, kept beside them.

The child that analyses a photo computes them. Here it is done for faces that were analysed before there was
a map, or by another one: from their encodings, without a pixel, 13,000 faces a second.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol, Self, TypeVar

import numpy as np
from django.db import connection

from analysis.results import Array
from gallery import installed
from gallery.models.person import KnownEncoding, KnownEncodingQuerySet
from gallery.services.nearest import few

PART = 4000  # known encodings, 3 MB as rows
# Whoever analysed the photo meanwhile has written what holds of it now.
UPDATE = "UPDATE {table} SET level = %s, population = %s WHERE id = %s AND encoder = %s AND population = %s"


class Leveled(NamedTuple):
    """A known encoding with its level, whose it is, and the quality of its face, if it has one."""

    pk: int
    person_id: int
    encoder: str
    encoding: Array
    level: float | None
    population: str
    score: float | None


class _Row(Protocol):
    @property
    def pk(self) -> int: ...
    @property
    def encoder(self) -> str: ...
    @property
    def encoding(self) -> Array: ...
    @property
    def population(self) -> str: ...
    def _replace(self, *, level: float | None, population: str) -> Self: ...


Row = TypeVar("Row", bound=_Row)


def filled(rows: Sequence[Row]) -> list[Row]:
    """Return rows of faces, those that lacked today's level with it, and write that."""
    return _filled(rows, "gallery_face")


def of_known(known: KnownEncodingQuerySet) -> list[Leveled]:
    """Return known encodings with their levels; those that lacked today's have it written."""
    return _of_known(known.order_by("pk"))


def keys_of(known: KnownEncodingQuerySet) -> list[int]:
    """Return the keys of known encodings; those that lacked today's level have it written."""
    found = installed.population()
    rows = list(known.order_by("pk").values_list("pk", "encoder", "population"))
    lacking = [
        pk
        for pk, encoder, population in rows
        if found is not None and encoder == found.encoder and population != found.name
    ]
    for some in few(lacking):
        of_known(KnownEncoding.objects.filter(pk__in=some))
    return [pk for pk, _, _ in rows]


def in_parts(known: KnownEncodingQuerySet) -> Iterator[list[Leveled]]:
    """Yield what `of_known` returns some at a time, for whoever needs no more at once."""
    rows = _of_known(known.order_by("pk")[:PART])
    while rows:
        yield rows
        if len(rows) < PART:
            return
        rows = _of_known(known.filter(pk__gt=rows[-1].pk).order_by("pk")[:PART])


def _of_known(known: KnownEncodingQuerySet) -> list[Leveled]:
    fields = ("pk", "person_id", "encoder", "vector", "level", "population", "face__quality_score")
    rows = [Leveled(*values) for values in known.values_list(*fields)]
    return _filled(rows, "gallery_knownencoding")


def _filled(rows: Sequence[Row], table: str) -> list[Row]:
    """Return the rows with the levels of today's map, and none where it is no map of their encoder."""
    found = installed.population()
    if found is None:
        return [row._replace(level=None, population="") for row in rows]
    name, encoder = found.name, found.encoder
    lacking = [row for row in rows if row.encoder == encoder and row.population != name]
    again: dict[int, float] = {}
    if lacking:
        levels = found.levels(np.stack([row.encoding for row in lacking])).tolist()
        again = {row.pk: level for row, level in zip(lacking, levels, strict=True)}
        values = [(again[row.pk], name, row.pk, encoder, row.population) for row in lacking]
        with connection.cursor() as cursor:
            cursor.executemany(UPDATE.format(table=table), values)
    return [_leveled(row, name, encoder, again.get(row.pk)) for row in rows]


def _leveled(row: Row, name: str, encoder: str, level: float | None) -> Row:
    if row.encoder != encoder:
        return row._replace(level=None, population="")
    return row if level is None else row._replace(level=level, population=name)
