"""Guesses names: matches faces that no human named to the known encodings, without touching a pixel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

import numpy as np
from django.conf import settings
from django.db import connection, transaction
from numpy.typing import NDArray

from analysis.matching import distances, nearest_people
from analysis.results import Array
from gallery.live import events
from gallery.models import Face, KnownEncoding, Photo, Refusal, Roster
from gallery.models.face import FaceQuerySet, NamedBy

CHUNK = 4000  # faces read at a time: memory must not grow with the library
DISTANCES = 500_000  # computed at a time, 4 MB in float64: nor with the roster
# A distance that differs by less is the same to people, and not worth a write.
SAME = 1e-4
# Many rows by one prepared statement, where bulk_update would write thousands of CASEs. Its last condition
# holds whoever forgets to take a turn: a human's word is not written over.
UPDATE = (
    "UPDATE gallery_face SET person_id = %s, named_by = %s, distance = %s "
    "WHERE id = %s AND named_by <> 'human'"
)


class Row(NamedTuple):
    """What matching needs of a face."""

    pk: int
    photo_id: int
    person_id: int | None
    distance: float | None
    encoding: Array


class Guess(NamedTuple):
    person_id: int | None
    distance: float | None


class Known(NamedTuple):
    """The known encodings (k, 128) of one roster and one encoder, and whose they are (k,)."""

    people: NDArray[np.int64]
    vectors: Array


@transaction.atomic
def rematch(roster: Roster, faces: FaceQuerySet | None = None) -> int:
    """Guess again for `faces`, all that go by the roster by default; return how many guesses changed.

    Encodings of different encoders never meet. A face is never guessed to be a person whom a human
    refused for it, and a human's name is left alone. Call it in the roster's turn (`turns`).
    """
    candidates = (Face.objects.all() if faces is None else faces).of(roster)
    known, refused = _known(roster), _refused(roster)
    touched: set[int] = set()
    changed = 0
    # Unordered: what `faces` are ordered by would be told apart too.
    for encoder in candidates.order_by().values_list("encoder", flat=True).distinct():
        for rows in _rows(candidates.filter(encoder=encoder)):
            updates = [
                (guess.person_id, _named_by(guess), guess.distance, row.pk)
                for row, guess in zip(
                    rows, _guesses(rows, known.get(encoder), refused), strict=True
                )
                if _differs(row, guess)
            ]
            if updates:
                with connection.cursor() as cursor:
                    cursor.executemany(UPDATE, updates)
                pks = {update[3] for update in updates}
                touched.update(row.photo_id for row in rows if row.pk in pks)
                changed += len(updates)
    _touch(touched)
    events.publish_to(roster)
    return changed


def _guesses(rows: list[Row], known: Known | None, refused: dict[int, set[int]]) -> Iterator[Guess]:
    """Yield the nearest person within the tolerance for each row, or nobody."""
    if known is None:
        yield from (Guess(None, None) for _ in rows)
        return
    step = max(1, DISTANCES // len(known.people))
    for start in range(0, len(rows), step):
        yield from _nearest(rows[start : start + step], known, refused)


def _nearest(rows: list[Row], known: Known, refused: dict[int, set[int]]) -> Iterator[Guess]:
    probes = np.stack([row.encoding for row in rows])
    people, nearest = nearest_people(distances(probes, known.vectors), known.people)
    for row, apart in zip(rows, nearest, strict=True):
        if row.pk in refused:
            # Refused people alone: the next best may still be guessed.
            apart[np.isin(people, list(refused[row.pk]))] = np.inf
        best = int(apart.argmin())
        if apart[best] <= settings.MATCH_TOLERANCE:
            yield Guess(int(people[best]), float(apart[best]))
        else:
            yield Guess(None, None)


def _rows(faces: FaceQuerySet) -> Iterator[list[Row]]:
    """Yield the faces that no human named, CHUNK at a time in the order of their keys."""
    unnamed = faces.exclude(named_by=NamedBy.HUMAN).order_by("pk")
    fields = ("pk", "photo_id", "person_id", "distance", "encoding")
    # By keys instead of an open cursor: between two chunks the rows are written.
    last = 0
    while rows := [
        Row(*values) for values in unnamed.filter(pk__gt=last).values_list(*fields)[:CHUNK]
    ]:
        yield rows
        last = rows[-1].pk


def _differs(row: Row, guess: Guess) -> bool:
    if row.person_id != guess.person_id:
        return True
    return guess.distance is not None and abs((row.distance or 0.0) - guess.distance) > SAME


def _named_by(guess: Guess) -> NamedBy:
    return NamedBy.NOBODY if guess.person_id is None else NamedBy.MACHINE


def _known(roster: Roster) -> dict[str, Known]:
    found: dict[str, list[tuple[int, Array]]] = defaultdict(list)
    rows = KnownEncoding.objects.filter(person__roster=roster)
    for encoder, person_id, vector in rows.values_list("encoder", "person_id", "vector"):
        found[encoder].append((person_id, np.asarray(vector, dtype=np.float32)))
    return {
        encoder: Known(
            np.array([person_id for person_id, _ in entries], dtype=np.int64),
            np.stack([vector for _, vector in entries]),
        )
        for encoder, entries in found.items()
    }


def _refused(roster: Roster) -> dict[int, set[int]]:
    refused: dict[int, set[int]] = defaultdict(set)
    rows = Refusal.objects.filter(person__roster=roster)
    for face_id, person_id in rows.values_list("face_id", "person_id"):
        refused[face_id].add(person_id)
    return refused


def _touch(photo_ids: set[int]) -> None:
    remaining = iter(photo_ids)
    while some := list(islice(remaining, 500)):
        Photo.objects.filter(pk__in=some).touch()
