"""Writes what the record says of people by themselves: names, notes, births, how they are shown."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from gallery.fields import fold
from gallery.models import Person, PersonAlias
from gallery.models.record import Topic
from gallery.services import record
from gallery.services.record import Said

COLUMNS = [
    "name", "folded_name", "note", "born_on", "born_to",
    "about", "chosen_cover", "is_hidden", "is_favourite",
    "consent", "consent_on", "consent_note",
]  # fmt: skip
# Of these photos show nothing.
UNSEEN = {"about", "chosen_cover", "is_favourite", "consent", "consent_on", "consent_note"}


def write(people: Mapping[int, Person], said: record.Current) -> list[int]:
    """Write what is said of these people; return who is shown otherwise on photos by that, by key."""
    before = {key: _row(person) for key, person in people.items()}
    for one, word in said.items():
        if one.subject in people:
            _tell(people[one.subject], one.topic, word)
    written = [person for key, person in people.items() if _row(person) != before[key]]
    Person.everyone.bulk_update(written, COLUMNS, batch_size=record.AT_A_TIME)
    _write_aliases(people, said)
    seen = [name for name in COLUMNS if name not in UNSEEN]
    return [
        person.pk
        for person in written
        if any(getattr(person, name) != before[person.pk][name] for name in seen)
    ]


def _row(person: Person) -> dict[str, Any]:
    return {name: getattr(person, name) for name in COLUMNS}


def _tell(person: Person, topic: Topic, word: Said) -> None:
    """Have the person be as one word says."""
    value = word.value
    if topic is Topic.CALLED and value:
        person.name, person.folded_name = value, fold(value)
    elif topic is Topic.NOTE:
        person.note = value or ""
    elif topic is Topic.BORN:
        on, person.born_to = value or (None, "")
        person.born_on = on and date.fromisoformat(on)
    elif topic is Topic.ABOUT:
        person.about = value or ""
    elif topic is Topic.COVER:
        person.chosen_cover = value
    elif topic is Topic.HIDDEN:
        person.is_hidden = bool(value)
    elif topic is Topic.FAVOURITE:
        person.is_favourite = bool(value)
    elif topic is Topic.CONSENT:
        said = value or {"answer": "", "on": None, "note": ""}
        person.consent, person.consent_note = said["answer"], said["note"]
        person.consent_on = said["on"] and date.fromisoformat(said["on"])


def _write_aliases(people: Mapping[int, Person], said: record.Current) -> None:
    spoken_of = {one.subject for one in said if one.topic is Topic.ALIAS and one.subject in people}
    if not spoken_of:
        return
    now = record.current_of([Topic.ALIAS], spoken_of)
    PersonAlias.objects.filter(person__in=spoken_of).delete()
    names = sorted((one.subject, word.value) for one, word in now.items())
    rows = [PersonAlias(person=people[key], name=name) for key, name in names]
    PersonAlias.objects.bulk_create(rows, batch_size=record.AT_A_TIME)
