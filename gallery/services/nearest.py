"""Keeps whom each face without a human's word is near, so that its name can follow without comparing."""

from __future__ import annotations

import struct
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence, Set
from itertools import islice

from analysis.naming import NEAREST, Likeness
from gallery.models import Nearest, Person, Refusal, Roster

# A person's key, the plain and the normalised distance, the votes.
ENTRY = struct.Struct("<qffi")
AT_A_TIME = 2000  # A statement takes no more than so many values.

Near = Mapping[int, Sequence[Likeness]]


def packed(nearest: Iterable[Likeness]) -> bytes:
    """Return people near a face as the database keeps them."""
    return b"".join(ENTRY.pack(one.person, one.plain, one.normalised, one.votes) for one in nearest)


def unpacked(data: bytes | memoryview) -> list[Likeness]:
    """Return people near a face as they were `packed`."""
    return [Likeness(*entry) for entry in ENTRY.iter_unpack(data)]


def of(faces: Iterable[int]) -> dict[int, list[Likeness]]:
    """Return whom the faces are near, as it was kept."""
    kept: dict[int, list[Likeness]] = {}
    for some in few(faces):
        rows = Nearest.objects.filter(face__one_of=some).values_list("face", "people")
        kept |= {pk: unpacked(data) for pk, data in rows}
    return kept


def still(roster: Roster, kept: Near) -> dict[int, list[Likeness]]:
    """Return whom faces are near of those who have not gone, and were not refused, since it was kept."""
    listed = {one.person for near in kept.values() for one in near}
    there = {
        pk
        for some in few(listed)
        for pk in Person.objects.filter(roster=roster, pk__in=some).values_list("pk", flat=True)
    }
    said = refused(kept)
    return {
        pk: [one for one in near if one.person in there and one.person not in said.get(pk, ())]
        for pk, near in kept.items()
    }


def keep(near: Near) -> None:
    """Keep whom these faces are near, by key."""
    forget(pk for pk, people in near.items() if not people)
    rows = [
        Nearest(face_id=pk, people=packed(people), furthest=_furthest(people))
        for pk, people in near.items()
        if people
    ]
    _save(rows, ["people", "furthest", "is_due"])


def make_due(faces: Iterable[int]) -> None:
    """Have the faces compared anew with everything known."""
    _save([Nearest(face_id=pk, is_due=True) for pk in faces], ["is_due"])


def due(faces: Iterable[int]) -> set[int]:
    """Return which of the faces are to be compared anew with everything known."""
    rows = Nearest.objects.filter(is_due=True)
    return {
        pk
        for some in few(faces)
        for pk in rows.filter(pk__one_of=some).values_list("pk", flat=True)
    }


def forget(faces: Iterable[int]) -> None:
    """Drop whom the faces are near: nobody is, or a human has said who they are."""
    for some in few(faces):
        Nearest.objects.filter(face__one_of=some).delete()


def refused(faces: Collection[int]) -> dict[int, Set[int]]:
    """Return whom humans refused for each of the faces."""
    found: dict[int, set[int]] = defaultdict(set)
    for some in few(faces):
        rows = Refusal.objects.filter(face__one_of=some)
        for face, person, into in rows.values_list("face", "person", "person__merged_into"):
            found[face].add(into or person)
    return dict(found)


def few(keys: Iterable[int], most: int = AT_A_TIME) -> Iterator[list[int]]:
    """Yield the keys a few at a time."""
    remaining = iter(keys)
    while some := list(islice(remaining, most)):
        yield some


def _furthest(people: Sequence[Likeness]) -> float | None:
    return max(one.normalised for one in people) if len(people) == NEAREST else None


def _save(rows: list[Nearest], fields: list[str]) -> None:
    Nearest.objects.bulk_create(
        rows,
        batch_size=AT_A_TIME,
        update_conflicts=True,
        unique_fields=["face"],
        update_fields=fields,
    )
