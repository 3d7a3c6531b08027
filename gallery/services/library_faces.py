"""All faces of a roster as a look through them takes them: 560 bytes each, kept by the process that looks.

To read 300,000 from the database takes longer than a person should wait for what follows from a word.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from django.db import connection
from django.db.models import BinaryField, ExpressionWrapper, F
from numpy.typing import NDArray

from analysis.matching import joined
from analysis.results import Array
from gallery.fields import encodings_of
from gallery.models import Face, Nearest, Roster
from gallery.services import matching
from gallery.services.nearest import few

PART = 4000  # faces compared at a time, 8 MB of encodings as float64
# Half the memory. An encoding's numbers are below 0.7: that of a distance is off by no more than this.
KEPT = np.float16
ROUNDING = 5e-3
_last: dict[tuple[int, int], dict[str, LibraryFaces]] = {}


class Part(NamedTuple):
    """Some faces: encodings, levels, and how far the last whom each is near is, or NaN."""

    encodings: Array
    levels: Array
    furthest: Array


@dataclass(frozen=True, slots=True, eq=False)
class LibraryFaces:
    """The faces of one encoder, named or not, by ascending key; `furthest` as `Nearest` has it, or NaN."""

    keys: NDArray[np.int64]
    photos: NDArray[np.int64]
    encodings: NDArray[np.float16]
    levels: Array
    furthest: Array

    def parts(self) -> Iterator[tuple[slice, Part]]:
        """Yield the faces some at a time, and which they are."""
        for start in range(0, len(self.keys), PART):
            at = slice(start, start + PART)
            some = self.encodings[at].astype(np.float32)
            yield at, Part(some, self.levels[at], self.furthest[at])

    def refresh(self, faces: Collection[int]) -> None:
        """Read again how far the last is whom these faces are near."""
        for some in few(faces):
            kept = dict(Nearest.objects.filter(face__in=some).values_list("face", "furthest"))
            at = np.searchsorted(self.keys, some)
            for key, place in zip(some, at.tolist(), strict=True):
                if place < len(self.keys) and self.keys[place] == key:
                    self.furthest[place] = np.nan if kept.get(key) is None else kept[key]


def of(roster: Roster) -> dict[str, LibraryFaces]:
    """Return the roster's faces by encoder, read only if others have written them since.

    Those of a face that was deleted since are still there; whoever is named meanwhile is too.
    """
    roster.refresh_from_db(fields=["faces_revision"])
    key = roster.pk, roster.faces_revision
    if key not in _last or not roster.faces_revision:
        _last.clear()  # One roster's is enough.
        _last[key] = _read(roster)
    return _last[key]


def refresh(roster: Roster, faces: Collection[int]) -> None:
    """Have it seen how far the last is whom these faces are near, which this process has written."""
    for one in _last.get((roster.pk, roster.faces_revision), {}).values():
        one.refresh(faces)


def _read(roster: Roster) -> dict[str, LibraryFaces]:
    encoders = Face.objects.of(roster).order_by().values_list("encoder", flat=True).distinct()
    return {encoder: _of_encoder(roster, encoder) for encoder in encoders}


def _of_encoder(roster: Roster, encoder: str) -> LibraryFaces:
    columns = zip(*_rows(roster, encoder), strict=True)
    keys, photos, parts, levels, furthest = columns
    encodings = joined(parts)
    keys, photos, levels, furthest = map(np.concatenate, (keys, photos, levels, furthest))
    order = np.argsort(keys)
    return LibraryFaces(
        keys[order], photos[order], encodings[order], levels[order], furthest[order]
    )


def _rows(roster: Roster, encoder: str) -> Iterator[tuple[NDArray[np.generic], ...]]:
    # As bytes: an array for each of hundreds of thousands takes longer than all the rest.
    raw = ExpressionWrapper(F("encoding"), output_field=BinaryField())
    faces = Face.objects.of(roster).filter(encoder=encoder)
    last = 0
    while photos := matching.photos_after(roster, last):
        last = photos.stop - 1
        some = matching.between(faces, photos).order_by().annotate(raw=raw)
        columns = some.values_list("pk", "photo", "raw", "level", "nearest__furthest")
        with connection.cursor() as cursor:
            # Past the ORM, which takes as long to hand rows on as the database to find them.
            cursor.execute(*columns.query.sql_with_params())
            rows = cursor.fetchall()
        if not rows:
            continue
        keys, on, encodings, levels, furthest = zip(*rows, strict=True)
        yield (
            np.array(keys),
            np.array(on),
            encodings_of(encodings).astype(KEPT),
            np.array([level or 0.0 for level in levels], np.float32),
            np.array(furthest, np.float32),  # None is NaN.
        )
