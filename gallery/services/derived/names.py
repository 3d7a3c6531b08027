"""Writes whose faces are, what they are instead, and what people are known by."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from gallery.models import Face, KnownEncoding, Roster
from gallery.models.face_queries import Mark, NamedBy
from gallery.models.record import Topic
from gallery.services import knowledge, nearest, record, who
from gallery.services.derived import boxes, private
from gallery.services.derived.changed import Changed
from gallery.services.nearest import few
from gallery.services.record import Register, Said

NAMING = (Topic.NAME, Topic.MARK, Topic.REFERENCE)
# What else whose a face is follows from: whether it is there.
BEING = (Topic.BOX, Topic.KEPT)
NOBODY = {"distance": None, "normalised": None, "suggestion": None}
# Faces at a time whose known encodings are changed together: each time all of their people's are read.
TOGETHER = 20_000


class Naming(NamedTuple):
    """What is said of whose a face is: by whom, whether they are known by it, what it is instead."""

    person: int | None = None
    is_known: bool = False
    mark: str = Mark.NONE


def settle(roster: Roster, faces: set[int], changed: Changed) -> None:
    if not faces:
        return
    said = record.current_of(NAMING, faces)
    named = {word.person for word in said.values() if word.person is not None}
    are = who.are(named)
    hidden = boxes.hidden(faces)
    for some in few(sorted(faces), TOGETHER):
        namings = {key: _naming(key, said, are, hidden.get(key)) for key in some}
        namings |= _private(roster, namings, said)
        _know(roster, namings, changed)
        _name(namings, changed)
        _know_more(roster, namings, changed)
    changed.people |= {one for one in are.values() if one is not None}


def _naming(
    key: int, said: record.Current, are: Mapping[int, int | None], hidden: Mark | None
) -> Naming:
    nothing = Said(Register(Topic.NAME, key))
    name = said.get(Register(Topic.NAME, key), nothing)
    mark = hidden or said.get(Register(Topic.MARK, key), nothing).value or Mark.NONE
    reference = said.get(Register(Topic.REFERENCE, key), nothing)
    person = None if name.person is None or mark else are[name.person]
    known = reference.value if reference.value is not None else (name.value or {}).get("known")
    return Naming(person, person is not None and bool(known), mark)


def _private(
    roster: Roster, namings: Mapping[int, Naming], said: record.Current
) -> dict[int, Naming]:
    """Return what those are that are somebody's who does not want to be recognised."""
    nobodys = [key for key, naming in namings.items() if naming.person is None and not naming.mark]
    names = {key: said.get(Register(Topic.NAME, key)) for key in nobodys}
    named = {key: word for key, word in names.items() if word is not None}
    marks = private.of(roster, named, nobodys)
    return {key: Naming(mark=mark) for key, mark in marks.items()}


def _know(roster: Roster, namings: Mapping[int, Naming], changed: Changed) -> None:
    """Have people be known by what is theirs, of what somebody is known by, and nobody by what is not."""
    wrong: dict[int | None, list[int]] = defaultdict(list)
    rows = KnownEncoding.objects.filter(face__one_of=namings)
    for pk, face, person in rows.values_list("pk", "face", "person"):
        naming = namings[face]
        if naming.is_known and naming.person == person:
            continue
        wrong[naming.person if naming.is_known else None].append(pk)
        if person is not None:
            changed.people.add(person)
    for whose, keys in wrong.items():
        known = KnownEncoding.objects.filter(pk__one_of=keys)
        if whose is None:
            knowledge.forget(roster, known)
        else:
            knowledge.give(roster, known, whose)
        changed.has_names_follow = True


def _know_more(roster: Roster, namings: Mapping[int, Naming], changed: Changed) -> None:
    wanted = [key for key, naming in namings.items() if naming.is_known]
    known = KnownEncoding.objects.filter(face__one_of=wanted).values_list("face", flat=True)
    lacking = {
        key: person
        for key in set(wanted) - set(known)
        if (person := namings[key].person) is not None
    }
    if lacking and knowledge.add(roster, lacking):
        changed.has_names_follow = True


def _name(namings: Mapping[int, Naming], changed: Changed) -> None:
    """Write names and marks of faces."""
    alike: dict[tuple[int | None, str], list[int]] = defaultdict(list)
    private_before: list[int] = []
    rows = Face.everything.filter(pk__one_of=namings)
    for pk, photo, person, by, mark in rows.values_list(
        "pk", "photo", "person", "named_by", "mark"
    ):
        naming = namings[pk]
        said = person if by == NamedBy.HUMAN else None
        if (said, mark) != (naming.person, naming.mark):
            alike[naming.person, naming.mark].append(pk)
            if mark == Mark.PRIVATE:
                private_before.append(pk)
            changed.photos.add(photo)
            if said is not None:
                changed.people.add(said)
    for (whose, mark), keys in alike.items():
        _write(keys, whose, mark)
        changed.has_names_follow = True
        if mark == Mark.PRIVATE:
            private.enter(keys)
    if private_before:
        private.leave(private_before)
        changed.has_boxes = True


def _write(faces: Sequence[int], person: int | None, mark: str) -> None:
    by = NamedBy.NOBODY if person is None else NamedBy.HUMAN
    Face.everything.filter(pk__one_of=faces).update(person=person, named_by=by, mark=mark, **NOBODY)
    if person is None and not mark:
        nearest.make_due(faces)
    else:
        nearest.forget(faces)
