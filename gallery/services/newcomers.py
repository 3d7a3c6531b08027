"""Whom names mean that come in files and folders: somebody of the roster, or somebody new."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from gallery.fields import fold
from gallery.models import Person, Roster
from gallery.services.people import NOTE_LENGTH


@dataclass(frozen=True, slots=True, eq=False)
class Meant:
    """Whom a name means: `person`, or somebody new of that name and note. Several may bear it."""

    name: str
    note: str
    person: Person | None
    is_shared: bool

    def there(self, roster: Roster) -> Person:
        """Return the person, made now if they are new; call it in the roster's turn."""
        return self.person or Person.objects.create(roster=roster, name=self.name, note=self.note)


@dataclass(slots=True)
class Whom:
    """Names, each once: of people who are `new`, or `here`; several bear those in `shared`."""

    new: list[str] = field(default_factory=list)
    here: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)

    def add(self, one: Meant) -> None:
        (self.here if one.person else self.new).append(one.name)
        if one.is_shared:
            self.shared.append(one.name)


def meant(roster: Roster, name: str, source: str) -> Meant:
    """Return whom the name means, which stands in a file or folder called `source`.

    Where several bear it, which of them cannot be told: so it is somebody else, with `source` as a note,
    or whom the same source has brought before.
    """
    found = Person.objects.filter(roster=roster).meant_by(name)
    if len(found) < 2:
        return Meant(name, "", found[0] if found else None, is_shared=False)
    note = note_of(source)
    brought = [person for person in found if person.note == note]
    return Meant(name, note, brought[0] if brought else None, is_shared=True)


def note_of(source: str) -> str:
    """Return what tells somebody apart who came in a file or folder called so."""
    return source[:NOTE_LENGTH].strip()


def whom(roster: Roster, names: Iterable[str], source: str) -> Whom:
    """Return whom the names mean now, whatever their case."""
    found, seen = Whom(), set[str]()
    for name in names:
        if (folded := fold(name)) not in seen:
            seen.add(folded)
            found.add(meant(roster, name, source))
    return found
