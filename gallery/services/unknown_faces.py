"""The unknown faces of a roster, as groups are found of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
from django.db import connection
from django.db.models import BinaryField, ExpressionWrapper, F, QuerySet, Value
from django.db.models.functions import Coalesce
from numpy.typing import DTypeLike, NDArray

from analysis.grouping.carrying import WAITING
from analysis.grouping.limits import fair_levels
from analysis.matching import are_whole, first, joined
from analysis.results import Array
from gallery import installed
from gallery.fields import encodings_of
from gallery.models import Face, GroupedFace, Roster
from gallery.models.face_queries import FaceQuerySet
from gallery.services import levels, matching
from gallery.services.nearest import few

COLUMNS = (
    "encoder", "pk", "photo", "photo__is_collage", "raw", "level", "population", "age_years",
)  # fmt: skip
# Of more faces it takes less time to read in which groups all are between the first and the last.
MANY = 10_000
MOSTLY = 0.9  # of the faces are whole where the others do not count
Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]


class Columns(NamedTuple):
    """n unknown faces of one encoder by ascending key: encodings, and fair levels.

    `photos` (n,) are the keys of theirs, `on_collages` (n,) whether people may be several times on these.
    """

    keys: Numbers
    photos: Numbers
    on_collages: Flags
    encodings: Array
    levels: Array

    def where(self, chosen: Flags | Numbers) -> Columns:
        return Columns._make(column[chosen] for column in self)


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """The unknown faces of one encoder, with the keys of their `groups` (n,), WAITING of those in none.

    Of `is_new` (n,) nobody has looked for any.
    """

    encoder: str
    columns: Columns
    groups: Numbers
    is_new: Flags

    @classmethod
    def of(cls, encoder: str, columns: Columns) -> Unknown:
        """Return them with the groups in which they are now."""
        groups = np.full(len(columns.keys), WAITING)
        is_new = np.ones(len(columns.keys), np.bool_)
        for rows in _grouped(columns.keys):
            faces, numbers = np.array(rows, np.int64).reshape(-1, 2).T
            there = np.isin(faces, columns.keys)
            at = np.searchsorted(columns.keys, faces[there])
            groups[at], is_new[at] = numbers[there], False
        return cls(encoder, columns, groups, is_new)

    def __len__(self) -> int:
        return len(self.keys)

    def by_what_they_have(self) -> list[Unknown]:
        """Return them so that all of one have the same numbers.

        Where nearly all are whole the others, whose photos may be gone for good, are by themselves; else
        all are told by what they have in common.
        """
        columns = self.columns
        is_whole = are_whole(columns.encodings)
        share = is_whole.mean() if len(self) else 0.0
        if share < MOSTLY:
            return [replace(self, columns=columns._replace(encodings=first(columns.encodings)))]
        others = self.where(~is_whole)
        rest = others.by_what_they_have() if len(others) else []
        return [self.where(is_whole), *rest] if rest else [self]

    def where(self, chosen: Flags) -> Unknown:
        columns, groups, is_new = self.columns, self.groups, self.is_new
        return Unknown(self.encoder, columns.where(chosen), groups[chosen], is_new[chosen])

    @property
    def keys(self) -> Numbers:
        return self.columns.keys


class _Row(NamedTuple):
    encoder: str
    pk: int
    photo: int
    is_collage: bool
    raw: bytes
    level: float | None
    population: str
    years: float


class _Unleveled(NamedTuple):
    pk: int
    encoder: str
    encoding: Array
    level: float | None
    population: str


def of(roster: Roster) -> FaceQuerySet:
    """Return the roster's faces that groups are of."""
    return Face.objects.of(roster).unknown()


def read(roster: Roster) -> list[Unknown]:
    """Return all by encoder, where they are few."""
    found = _unknown(all_of(roster, np.float32))
    return [part for some in found for part in some.by_what_they_have()]


def among(roster: Roster, faces: Collection[int]) -> list[Unknown]:
    """Return those of the faces, by key, that are unknown, by encoder."""
    rows = (of(roster).filter(pk__in=some) for some in few(faces))
    return _unknown(pair for some in rows for pair in columns_of(some, np.float32))


