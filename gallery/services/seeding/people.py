"""The known people of a made library, as somebody would have named them."""

from __future__ import annotations

from collections import Counter
from datetime import date

import numpy as np

from analysis.dates import Precision
from analysis.synthetic.library import Library
from gallery.models import Person, Roster
from gallery.models.record import Did
from gallery.services import record, wording
from gallery.services.record import Said

BIRTHS = 0.3  # of the people somebody said when they were born
ROWS = 1000


def add(roster: Roster, library: Library) -> list[int]:
    """Add the known people, in their order, and return their keys."""
    shared = Counter(library.names)
    people = [
        Person(roster=roster, name=name, note=_note(born) if shared[name] > 1 else "")
        for name, born in zip(library.names, library.known.born, strict=True)
    ]
    random = np.random.default_rng(library.wanted.seed)
    for number in np.flatnonzero(random.random(len(people)) < BIRTHS):
        precision = [*Precision][random.integers(3)]
        born = date.fromordinal(int(library.known.born[number]))
        people[number].born_on = _first_day(born, precision)
        people[number].born_to = precision.value
    Person.objects.bulk_create(people, batch_size=ROWS)
    record.write(roster, Did.BRING, [word for person in people for word in _said(person)])
    return [person.pk for person in people]


def _said(person: Person) -> list[Said]:
    return [
        wording.called(person.pk, person.name),
        wording.noted(person.pk, person.note),
        wording.born(person.pk, person.born),
    ]


def _note(born: float) -> str:
    return f"born {date.fromordinal(int(born)).year}"


def _first_day(born: date, precision: Precision) -> date:
    if precision is Precision.YEAR:
        return born.replace(month=1, day=1)
    return born.replace(day=1) if precision is Precision.MONTH else born
