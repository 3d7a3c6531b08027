"""Has names guessed anew on all photos, as a task: when settings changed, or what distances mean."""

from __future__ import annotations

from contextlib import suppress

from django.db.models import QuerySet

from gallery import installed
from gallery.jobs import tasks
from gallery.kinds import TaskRefused
from gallery.models import Face, Roster, Task
from gallery.models.face import NamedBy
from gallery.services import matching

KIND = "names"


def guess_again(roster: Roster) -> Task:
    """Have who is on each photo guessed anew; raises TaskRefused while that is done already."""
    photos = matching.unnamed(roster).values("photo").distinct().count()
    arguments = {"roster": roster.pk}
    return tasks.enqueue(kind=KIND, owner=roster.owner, arguments=arguments, total=photos)


def begin_where_due() -> int:
    """Begin that wherever faces were compared otherwise than by today's map; return for how many rosters.

    So a library that comes from an earlier version is matched anew by itself.
    """
    begun = 0
    for roster in _due():
        with suppress(TaskRefused):
            guess_again(roster)
            begun += 1
    return begun


def _due() -> QuerySet[Roster]:
    found = installed.population()
    if found is None:
        return Roster.objects.none()
    unnamed = Face.objects.filter(encoder=found.encoder).exclude(named_by=NamedBy.HUMAN)
    owners = unnamed.exclude(population=found.name).values("photo__owner")
    # Where nobody is known there is nothing to compare; levels come with the first name.
    return Roster.objects.filter(owner__in=owners, people__encodings__isnull=False).distinct()
