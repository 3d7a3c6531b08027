"""Has names guessed anew on all photos, as a task: when settings changed, or what distances mean."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from gallery import installed
from gallery.jobs import tasks
from gallery.kinds import TaskRefused
from gallery.models import Face, KnownEncoding, Roster, Task
from gallery.models.face_queries import NamedBy
from gallery.services import knowledge, matching, turns

KIND = "names"


def guess_again(roster: Roster) -> Task:
    """Have who is on each photo guessed anew.

    Raises TaskRefused where that is under way: it then begins from the first photo again, so that all of
    them go by what holds now.
    """
    with transaction.atomic():
        # The task's steps take the same turn: it can't end, or be on its way, between the two.
        roster = turns.take(roster.pk)
        knowledge.renew(roster)
        # Until the task is done, whatever becomes of it.
        roster.has_nearest = False
        roster.save(update_fields=["has_nearest"])
        try:
            return _begin(roster)
        except TaskRefused as refusal:
            refused = refusal
            tasks.begin_anew(
                kind=KIND,
                owner=roster.owner,
                arguments=_arguments(roster),
                total=_photos(roster),
                forgets=["kept"],
            )
    raise refused


def go_on(roster: Roster) -> None:
    """Begin that where nobody is at it, as after it was stopped; call it in the roster's turn."""
    if not Task.objects.filter(kind=KIND, arguments=_arguments(roster)).open().exists():
        _begin(roster)


def _begin(roster: Roster) -> Task:
    return tasks.enqueue(
        kind=KIND, owner=roster.owner, arguments=_arguments(roster), total=_photos(roster)
    )


def _arguments(roster: Roster) -> dict[str, int]:
    return {"roster": roster.pk}


def _photos(roster: Roster) -> int:
    return matching.unnamed(roster).values("photo").distinct().count()


def choose(*, roster: Roster, changes: Mapping[str, object]) -> Task | None:
    """Save how the roster's people are told, and have names guessed anew, by the task that is returned.

    `changes` are among `is_plain`, `way` and `accepted`. None where all is so already, or nobody is known.
    Raises TaskRefused as `guess_again` does: what was chosen is saved all the same.
    """
    with transaction.atomic():
        roster = turns.take(roster.pk)
        changed = {name: value for name, value in changes.items() if getattr(roster, name) != value}
        for name, value in changed.items():
            setattr(roster, name, value)
        if changed:
            roster.save(update_fields=[*changed])
    is_due = bool(changed) and KnownEncoding.objects.of(roster).exists()
    return guess_again(roster) if is_due else None


def are_being_guessed(user: User) -> bool:
    """Return whether names are being guessed anew on the user's photos."""
    return tasks.visible_to(user).open().filter(kind=KIND).exists()


def begin_where_due() -> int:
    """Begin that wherever faces were compared otherwise than by today's map; return for how many rosters.

    So a library that comes from an earlier version is matched anew by itself.
    """
    begun = 0
    for roster in _due():
        # Of a task that is under way much may be done already.
        if not are_being_guessed(roster.owner):
            with suppress(TaskRefused):
                guess_again(roster)
                begun += 1
    return begun


def _due() -> QuerySet[Roster]:
    # Guesses of a version that knew no normalised distance, by whatever encoder.
    old = Q(named_by=NamedBy.MACHINE, normalised=None)
    if found := installed.population():
        old |= Q(encoder=found.encoder) & ~Q(population=found.name)
    owners = Face.objects.filter(old).unnamed().values("photo__owner")
    # Where nobody is known there is nothing to compare; levels come with the first name.
    due = Roster.objects.filter(Q(owner__in=owners) | Q(has_nearest=False))
    return due.filter(people__encodings__isnull=False).distinct()
