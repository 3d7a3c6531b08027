"""Puts unknown faces of one person together: in the roster's turn where they are few, else behind it.

How is `analysis.grouping`'s; here is which faces there are, what humans said of their groups, and what is
written. A face that has a name, or surely is somebody's, is in no group that pages show, though its row
may still say so until groups are found anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from django.db import connection, transaction
from django.utils import timezone

from analysis.grouping.apart import Apart
from analysis.grouping.carrying import WAITING
from analysis.grouping.groups import Faces, group, join
from analysis.grouping.limits import Limits
from analysis.matching import is_whole
from gallery import installed
from gallery.models import Face, FaceGroup, GroupedFace, Roster, Word
from gallery.models.face_queries import FaceQuerySet
from gallery.models.record import Topic
from gallery.services import faces_at_hand, turns, unknown_faces
from gallery.services.little import is_little
from gallery.services.nearest import few
from gallery.services.unknown_faces import Numbers, Unknown

# All are found anew where there are so many times as many faces as when that was done last.
GROWN = 1.25
IN_A_TURN = 1_000
COUNT = "UPDATE gallery_facegroup SET count = %s WHERE id = %s"
# Of each small library, by encoder and numbers of an encoding, what all groups were found of when none
# was another than before.
_settled: dict[tuple[int, str, int], bytes] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Parts:
    """What humans said of groups: that a face (m,) is in that part (m,) of a division (m,)."""

    faces: Numbers
    divisions: Numbers
    numbers: Numbers

    @classmethod
    def of_roster(cls, roster: Roster) -> Parts:
        said: dict[tuple[int, str], int | None] = {}
        words = Word.objects.counting().filter(action__roster=roster, topic=Topic.PART)
        for face, key, value in words.values_list("subject", "about", "value"):
            said[face, key] = value
        divisions: dict[str, int] = {}
        rows = [
            (face, divisions.setdefault(key, len(divisions)), number)
            for (face, key), number in said.items()
            if number is not None
        ]
        columns = np.array(rows, np.int64).reshape(-1, 3).T
        return cls(*columns)

    def of(self, keys: Numbers) -> Apart:
        """Return that for faces with these keys, ascending, by their places."""
        there = np.isin(self.faces, keys)
        places = np.searchsorted(keys, self.faces[there])
        return Apart(places, self.divisions[there], self.numbers[there])

    def faces_of(self, some: Unknown) -> Faces:
        """Return unknown faces with all that is known of who can't be one."""
        columns = some.columns
        held = np.isin(columns.keys, self.faces)
        photos = np.where(columns.on_collages, -1, columns.photos)
        apart = Apart.of([Apart.on_photos(photos), self.of(columns.keys)])
        return Faces(columns.encodings, columns.levels, some.groups, held, apart)


def go_on(roster: Roster) -> None:
    """Have groups know of whatever changed: now, in this turn, or soon where that is much."""
    if is_little(roster):
        regroup(roster)
    else:
        roster.groups_due_at = timezone.now()
        roster.save(update_fields=["groups_due_at"])


def due() -> list[Roster]:
    """Return the rosters whose groups do not know of something yet."""
    return list(Roster.objects.filter(groups_due_at__isnull=False))


def follow(roster: Roster) -> bool:
    """Have the groups of a large library know of what changed; return whether any did.

    It is not in the roster's turn but to write, a few in each.
    """
    since, changed = roster.groups_due_at, 0
    libraries = faces_at_hand.read(roster)
    total = sum(map(len, libraries))
    is_grown = total > GROWN * roster.grouped
    parts, found = Parts.of_roster(roster), []
    for some in libraries:
        numbers = _keys(roster, some.groups, _found(some, parts, anew=is_grown))
        where = np.flatnonzero((numbers != some.groups) | some.is_new)
        for part in few(where.tolist(), IN_A_TURN):
            with transaction.atomic():
                turns.take(roster.pk)
                _write({int(some.keys[at]): int(numbers[at]) for at in part})
            turns.give_way()
        changed += len(where)
        found.append(numbers)
    with transaction.atomic():
        roster = turns.take(roster.pk)
        _count(roster, found)
        roster.grouped = total if is_grown else roster.grouped
        roster.groups_due_at = None if roster.groups_due_at == since else roster.groups_due_at
        roster.save(update_fields=["grouped", "groups_due_at"])
    return changed > 0


def _found(some: Unknown, parts: Parts, *, anew: bool) -> Numbers:
    if anew:
        return group(parts.faces_of(some), limits_of(some))
    if not some.is_new.any():
        return some.groups
    return join(parts.faces_of(some), np.flatnonzero(some.is_new), limits_of(some))