def _unknown(parts: Iterable[tuple[str, Columns]]) -> list[Unknown]:
    return [Unknown.of(encoder, some) for encoder, some in merged(parts).items()]


def all_of(roster: Roster, kept: DTypeLike) -> Iterator[tuple[str, Columns]]:
    """Yield the roster's unknown faces some at a time, by encoder; their encodings as that type."""
    last = 0
    while photos := matching.photos_after(roster, last):
        last = photos.stop - 1
        yield from columns_of(matching.between(of(roster), photos), kept)


def merged(parts: Iterable[tuple[str, Columns]]) -> dict[str, Columns]:
    """Return all of each encoder, where there are any."""
    by_encoder: dict[str, list[Columns]] = defaultdict(list)
    for encoder, some in parts:
        if len(some.keys):
            by_encoder[encoder].append(some)
    return {encoder: _joined(by_encoder.pop(encoder)) for encoder in sorted(by_encoder)}


def _joined(parts: Sequence[Columns]) -> Columns:
    keys, photos, on_collages, encodings, levels = zip(*parts, strict=True)
    found = Columns(
        np.concatenate(keys),
        np.concatenate(photos),
        np.concatenate(on_collages),
        joined(encodings),
        np.concatenate(levels),
    )
    is_sorted = bool((np.diff(found.keys) > 0).all())
    return found if is_sorted else found.where(np.argsort(found.keys))


def columns_of(faces: FaceQuerySet, kept: DTypeLike) -> Iterator[tuple[str, Columns]]:
    """Yield what the database says of these faces, by encoder; their encodings as that type."""
    # As bytes: an array for each of hundreds of thousands takes longer than all the rest.
    raw = ExpressionWrapper(F("encoding"), output_field=BinaryField())
    rows = sorted(_rows(faces.order_by().annotate(raw=raw).values_list(*COLUMNS)))
    for encoder, some in groupby(map(_Row._make, rows), key=lambda row: row.encoder):
        yield encoder, _stacked(encoder, list(some), kept)


def _rows(values: QuerySet[Any, Any]) -> list[tuple[Any, ...]]:
    """Return what is found, past the ORM, which takes as long to hand it on as the database to find it."""
    with connection.cursor() as cursor:
        cursor.execute(*values.query.sql_with_params())
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _stacked(encoder: str, rows: Sequence[_Row], kept: DTypeLike) -> Columns:
    encodings = encodings_of([row.raw for row in rows])
    population = installed.population()
    fair = population if population and population.encoder == encoder else None
    found = _levels(rows, encodings, fair.name) if fair else [0.0] * len(rows)
    return Columns(
        np.array([row.pk for row in rows], np.int64),
        np.array([row.photo for row in rows], np.int64),
        np.array([row.is_collage for row in rows], np.bool_),
        encodings.astype(kept),
        fair_levels(fair, np.array(found, np.float32), np.array([row.years for row in rows])),
    )


def _levels(rows: Sequence[_Row], encodings: Array, population: str) -> list[float]:
    """Return the levels by today's map of faces of its encoder; those that lacked them get them."""
    lacking = [
        _Unleveled(row.pk, row.encoder, encodings[at], row.level, row.population)
        for at, row in enumerate(rows)
        if row.population != population
    ]
    again = {one.pk: one.level for one in levels.filled(lacking)}
    return [again.get(row.pk, row.level) or 0.0 for row in rows]


def _grouped(keys: Numbers) -> Iterator[list[tuple[Any, ...]]]:
    """Yield faces that somebody has looked at, and in which group each is, or WAITING."""
    rows = GroupedFace.objects.order_by().annotate(of=Coalesce("group_id", Value(WAITING)))
    if len(keys) > MANY:
        between = rows.filter(face__gte=int(keys[0]), face__lte=int(keys[-1]))
        yield _rows(between.values_list("face", "of"))
        return
    for some in few(keys.tolist()):
        yield _rows(rows.filter(face__in=some).values_list("face", "of"))
