"""Brings people into a roster by names and encodings from a file: they are known without a picture.

What is in the roster already stays as it is. Nobody is taken for somebody else by a name alone where
several bear it, and no encoding is known twice, whatever its person is called by now.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field

from django.db import transaction

from analysis.known.known import Known
from analysis.matching import Vectors
from analysis.names import tidied
from gallery.fields import fold
from gallery.kinds import TaskRefused
from gallery.live import events
from gallery.models import KnownEncoding, Person, Roster
from gallery.services import levels, names, turns
from gallery.services.people import NOTE_LENGTH

SOURCE_LENGTH = 255
AT_A_TIME = 500  # rows in a statement


@dataclass(slots=True)
class Plan:
    """What a file brings, as names in its order: whom it makes known, and by how many encodings.

    `new` are people who are not in the roster, `here` those who are. Several bear each of the names in
    `shared`: whoever is meant is somebody new, with the file's name as a note. `already` are encodings that
    are known, each with the name in the file and that of the person whom it is of.
    """

    source: str
    added: dict[str, int] = field(default_factory=dict)
    new: list[str] = field(default_factory=list)
    here: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    already: list[tuple[str, str]] = field(default_factory=list)

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
    people: dict[_Meant, Person] = {}
    for meant, _ in rows:
        if meant not in people:
            people[meant] = meant.person or Person.objects.create(
                roster=roster, name=meant.name, note=meant.note
            )
    KnownEncoding.objects.bulk_create(
        (
            KnownEncoding(
                person=people[meant],
                imported_from=made.source,
                vector=vector,
                encoder=known.encoder,
            )
            for meant, vector in rows
        ),
        batch_size=AT_A_TIME,
    )
    if rows:
        levels.of_known(KnownEncoding.objects.of(roster))
        _guess_anew(roster)
    events.publish_to(roster)
    return made


@dataclass(frozen=True, slots=True, eq=False)
class _Meant:
    """Whom a name in the file means: `person`, or somebody new of that name and note."""

    name: str
    note: str
    person: Person | None


def _planned(
    roster: Roster, known: Known, source: str
) -> tuple[Plan, list[tuple[_Meant, Vectors]]]:
    made = Plan(tidied(source)[:SOURCE_LENGTH] or "?")
    there = _whose(roster, known.encoder)
    meant: dict[str, _Meant] = {}
    rows = []
    for name, vector in zip(known.names, known.encodings, strict=True):
        data = vector.tobytes()
        if data in there:
            made.already.append((name, there[data]))
            continue
        there[data] = name
        folded = fold(name)
        if folded not in meant:
            meant[folded] = _meant(roster, name, made)
        rows.append((meant[folded], vector))
        called = meant[folded].name
        made.added[called] = made.added.get(called, 0) + 1
    return made, rows


def _whose(roster: Roster, encoder: str) -> dict[bytes, str]:
    """Return the bytes of all that is known by that encoder, and the names of whose it is."""
    rows = KnownEncoding.objects.of(roster).filter(encoder=encoder)
    return {bytes(vector): name for vector, name in rows.values_list("vector", "person__name")}


def _meant(roster: Roster, name: str, made: Plan) -> _Meant:
    found = Person.objects.filter(roster=roster).meant_by(name)
    note = ""
    if len(found) > 1:
        made.shared.append(name)
        note = made.source[:NOTE_LENGTH].strip()
        # Whom a file of that name has brought before.
        found = [person for person in found if person.note == note][:1]
    (made.here if found else made.new).append(name)
    return _Meant(name, note, found[0] if found else None)


def _guess_anew(roster: Roster) -> None:
    """Have it done in the background; where that is under way it begins again, with these people."""
    with suppress(TaskRefused):
        names.guess_again(roster)
