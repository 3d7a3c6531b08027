"""Puts unknown faces of one person together: in the roster's turn where they are few, else behind it.

How is `analysis.grouping`'s; here is which faces there are, what humans said of their groups, and what is
written. A face that has a name, or surely is somebody's, is in no group that pages show, though its row
may still say so until groups are found anew.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db import transaction
from django.db.models import BinaryField, Count, ExpressionWrapper, F
from django.utils import timezone
from numpy.typing import NDArray

from analysis.grouping.apart import Apart
from analysis.grouping.carrying import WAITING
from analysis.grouping.groups import Faces, group, join
from analysis.grouping.limits import Limits, fair_levels
from analysis.results import Array
from gallery import installed
from gallery.fields import LITTLE_FLOAT32
from gallery.models import Face, FaceGroup, GroupedFace, Roster, Word
from gallery.models.face_queries import FaceQuerySet
from gallery.models.record import Topic
from gallery.services import matching, turns
from gallery.services.nearest import few

# Of as many faces all groups are found anew at once, in a tenth of a second.
LITTLE = 2_000
# All are found anew where there are so many times as many faces as when that was done last.
GROWN = 1.25
IN_A_TURN = 1_000
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Unknown:
    """The unknown faces of one encoder, n by ascending key: what grouping needs of them.

    `groups` (n,) are the keys of their groups, WAITING of those in none; of `is_new` (n,) nobody has
    looked for any.
    """

    encoder: str
    keys: Numbers
    photos: Numbers
    encodings: Array
    levels: Array
    groups: Numbers
    is_new: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.keys)

    def faces(self, parts: Parts) -> Faces:
        """Return them with all that is known of who can't be one."""
        held = np.isin(self.keys, parts.faces)
        apart = Apart.of([Apart.on_photos(self.photos), parts.of(self.keys)])
        return Faces(self.encodings, self.levels, self.groups, held, apart)

    def limits(self) -> Limits:
        found = installed.population()
        if found is None or found.encoder != self.encoder:
            return Limits.plain()
        return Limits.of(found.calibration, len(self))


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


def go_on(roster: Roster) -> None:
    """Have groups know of whatever changed: now, in this turn, or soon where that is much."""
    if is_little(roster):
        regroup(roster)
    else:
        roster.groups_due_at = timezone.now()
        roster.save(update_fields=["groups_due_at"])


def is_little(roster: Roster) -> bool:
    return unknown(roster).order_by()[: LITTLE + 1].count() <= LITTLE


def unknown(roster: Roster) -> FaceQuerySet:
    """Return the roster's faces that groups are of."""
    return Face.objects.of(roster).unknown()


def due() -> list[Roster]:
    """Return the rosters whose groups do not know of something yet."""
    return list(Roster.objects.filter(groups_due_at__isnull=False))


def follow(roster: Roster) -> bool:
    """Have the groups of a large library know of what changed; return whether any did.

    It is not in the roster's turn but to write, a few in each.
    """
    since, changed = roster.groups_due_at, 0
    libraries = list(read(roster))
    total = sum(map(len, libraries))
    is_grown = total > GROWN * roster.grouped
    for some in libraries:
        numbers = _keys(roster, some.groups, _found(roster, some, anew=is_grown))
        where = np.flatnonzero((numbers != some.groups) | some.is_new)
        for part in few(where.tolist(), IN_A_TURN):
            with transaction.atomic():
                turns.take(roster.pk)
                _write({int(some.keys[at]): int(numbers[at]) for at in part})
        changed += len(where)
    with transaction.atomic():
        roster = turns.take(roster.pk)
        _count(roster)
        roster.grouped = total if is_grown else roster.grouped
        roster.groups_due_at = None if roster.groups_due_at == since else roster.groups_due_at
        roster.save(update_fields=["grouped", "groups_due_at"])
    return changed > 0


