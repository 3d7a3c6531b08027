"""What humans say of groups of unknown faces: that some are others', that they are several people."""

from __future__ import annotations

import uuid
from collections.abc import Collection

import numpy as np
from django.db import transaction
from django.utils.translation import gettext_lazy

from analysis.grouping.groups import Faces, group
from analysis.grouping.limits import Limits
from analysis.matching import in_common
from gallery.models import FaceGroup, Roster
from gallery.models.record import Did
from gallery.services import grouping, saying, turns, unknown_faces, wording
from gallery.services.people import NameRefused
from gallery.services.unknown_faces import Numbers

GONE = gettext_lazy("This group is not there any more, because its faces have names by now.")
# By so much nearer have faces to be, step by step, until a group falls apart.
STEP, STEPS = 0.02, 30


@transaction.atomic
def take_out(*, group: FaceGroup, faces: Collection[int]) -> int:
    """Say that these faces, by key, are not the others' of the group; return how many.

    Raises NameRefused.
    """
    roster, there = _take_turn(group)
    chosen = [key for key in there if key in set(faces)]
    rest = [key for key in there if key not in set(faces)]
    if chosen and rest:
        _divide(roster, Did.TAKE_OUT, [rest, chosen])
    return len(chosen)


@transaction.atomic
def divide(*, group: FaceGroup) -> int:
    """Say that the group is several people's; return into how many parts it fell; raises NameRefused."""
    roster, there = _take_turn(group)
    parts = _parts(roster, there)
    _divide(roster, Did.DIVIDE, parts)
    return len(parts)


def _take_turn(group: FaceGroup) -> tuple[Roster, list[int]]:
    roster = turns.take(group.roster_id)
    there = list(grouping.members(group).order_by("pk").values_list("pk", flat=True))
    if not there:
        raise NameRefused(GONE)
    return roster, there


def _divide(roster: Roster, did: Did, parts: list[list[int]]) -> None:
    # The first part stays the group that it was.
    grouping.set_apart(parts[1:], roster)
    key = uuid.uuid4().hex[:12]
    words = [wording.part(face, key, number) for number, part in enumerate(parts) for face in part]
    saying.say(roster, did, words)


def _parts(roster: Roster, there: list[int]) -> list[list[int]]:
    """Return the parts that are further from each other than within, the largest first."""
    parts = grouping.Parts.of_roster(roster)
    for some in unknown_faces.among(roster, there):
        faces = Faces(
            in_common(some.columns.encodings),
            some.columns.levels,
            np.full(len(some), -1),
            np.zeros(len(some), np.bool_),
            parts.of(some.keys),
        )
        limit = grouping.limits_of(some).alone
        for step in range(1, STEPS + 1):
            limits = Limits.by(limit - step * STEP, by_both=faces.is_whole)
            numbers = group(faces, limits)
            if len(np.unique(numbers)) > 1:
                return _lots(some.keys, numbers)
    return [[key] for key in there]


def _lots(keys: Numbers, numbers: Numbers) -> list[list[int]]:
    lots = [keys[numbers == one].tolist() for one in np.unique(numbers[numbers >= 0])]
    alone = [[key] for key in keys[numbers < 0].tolist()]
    return sorted(lots, key=len, reverse=True) + alone
