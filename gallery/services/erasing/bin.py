"""Erases faces and people from the rows of deleted photos that wait in the bin."""

from __future__ import annotations

import base64
from collections.abc import Collection, Iterator, Set
from copy import deepcopy
from typing import Any

import numpy as np

from analysis.results import Array, Box
from gallery.fields import LITTLE_FLOAT32
from gallery.models import BinnedPhoto, ErasedFace, Roster
from gallery.models.boxed import EDGES
from gallery.services import freezing
from gallery.services.erasing.redacting import Redaction

PEOPLE = ("person_id", "suggestion_id", "portrait_of_id")


def erase_faces(
    roster: Roster, keys: Collection[int], *, is_private: bool
) -> Iterator[tuple[BinnedPhoto, int, Array]]:
    """Erase those of the faces, by key, that are in the bin, but for where they were.

    Yield them with their encodings. Their files are left to whoever calls it.
    """
    for binned in _of(roster, set(keys)):
        mine = [row for row in binned.rows["faces"] if row["id"] in keys]
        rows = binned.rows
        rows["faces"] = [row for row in rows["faces"] if row["id"] not in keys]
        rows.setdefault("erased_faces", []).extend(
            _erased(binned.pk, row, is_private=is_private) for row in mine
        )
        binned.faces = [face for face in binned.faces if face not in keys]
        binned.save(update_fields=["rows", "faces"])
        for row in mine:
            yield (
                binned,
                row["id"],
                np.frombuffer(base64.b64decode(row["encoding"]), LITTLE_FLOAT32),
            )


def forget_people(roster: Roster, people: Collection[int], redaction: Redaction) -> None:
    """Have no row of the bin lead to these people, by key, nor tell their names."""
    for binned in _of(roster):
        rows, before = binned.rows, (deepcopy(binned.rows), binned.filename)
        rows["group_portraits"] = [
            row for row in rows["group_portraits"] if row["person_id"] not in people
        ]
        for row in [*rows["faces"], *rows["jobs"]]:
            row |= {name: None for name in PEOPLE if row.get(name) in people}
        for row in rows["jobs"]:
            if redaction.finds(row["answer"] or ""):
                row["answer"] = None
        if binned.pk in redaction.photos:
            rows["photo"]["filename"] = binned.filename = redaction.text(binned.filename)
            if caption := rows["photo"].get("caption"):
                rows["photo"]["caption"] = redaction.text(caption)
        if (rows, binned.filename) != before:
            binned.save(update_fields=["rows", "filename"])


def _of(roster: Roster, faces: Set[int] | None = None) -> Iterator[BinnedPhoto]:
    """Yield the photos in the bin, with any of these `faces` if some are given.

    One at a time: each has all of its faces.
    """
    mine = BinnedPhoto.objects.filter(owner__in=roster.members)
    held = mine.values_list("pk", "faces")
    for key in [pk for pk, theirs in held if faces is None or not faces.isdisjoint(theirs)]:
        if (binned := mine.filter(pk=key).first()) is not None:
            yield binned


def _erased(photo: int, row: dict[str, Any], *, is_private: bool) -> dict[str, Any]:
    edges = row.get("found_box") or [row[edge] for edge in EDGES]
    return freezing.frozen(ErasedFace.at(photo, Box(*edges), is_private=is_private))
