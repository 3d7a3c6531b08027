"""Writes whom a roster knows as a file that `recognise`, `import_people` and the study's code read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from analysis.known import as_json, as_npz, pickled
from analysis.known.known import MOST, Known, checked
from analysis.names import NAME_LENGTH
from analysis.versions import ENCODER
from gallery import installed
from gallery.models import KnownEncoding, Person, Roster


@dataclass(frozen=True, slots=True)
class Form:
    """A form of such a file: how it ends, what browsers call it, and what writes it."""

    suffix: str
    content_type: str
    write: Callable[[Known, BinaryIO], None]

    @property
    def filename(self) -> str:
        return f"known.{self.suffix}"


FORMS: Mapping[str, Form] = {
    form.suffix: form
    for form in (
        Form("bin", "application/octet-stream", pickled.write),
        Form("json", "application/json", as_json.write),
        Form("npz", "application/zip", as_npz.write),
    )
}


def of(roster: Roster) -> Known | None:
    """Return the roster's known encodings, up to MOST, by the order that they came in; None without any.

    Only those of today's encoder: no file says of each by which it is. People of one name are told
    apart by their notes, as `import_people` reads them.
    """
    people = Person.objects.filter(roster=roster).told_apart().in_bulk()
    rows = KnownEncoding.objects.of(roster).filter(encoder=ENCODER).order_by("pk")
    found = list(rows.values_list("person", "vector")[:MOST])
    if not found:
        return None
    population = installed.population()
    return checked(
        [_name(people[person]) for person, _ in found],
        [np.asarray(vector) for _, vector in found],
        ENCODER,
        population.name if population else None,
    )


def _name(person: Person) -> str:
    shown = person.shown_name
    return shown if len(shown) <= NAME_LENGTH else person.name
