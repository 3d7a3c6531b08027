"""Erases people, of whom no face has the name any more: what was said of them, and what names them."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from functools import partial

from django.db import transaction
from django.db.models import Q

from analysis.errors import AnalysisError
from analysis.known import as_npz
from gallery.fields import fold
from gallery.live import events
from gallery.models import (
    KnownChange,
    KnownEncoding,
    Nearest,
    Person,
    PersonAlias,
    Roster,
    Task,
    Word,
)
from gallery.models.leased import ENDED_EARLY
from gallery.models.record import Topic
from gallery.services import (
    arrived,
    files,
    nearest,
    pictures,
    roster_networks,
    roster_trainings,
    work,
)
from gallery.services.erasing import bin, tombstones
from gallery.services.erasing.erased import Erased
from gallery.services.erasing.redacting import Redaction

NEAREST_AT_A_TIME = 5000


def erase(roster: Roster, keys: Collection[int], erased: Erased, *, by_time: bool = False) -> None:
    """Erase people, by key; call it in the roster's turn.

    Where that is so `by_time` alone, names that others bear too stay in reports, and names of files.
    """
    people = Person.everyone.filter(roster=roster, pk__in=keys)
    found = set(people.values_list("pk", flat=True))
    erased.names |= names_of(found)
    known = KnownEncoding.objects.filter(brought_for__in=found)
    changes = KnownChange.objects.filter(Q(person__in=found) | Q(before__in=found))
    erased.vectors += [one.vector for one in [*known, *changes]]
    known.delete()
    changes.delete()
    _forget_nearest(roster, found)
    _forget_networks(roster, found)
    tombstones.of_people(found)
    others = _names_of_others(roster, found, erased.names) if by_time else set()
    names = erased.names - others
    redaction = Redaction(roster, names, set() if by_time else erased.photos)
    bin.forget_people(roster, found, redaction)
    redaction.reports()
    if not by_time:
        redaction.everything_else()
        _discard_waiting(roster, names)
    erased.reports += redaction.count
    people.delete()
    events.publish_to(roster)


def names_of(people: Collection[int]) -> set[str]:
    """Return all that these people, by key, are or ever were called."""
    topics = (Topic.CALLED, Topic.ALIAS)
    said = Word.objects.filter(topic__in=topics, subject__in=people, value__isnull=False)
    rows = Person.everyone.filter(pk__in=people), PersonAlias.objects.filter(person__in=people)
    names = {name for some in rows for name in some.values_list("name", flat=True)}
    return names | {f"{value}" for value in said.values_list("value", flat=True)}


def _forget_nearest(roster: Roster, people: Collection[int]) -> None:
    """Have no face be near them, and those that were be compared anew."""
    rows = Nearest.objects.filter(face__photo__owner__in=roster.members).order_by("pk")
    last = 0
    while some := list(rows.filter(pk__gt=last).values_list("pk", "people")[:NEAREST_AT_A_TIME]):
        last = some[-1][0]
        near = {pk: nearest.unpacked(data) for pk, data in some}
        others = {
            pk: [one for one in kept if one.person not in people] for pk, kept in near.items()
        }
        changed = {pk: kept for pk, kept in others.items() if len(kept) < len(near[pk])}
        nearest.keep(changed)
        nearest.make_due(changed)


def _forget_networks(roster: Roster, people: Collection[int]) -> None:
    """Drop a network that learnt of them; it is trained anew of the others where names go by it."""
    if roster_networks.learnt_of(roster.pk, people):
        roster_networks.drop(roster)
    # One that is being trained may learn of them: its worker notices that, and it is begun again.
    training = Task.objects.filter(kind=roster_trainings.KIND, arguments__roster=roster.pk)
    for task in training.open():
        task.delete()


def _discard_waiting(roster: Roster, names: Collection[str]) -> None:
    """Discard what was sent of people and not all brought in, where any of them is of these names."""
    folded = {fold(name) for name in names}
    sent = Task.objects.filter(owner__in=roster.members, state__in=ENDED_EARLY)
    for task in sent.filter(kind=pictures.KIND):
        with suppress(OSError, AnalysisError):
            waiting = pictures.waiting_in(pictures.folder_of(task))
            if not folded.isdisjoint(fold(one.name) for one in waiting):
                work.discard(task)
    for task in sent.filter(kind=arrived.ENCODINGS):
        file = pictures.uploaded(task)
        with suppress(OSError, AnalysisError):
            if not folded.isdisjoint(map(fold, as_npz.read(file).names)):
                work.discard(task)
                transaction.on_commit(partial(files.remove, [file]))


def _names_of_others(roster: Roster, people: Collection[int], names: Collection[str]) -> set[str]:
    """Return those of the names that others than these people, by key, bear too."""
    others = Person.objects.filter(roster=roster).exclude(pk__in=people)
    rows = others, PersonAlias.objects.filter(person__in=others)
    borne = {name for some in rows for name in some.values_list("folded_name", flat=True)}
    return {name for name in names if fold(name) in borne}