@transaction.atomic
def regroup(roster: Roster) -> None:
    """Find the groups of a small library anew, in its turn."""
    changed: dict[int, int] = {}
    parts, found = Parts.of_roster(roster), []
    for some in unknown_faces.read(roster):
        numbers = _keys(roster, some.groups, _found_anew(roster, some, parts))
        where = np.flatnonzero((numbers != some.groups) | some.is_new)
        changed |= dict(zip(some.keys[where].tolist(), numbers[where].tolist(), strict=True))
        found.append(numbers)
    _write(changed)
    _count(roster, found)
    roster.groups_due_at = None
    roster.save(update_fields=["groups_due_at"])


def _found_anew(roster: Roster, some: Unknown, parts: Parts) -> Numbers:
    """Return the numbers of the groups, which are looked for only where anything is not as it was."""
    faces, limits = parts.faces_of(some), limits_of(some)
    now = _digest(faces, limits)
    key = roster.pk, some.encoder, faces.encodings.shape[1]
    if _settled.get(key) == now:
        return some.groups
    found = group(faces, limits)
    if (found == some.groups).all():
        _settled[key] = now
    return found


def _digest(faces: Faces, limits: Limits) -> bytes:
    apart = faces.apart
    found = blake2b(repr(limits).encode(), digest_size=16)
    for column in (
        faces.encodings, faces.levels, faces.groups, faces.held, apart.faces, apart.keys, apart.values,
    ):  # fmt: skip
        found.update(np.ascontiguousarray(column).data)
    return found.digest()


def limits_of(some: Unknown) -> Limits:
    """Return how near faces of one person have to be among so many."""
    found = installed.population()
    if found is None or found.encoder != some.encoder:
        return Limits.plain()
    by_both = is_whole(some.columns.encodings)
    return Limits.of(found.calibration, len(some), by_both=by_both)


def _keys(roster: Roster, before: Numbers, numbers: Numbers) -> Numbers:
    """Return the numbers, those of new groups as the keys of rows that are made for them."""
    new = np.unique(numbers[numbers > before.max(initial=WAITING)])
    made = FaceGroup.objects.bulk_create(
        [FaceGroup(roster=roster) for _ in new], batch_size=IN_A_TURN
    )
    keys = np.array([one.pk for one in made], np.int64)
    found = numbers.copy()
    is_new = np.isin(numbers, new)
    found[is_new] = keys[np.searchsorted(new, numbers[is_new])]
    return found


def _write(groups: Mapping[int, int]) -> None:
    """Write in which group faces are, by key."""
    there: set[int] = set()
    for some in few(groups):
        there |= set(Face.objects.filter(pk__in=some).values_list("pk", flat=True))
    rows = [
        GroupedFace(face_id=face, group_id=None if number == WAITING else number)
        for face, number in groups.items()
        if face in there
    ]
    GroupedFace.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["face"],
        update_fields=["group"],
    )


def _count(roster: Roster, found: Sequence[Numbers]) -> None:
    """Write how many faces each group has, by the numbers of all unknown faces; those without any go."""
    counts: dict[int, int] = {}
    for numbers in found:
        groups, sizes = np.unique(numbers[numbers != WAITING], return_counts=True)
        # Of one group some faces may be whole and others not: these are looked at apart.
        for key, size in zip(groups.tolist(), sizes.tolist(), strict=True):
            counts[key] = counts.get(key, 0) + size
    before = FaceGroup.objects.filter(roster=roster).values_list("pk", "count")
    changed = [(counts.get(pk, 0), pk) for pk, count in before if count != counts.get(pk, 0)]
    if changed:
        with connection.cursor() as cursor:
            cursor.executemany(COUNT, changed)
    _forget_empty(roster)


def _forget_empty(roster: Roster) -> None:
    # One whose faces were all named may have some again, by an undoing.
    empty = FaceGroup.objects.filter(roster=roster, count=0, members=None)
    empty.delete()


def members(group: FaceGroup) -> FaceQuerySet:
    """Return the unknown faces of the group."""
    return unknown_faces.of(group.roster).filter(grouped__group=group)


def set_apart(groups: Iterable[Collection[int]], roster: Roster) -> None:
    """Give each of these lots of faces, by key, a group of its own; those of one face wait."""
    for faces in groups:
        number = FaceGroup.objects.create(roster=roster).pk if len(faces) > 1 else WAITING
        _write(dict.fromkeys(faces, number))
