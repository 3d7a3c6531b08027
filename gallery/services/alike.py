"""Finds people who may be one: in the roster's turn where little is known, else behind it.

How near the faces of two are that they are known by is `analysis.grouping.alike`'s; here is who never is
one: whom humans saw together on a photo, and who were born on two days. What humans said of a pair, and who
is hidden or gone, is left to whoever lists them (`Alike.objects.asked`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from analysis.grouping.alike import alike
from analysis.grouping.limits import Limits
from analysis.grouping.units import Units, gathered
from analysis.matching import first
from gallery import installed
from gallery.models import Alike, KnownEncoding, Person, Roster
from gallery.services import doubts, knowledge, turns
from gallery.services.doubts import Pair
from gallery.services.knowledge import Known


def go_on(roster: Roster, *, at_once: bool) -> None:
    """Have it be known who may be one: in this turn, or soon."""
    if at_once:
        _write(roster, _found(knowledge.now(roster), roster))
    if at_once and roster.alike_due_at is None:
        return
    roster.alike_due_at = None if at_once else timezone.now()
    roster.save(update_fields=["alike_due_at"])


def due() -> list[Roster]:
    """Return the rosters in which something changed by which two people may look like one."""
    return list(Roster.objects.filter(alike_due_at__isnull=False))


def follow(roster: Roster) -> bool:
    """Find who may be one in a large library; return whether it is said of others now than before.

    It is not in the roster's turn but to write.
    """
    since = roster.alike_due_at
    found = _found(knowledge.of(roster), roster)
    with transaction.atomic():
        roster = turns.take(roster.pk)
        has_changed = _write(roster, found)
        if roster.alike_due_at == since:
            roster.alike_due_at = None
            roster.save(update_fields=["alike_due_at"])
    return has_changed


def _found(known: Mapping[str, Known], roster: Roster) -> dict[Pair, float]:
    """Return who may be one, and how far they are from their limit."""
    near: dict[Pair, float] = {}
    for encoder, some in known.items():
        for pair, beyond in _near(roster, encoder, some).items():
            near[pair] = min(beyond, near.get(pair, beyond))
    return {pair: near[pair] for pair in near.keys() - _two(near.keys())}


def _near(roster: Roster, encoder: str, known: Known) -> dict[Pair, float]:
    keys, whose = np.unique(known.people, return_inverse=True)
    units = gathered(Units.of_faces(first(known.vectors), known.levels), whose, len(keys))
    population = installed.population()
    limits = Limits.plain()
    if population is not None and population.encoder == encoder:
        limits = Limits.asking(population.calibration, len(keys))
        # A child's has to be nearer, as in groups.
        children = _children(roster, encoder, population.calibration.grown)
        shares = np.array([children.get(key, 0) for key in keys.tolist()]) / units.counts
        units.levels[:] -= population.calibration.children * shares
    edges = alike(units, limits)
    pairs = zip(keys[edges.first].tolist(), keys[edges.second].tolist(), strict=True)
    return dict(zip(pairs, edges.beyond.tolist(), strict=True))


def _children(roster: Roster, encoder: str, grown: float) -> dict[int, int]:
    """Return by how many faces that look younger than `grown` each person is known, by key."""
    known = KnownEncoding.objects.of(roster).filter(encoder=encoder, face__age_years__lt=grown)
    counts = known.order_by().values("person").annotate(count=Count("pk"))
    return dict(counts.values_list("person", "count"))


def _two(pairs: Collection[Pair]) -> set[Pair]:
    """Return which of the pairs can't be one: seen together on a photo, or born on two days."""
    keys = {key for pair in pairs for key in pair}
    seen = doubts.together(keys)
    born = Person.objects.filter(pk__in=keys, born_on__isnull=False).in_bulk() if keys else {}
    return {
        (one, other)
        for one, other in pairs
        if (one, other) in seen
        or (one in born and other in born and doubts.were_born_apart(born[one], born[other]))
    }


def _write(roster: Roster, found: Mapping[Pair, float]) -> bool:
    """Write who may be one; return whether that changed."""
    before = {
        (row.first_id, row.second_id): row for row in Alike.objects.filter(first__roster=roster)
    }
    gone = [row.pk for pair, row in before.items() if pair not in found]
    Alike.objects.filter(pk__in=gone).delete()
    new = {
        pair: beyond
        for pair, beyond in found.items()
        if pair not in before or before[pair].beyond != beyond
    }
    # Whoever has gone for good meanwhile is left out.
    there = (
        set(Person.everyone.filter(roster=roster).values_list("pk", flat=True)) if new else set()
    )
    rows = [
        Alike(first_id=pair[0], second_id=pair[1], beyond=beyond)
        for pair, beyond in new.items()
        if there.issuperset(pair)
    ]
    Alike.objects.bulk_create(
        rows,
        batch_size=500,
        update_conflicts=True,
        unique_fields=["first", "second"],
        update_fields=["beyond"],
    )
    return bool(gone) or any((row.first_id, row.second_id) not in before for row in rows)