@transaction.atomic
def regroup(roster: Roster) -> None:
    """Find the groups of a small library anew, in its turn."""
    changed: dict[int, int] = {}
    for some in read(roster):
        found = group(some.faces(Parts.of_roster(roster)), some.limits())
        numbers = _keys(roster, some.groups, found)
        where = np.flatnonzero((numbers != some.groups) | some.is_new)
        changed |= dict(zip(some.keys[where].tolist(), numbers[where].tolist(), strict=True))
    _write(changed)
    _count(roster)
    roster.groups_due_at = None
    roster.save(update_fields=["groups_due_at"])


def read(roster: Roster) -> Iterator[Unknown]:
    """Yield the roster's unknown faces by encoder."""
    encoders = unknown(roster).order_by().values_list("encoder", flat=True).distinct()
    for encoder in sorted(encoders):
        if (found := _of_encoder(roster, encoder)) is not None:
            yield found


def _found(roster: Roster, some: Unknown, *, anew: bool) -> Numbers:
    faces, limits = some.faces(Parts.of_roster(roster)), some.limits()
    if anew:
        return group(faces, limits)
    return join(faces, np.flatnonzero(some.is_new), limits)


def _of_encoder(roster: Roster, encoder: str) -> Unknown | None:
    # As bytes: an array for each of hundreds of thousands takes longer than all the rest.
    raw = ExpressionWrapper(F("encoding"), output_field=BinaryField())
    faces = unknown(roster).filter(encoder=encoder).annotate(raw=raw)
    columns = (
        "pk", "photo", "photo__is_collage", "raw", "level", "age_years", "grouped", "grouped__group",
    )  # fmt: skip
    rows: list[tuple[Any, ...]] = []
    last = 0
    while photos := matching.photos_after(roster, last):
        last = photos.stop - 1
        rows += matching.between(faces, photos).order_by().values_list(*columns)
    if not rows:
        return None
    rows.sort()
    keys, on, collage, data, levels, years, looked_at, groups = zip(*rows, strict=True)
    encodings = np.frombuffer(b"".join(data), LITTLE_FLOAT32).reshape(len(rows), -1)
    known = np.array([level or 0.0 for level in levels], np.float32)
    population = installed.population()
    fair = population if population and population.encoder == encoder else None
    return Unknown(
        encoder,
        np.array(keys, np.int64),
        np.where(collage, -1, on).astype(np.int64),
        encodings,
        fair_levels(fair, known, np.array(years)),
        np.array([WAITING if one is None else one for one in groups], np.int64),
        np.array([one is None for one in looked_at], np.bool_),
    )


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


def _count(roster: Roster) -> None:
    """Write how many faces each group has; those without any go."""
    counts = dict(
        GroupedFace.objects.filter(group__roster=roster, face__person=None, face__mark="")
        .order_by()
        .values("group")
        .annotate(count=Count("pk"))
        .values_list("group", "count")
    )
    changed = []
    for one in FaceGroup.objects.filter(roster=roster):
        if one.count != counts.get(one.pk, 0):
            one.count = counts.get(one.pk, 0)
            changed.append(one)
    FaceGroup.objects.bulk_update(changed, ["count"], batch_size=500)
    _forget_empty(roster)


def _forget_empty(roster: Roster) -> None:
    # One whose faces were all named may have some again, by an undoing.
    empty = FaceGroup.objects.filter(roster=roster, count=0, members=None)
    empty.delete()


def members(group: FaceGroup) -> FaceQuerySet:
    """Return the unknown faces of the group."""
    return unknown(group.roster).filter(grouped__group=group)


def set_apart(groups: Iterable[Collection[int]], roster: Roster) -> None:
    """Give each of these lots of faces, by key, a group of its own; those of one face wait."""
    for faces in groups:
        number = FaceGroup.objects.create(roster=roster).pk if len(faces) > 1 else WAITING
        _write(dict.fromkeys(faces, number))
