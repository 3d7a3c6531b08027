"""Gives many faces to whom a form means: somebody by key, somebody new, or whoever bears a name."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from django.db import transaction

from analysis.names import tidied
from gallery.models import Person, Roster
from gallery.services import curating, people, turns
from gallery.services.people import SeveralPeople

To = Callable[..., object]
Anew = Callable[..., Person]


@dataclass(frozen=True, slots=True)
class Whom:
    """Whom a form means: a `person` by key, somebody `new` of that name, or whoever has the `name`."""

    person: int | None = None
    new: str = ""
    name: str = ""


@transaction.atomic
def name(*, roster: Roster, faces: Collection[int], whom: Whom) -> None:
    """Say whose the faces are; nobody of the name yet is somebody new.

    Raises NameRefused, and SeveralPeople where more than one bear the name.
    """
    _give(roster, faces, whom, (curating.name, curating.name_anew), asks_from=2)


@transaction.atomic
def move(*, roster: Roster, faces: Collection[int], whom: Whom) -> None:
    """Say of faces that had a name that they are somebody else's; raises as `name` does."""
    _give(roster, faces, whom, (curating.move, curating.split), asks_from=2)


@transaction.atomic
def split(*, roster: Roster, faces: Collection[int], whom: Whom) -> None:
    """Make somebody new of the faces; raises NameRefused, and SeveralPeople if anybody bears the name."""
    _give(roster, faces, whom, (curating.move, curating.split), asks_from=1)


def _give(
    roster: Roster, faces: Collection[int], whom: Whom, verbs: tuple[To, Anew], asks_from: int
) -> None:
    to, anew = verbs
    roster = turns.take(roster.pk)
    if whom.person is not None:
        to(roster=roster, faces=faces, person_id=whom.person)
    elif whom.new:
        anew(roster=roster, faces=faces, name=whom.new)
    else:
        found = Person.objects.filter(roster=roster).meant_by(tidied(whom.name))
        if len(found) >= asks_from:
            raise SeveralPeople(found[0].name, [person.pk for person in found])
        if found:
            to(roster=roster, faces=faces, person_id=found[0].pk)
        else:
            anew(roster=roster, faces=faces, name=people.clean_name(whom.name))
