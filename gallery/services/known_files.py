"""Brings people into a roster by names and encodings from a file: they are known without a picture.

What is in the roster already stays as it is. Nobody is taken for somebody else by a name alone where
several bear it, and no encoding is known twice, whatever its person is called by now.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

import numpy as np
from django.db import transaction

from analysis.known.known import Known
from analysis.matching import NUMBERS, Vectors
from analysis.names import tidied
from gallery.fields import fold
from gallery.kinds import TaskRefused
from gallery.live import events
from gallery.models import KnownEncoding, Roster
from gallery.services import levels, names, newcomers, turns
from gallery.services.newcomers import AT_A_TIME, Meant, Whom

SOURCE_LENGTH = 255


@dataclass(slots=True)
class Plan(Whom):
    """What a file brings: whom it makes known, and by how many encodings each, as names in its order.

    `already` are encodings that are known, each with the name in the file and that of the person whom it
    is of; `people` are the keys of whom `bring` has made known.
    """

    source: str = ""
    added: dict[str, int] = field(default_factory=dict)
    already: list[tuple[str, str]] = field(default_factory=list)
    people: list[int] = field(default_factory=list, compare=False)

    @property
    def count(self) -> int:
        """The number of encodings that are new."""
        return sum(self.added.values())


def plan(*, roster: Roster, known: Known, source: str) -> Plan:
    """Return what `bring` would do now, and do nothing."""
    return _planned(roster, known, source)[0]


@transaction.atomic
def bring(*, roster: Roster, known: Known, source: str) -> Plan:
    """Know people by the encodings of a file called `source`, and have names guessed anew."""
    roster = turns.take(roster.pk)
    made, rows = _planned(roster, known, source)
    people = newcomers.there(roster, dict.fromkeys(one for one, _ in rows))
    made.people = [person.pk for person in people.values()]
    KnownEncoding.objects.bulk_create(
        (
            KnownEncoding(
                person=people[one],
                brought_for=people[one],
                imported_from=made.source,
                vector=vector,
                encoder=known.encoder,
            )
            for one, vector in rows
        ),
        batch_size=AT_A_TIME,
    )
    if rows:
        levels.of_known(KnownEncoding.objects.of(roster))
        _guess_anew(roster)
    events.publish_to(roster)
    return made


def _planned(roster: Roster, known: Known, source: str) -> tuple[Plan, list[tuple[Meant, Vectors]]]:
    made = Plan(source=tidied(source)[:SOURCE_LENGTH] or "?")
    there, roll = _whose(roster, known.encoder), newcomers.Roll(roster)
    meant: dict[str, Meant] = {}
    rows = []
    for name, vector in zip(known.names, known.encodings, strict=True):
        data = vector.tobytes()
        if data in there:
            made.already.append((name, there[data]))
            continue
        there[data] = name
        folded = fold(name)
        if folded not in meant:
            meant[folded] = roll.meant(name, made.source)
            made.add(meant[folded])
        rows.append((meant[folded], vector))
        called = meant[folded].name
        made.added[called] = made.added.get(called, 0) + 1
    return made, rows


def _whose(roster: Roster, encoder: str) -> dict[bytes, str]:
    """Return the bytes of all that is known by that encoder, as files have it, and whose it is by name."""
    rows = KnownEncoding.objects.of(roster).filter(encoder=encoder)
    known = rows.values_list("vector", "person__name")
    return {np.asarray(vector)[:NUMBERS].tobytes(): name for vector, name in known}


def _guess_anew(roster: Roster) -> None:
    """Have it done in the background; where that is under way it begins again, with these people."""
    with suppress(TaskRefused):
        names.guess_again(roster)
