"""Looks for what is still here of somebody who was erased: in rows, in the database's files, in others."""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, Self

from django.apps import apps
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import connection, models
from django.db.models import BinaryField, ExpressionWrapper, F, Q, TextField
from django.db.models.functions import Cast

from gallery.fields import fold
from gallery.services.erasing.traces import CHUNK, PARTS, Finder, pattern_of, said_in

VECTORS = (models.BinaryField, models.JSONField)
TEXTS = (models.CharField, models.TextField, models.JSONField)
# These hold keys as text, and nothing that people write.
KEYS = {"gallery.word.about", "gallery.rosternetwork.known"}
AT_A_TIME = 2000  # rows


class Remains(NamedTuple):
    """Where something was found, a column as `model.field` or a path, and in how many rows or how often."""

    place: str
    times: int


@dataclass(slots=True)
class Named:
    """Columns of any table that hold a name as a word by itself, and which of the names are there.

    Names that are `within` another word are not there by that.
    """

    places: list[Remains] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    within: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, names: Collection[str]) -> Self:
        found = cls()
        written = {form for name in names for form in _written(name)}
        for model, column in _columns(TEXTS):
            if _name(model, column) in KEYS:
                continue
            said = Q()
            for form in written:
                said |= Q(text__icontains=form)
            rows = model._base_manager.annotate(text=Cast(F(column), TextField())).filter(said)
            texts = rows.order_by().values_list("text", flat=True)
            found._count(names, _name(model, column), texts.iterator(chunk_size=AT_A_TIME))
        sessions = (f"{one.get_decoded()}" for one in Session.objects.all())
        found._count(names, "sessions", sessions)
        return found

    def _count(self, names: Collection[str], place: str, texts: Iterable[str]) -> None:
        patterns = {name: pattern_of([name]) for name in names}
        times = 0
        for text in map(said_in, texts):
            here = {name for name, pattern in patterns.items() if pattern.search(text)}
            self.names |= here
            self.within |= {name for name in patterns.keys() - here if fold(name) in fold(text)}
            times += bool(here)
        if times:
            self.places.append(Remains(place, times))


def _written(name: str) -> set[str]:
    """Return the forms in which a column may hold a name, for a database that folds ASCII alone."""
    forms = {name, fold(name), name.upper(), unicodedata.normalize("NFD", name)}
    return forms | {json.dumps(form)[1:-1] for form in forms}


def vectors_in_rows(finder: Finder) -> Iterator[Remains]:
    """Yield the columns of any table that hold an encoding."""
    for model, column in _columns(VECTORS):
        if count := finder.count(_values(model, column)):
            # Of one that is whole there is each of its parts.
            yield Remains(_name(model, column), -(-count // PARTS))


def in_database_files(finder: Finder) -> list[Remains]:
    """Return what the files of an SQLite database hold, freed pages and its write-ahead log too."""
    return list(in_files(finder, database_files()))


def in_files(finder: Finder, paths: Iterable[Path]) -> Iterator[Remains]:
    for path in paths:
        try:
            count = finder.count(_chunks(path))
        except FileNotFoundError:  # It has gone meanwhile.
            continue
        if count:
            yield Remains(f"{path}", count)


def database_files() -> list[Path]:
    """Return the files of the database that lie here: none where it is PostgreSQL's."""
    if connection.vendor != "sqlite":
        return []
    path = Path(connection.settings_dict["NAME"])
    names = (path.name, f"{path.name}-wal", f"{path.name}-journal")
    return [one for name in names if (one := path.with_name(name)).is_file()]


def other_files() -> Iterator[Path]:
    """Yield the files of the site beside its database and the photos."""
    media, here = Path(settings.MEDIA_ROOT), Path(settings.DATA_DIR)
    skipped = {
        *database_files(),
        *(path.with_name(f"{path.name}-shm") for path in database_files()),
    }
    for at, folders, names in os.walk(here):
        folders[:] = [name for name in folders if Path(at, name) != media]
        yield from (path for name in names if (path := Path(at, name)) not in skipped)


def _columns(kinds: tuple[type[models.Field[Any, Any]], ...]) -> Iterator[tuple[Any, str]]:
    for model in apps.get_models(include_auto_created=True):
        for one in model._meta.concrete_fields:
            if isinstance(one, kinds) and one.model is model:
                yield model, one.name


def _values(model: type[models.Model], column: str) -> Iterator[bytes]:
    """Yield what a column holds, many rows together, with something between any two."""
    if isinstance(model._meta.get_field(column), models.BinaryField):
        shown: Any = ExpressionWrapper(F(column), output_field=BinaryField())
    else:
        shown = Cast(F(column), TextField())
    rows = model._base_manager.annotate(shown=shown).exclude(shown=None).order_by()
    waiting = bytearray()
    for value in rows.values_list("shown", flat=True).iterator(chunk_size=AT_A_TIME):
        waiting += (value.encode() if isinstance(value, str) else bytes(value)) + b"\0"
        if len(waiting) >= CHUNK:
            yield bytes(waiting)
            waiting.clear()
    yield bytes(waiting)


def _chunks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while data := file.read(CHUNK):
            yield data


def _name(model: type[models.Model], column: str) -> str:
    return f"{model._meta.label_lower}.{column}"
