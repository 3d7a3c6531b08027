"""How crowded the neighbourhoods of faces are, by today's population map: computed once, kept beside them.

The child that analyses a photo computes them. Here it is done for faces that were analysed before there was
a map, or by another one: from their encodings, without a pixel, 13,000 faces a second.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, Protocol, Self, TypeVar

import numpy as np
from django.db import connection
from numpy.typing import NDArray

from analysis.matching import stacked
from analysis.results import Array
from gallery import installed
from gallery.models.person import KnownEncoding, KnownEncodingQuerySet
from gallery.services.nearest import few

PART = 4000  # known encodings, 5 MB as rows
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
    def level(self) -> float | None: ...
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


def today(
    encoders: Sequence[str],
    populations: Sequence[str],
    stored: Sequence[float | None],
    encodings: Callable[[NDArray[np.intp]], Array],
) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """Return levels (n,) by today's map, NaN where it is no map of the encoder; and which were lacking.

    Those are computed, of the `encodings` (k, 128) or (k, 256) of the faces at these places.
    """
    found = installed.population()
    if found is None:
        return np.full(len(encoders), np.nan), np.zeros(0, np.intp)
    is_mapped = np.array([encoder == found.encoder for encoder in encoders], np.bool_)
    is_older = np.array([population != found.name for population in populations], np.bool_)
    lacking = np.flatnonzero(is_mapped & is_older)
    levels = np.where(is_mapped, np.array(stored, np.float64), np.nan)
    if len(lacking):
        levels[lacking] = found.levels(encodings(lacking))
    return levels, lacking


def _filled(rows: Sequence[Row], table: str) -> list[Row]:
    """Return the rows with the levels of today's map, and none where it is no map of their encoder."""
    found = installed.population()
    levels, lacking = today(
        [row.encoder for row in rows],
        [row.population for row in rows],
        [row.level for row in rows],
        lambda places: stacked([rows[place].encoding for place in places]),
    )
    filled = [
        row if found and row.encoder == found.encoder else row._replace(level=None, population="")
        for row in rows
    ]
    if found is None or not len(lacking):
        return filled
    values = []
    for place in lacking.tolist():
        row, level = rows[place], float(levels[place])
        filled[place] = row._replace(level=level, population=found.name)
        values.append((level, found.name, row.pk, row.encoder, row.population))
    with connection.cursor() as cursor:
        cursor.executemany(UPDATE.format(table=table), values)
    return filled
