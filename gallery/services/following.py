"""Has names follow what became known: at once where that is little, else soon, in the background.

A known encoding that comes or goes concerns the faces near it alone. Each unnamed face keeps the people
whom it is nearest to (`nearest`), so a look at all faces finds those whose people change, and only these
are compared with all that is known. A person who says a name waits for none of it in a large library.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import suppress
from itertools import groupby, islice

import numpy as np
from django.db import transaction
from django.db.models import Q
from numpy.typing import NDArray

from analysis.matching import distances, stacked
from gallery.jobs import wake
from gallery.kinds import TaskRefused
from gallery.models import Face, KnownChange, Nearest, Roster
from gallery.models.face_queries import NamedBy
from gallery.services import alike, grouping, library_faces, matching, names, rules, turns
from gallery.services.library_faces import ROUNDING, Part
from gallery.services.little import is_little
from gallery.services.nearest import few
from gallery.services.rules import Rules

CHANGES = 500  # looked at together: one look at all faces is for all of them
IN_A_TURN = 200  # faces, so that nobody waits long for theirs
# What the process that does it says, a line each.
CHANGED, DONE = "changed", "done"
log = logging.getLogger(__name__)


def go_on(roster: Roster, photos: Collection[int] = ()) -> None:
    """Guess who is on these photos now, and have all else follow from what became known, in this turn."""
    has_moved = rules.count(roster, rules.people_of(roster))
    if is_little(roster):
        matching.rematch(roster)
        alike.go_on(roster, at_once=True)
        return
    alike.go_on(roster, at_once=False)
    if roster.has_nearest:
        matching.guess(roster, photos)
    else:
        matching.match_photos(roster, photos)
    if has_moved:
        with suppress(TaskRefused):  # It is under way, and begins anew.
            names.guess_again(roster)
    elif not roster.has_nearest:
        names.go_on(roster)
    transaction.on_commit(wake.ring, robust=True)


def is_of_use() -> bool:
    """Return whether any library is so large that its names follow in the background."""
    return any(_large())


def is_waiting() -> bool:
    """Return whether anything became known that names, groups, or who may be one have not followed yet."""
    return bool(_waiting()) or bool(grouping.due()) or bool(alike.due())


def prepare() -> None:
    """Have the faces of a large library at hand before anybody waits for what follows."""
    for roster in islice(_large(), 1):  # No more than one roster's are kept.
        library_faces.of(roster)


def follow_all() -> Iterator[int]:
    """Have names follow wherever something became known; yield the accounts whose names may have changed.

    A fault costs one roster this attempt, and no other roster anything.
    """
    for roster in _waiting():
        try:
            follow(roster)
        except Exception:
            log.exception("Names of roster %s could not follow what became known.", roster.pk)
        else:
            yield from roster.members
    yield from _follow(grouping.due(), grouping.follow, "Groups of roster %s could not be found.")
    said = "Who may be one in roster %s could not be found."
    yield from _follow(alike.due(), alike.follow, said)


def _follow(due: list[Roster], find: Callable[[Roster], bool], failed: str) -> Iterator[int]:
    for roster in due:
        try:
            if find(roster):
                yield from roster.members
        except Exception:
            log.exception(failed, roster.pk)


def follow(roster: Roster) -> None:
    """Bring whom the roster's faces are near, and their names, to what is known now."""
    _match(roster, _due(roster))
    while changes := list(KnownChange.objects.filter(roster=roster).order_by("pk")[:CHANGES]):
        people = {change.person for change in changes}
        people |= {change.before for change in changes if change.before is not None}
        _match(roster, _concerned(roster, changes), people)
        # Not before: whoever is killed here leaves them to the next.
        KnownChange.objects.filter(pk__in=[change.pk for change in changes]).delete()


def _large() -> Iterator[Roster]:
    return (roster for roster in Roster.objects.all() if not is_little(roster))


def _waiting() -> list[Roster]:
    due = Nearest.objects.filter(is_due=True, face__mark="").exclude(face__named_by=NamedBy.HUMAN)
    owners = due.values("face__photo__owner")
    known = KnownChange.objects.values("roster")
    return list(Roster.objects.filter(Q(pk__in=known) | Q(owner__in=owners)))


def _due(roster: Roster) -> list[int]:
    # In two steps: joined at once, a database begins with all photos.
    due = list(Nearest.objects.filter(is_due=True).values_list("pk", flat=True))
    found: list[int] = []
    for some in few(due):
        faces = Face.objects.filter(pk__in=some).unnamed()
        owners = faces.values_list("pk", "photo__owner")
        found += [pk for pk, owner in owners if owner in roster.members]
    return found


def _concerned(roster: Roster, changes: Sequence[KnownChange]) -> list[int]:
    """Return the faces whose nearest people the changes may change, those of a photo together."""
    by = Rules.of(roster)
    library = library_faces.of(roster)
    found: list[tuple[int, int]] = []
    ordered = sorted(changes, key=lambda change: change.encoder)
    for encoder, group in groupby(ordered, key=lambda change: change.encoder):
        some = list(group)
        if faces := library.get(encoder):
            for at, part in faces.parts():
                near = _touched(by, encoder, part, some)
                photos, keys = faces.photos[at][near], faces.keys[at][near]
                found += zip(photos.tolist(), keys.tolist(), strict=True)
    return [key for _, key in sorted(found)]


def _touched(
    by: Rules, encoder: str, faces: Part, changes: Sequence[KnownChange]
) -> NDArray[np.bool_]:
    """Return (n,) which faces any change is near enough to, to enter or leave those they are nearest to.

    It is where it is not further than the last of them, or has a vote. That a known encoding may count as
    even further away, by births or beside a better one, has a face compared in vain at worst.
    """
    limits = by.limits(encoder)
    plain = distances(faces.encodings, stacked([change.vector for change in changes]))
    levels = np.array([change.level for change in changes], np.float32)
    away = by.counted(plain, faces.levels, levels).min(axis=1)
    furthest = np.where(np.isnan(faces.furthest), limits.reach, faces.furthest)
    # Whoever has a known face within reach counts as a network says, which may be nearer.
    least = limits.maybe if by.network is None else limits.reach
    return np.asarray(away <= np.maximum(furthest, least) + ROUNDING)


def _match(roster: Roster, faces: Sequence[int], people: Collection[int] | None = None) -> None:
    """Compare the faces with all that is known, or what `people` are known by; a few in each turn."""
    for some in few(faces, IN_A_TURN):
        with transaction.atomic():
            matching.match_faces(turns.take(roster.pk), some, people)
        library_faces.refresh(roster, some)
        turns.give_way()
