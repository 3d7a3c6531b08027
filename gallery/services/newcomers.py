"""Whom names mean that come in files and folders: somebody of the roster, or somebody new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from gallery.fields import fold
from gallery.models import Person, PersonAlias, Roster
from gallery.models.person import Gone
from gallery.models.record import Did
from gallery.services import saying, wording
from gallery.services.people import NOTE_LENGTH

AT_A_TIME = 500  # rows in a statement


@dataclass(frozen=True, slots=True, eq=False)
class Meant:
    """Whom a name means: `person`, or somebody new of that name and note. Several may bear it."""

    name: str
    note: str
    person: Person | None
    is_shared: bool

    def unsaved(self, roster: Roster) -> Person:
        """Return somebody new of that name, who is not in the database yet."""
        return Person(roster=roster, name=self.name, note=self.note)


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


class Roll:
    """The people of a roster by what they are called, read by one query for any number of names."""

    def __init__(self, roster: Roster) -> None:
        self._named: dict[str, list[Person]] = defaultdict(list)
        self._in_full: dict[str, list[Person]] = defaultdict(list)
        here = Person.objects.filter(roster=roster).order_by("pk").in_bulk()
        for person in here.values():
            self._named[fold(person.name)].append(person)
            if person.note:
                self._in_full[fold(person.in_full)].append(person)
        for name, key in _other_names(roster):
            if key in here and here[key] not in self._named[name]:
                self._named[name].append(here[key])
                self._named[name].sort(key=lambda person: person.pk)

    def meant(self, name: str, source: str) -> Meant:
        """Return whom the name means, which stands in a file or folder called `source`."""
        folded = fold(name)
        # As `PersonQuerySet.meant_by` finds them.
        found = self._named.get(folded) or self._in_full.get(folded) or []
        return _meant(name, source, found)


def _other_names(roster: Roster) -> Iterator[tuple[str, int | None]]:
    """Yield what people are also called, and those who were merged into them, folded, with their keys."""
    aliases = PersonAlias.objects.filter(person__roster=roster).order_by("person")
    yield from aliases.values_list("folded_name", "person")
    merged = Person.everyone.filter(roster=roster, gone=Gone.MERGED).order_by("merged_into")
    yield from merged.values_list("folded_name", "merged_into")


def meant(roster: Roster, name: str, source: str) -> Meant:
    """Return whom one name means; for many, `Roll` is read once."""
    return _meant(name, source, Person.objects.filter(roster=roster).meant_by(name))


def there(roster: Roster, ones: Iterable[Meant]) -> Mapping[Meant, Person]:
    """Return whom they mean, the new ones made now; call it in the roster's turn."""
    found = {one: one.person or one.unsaved(roster) for one in ones}
    new = [person for one, person in found.items() if one.person is None]
    Person.objects.bulk_create(new, batch_size=AT_A_TIME)
    said = [wording.called(person.pk, person.name) for person in new]
    noted = [wording.noted(person.pk, person.note) for person in new]
    saying.say(roster, Did.BRING, [*said, *noted])
    return found


def _meant(name: str, source: str, found: Sequence[Person]) -> Meant:
    """Choose among those who bear the name.

    Where several do, which of them cannot be told: so it is somebody else, with `source` as a note, or
    whom the same source has brought before.
    """
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
    found, seen, roll = Whom(), set[str](), Roll(roster)
    for name in names:
        if (folded := fold(name)) not in seen:
            seen.add(folded)
            found.add(roll.meant(name, source))
    return found
