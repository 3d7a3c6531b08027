"""Writes what the record says where pages and matching read it: names, marks, refusals, emotions, people.

This is the only place that writes them. What nothing was said about is left as it is.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db.models import Q
from django.utils import timezone

from gallery.models import EmotionWord, Face, KnownEncoding, Person, Photo, Refusal, Roster
from gallery.models.face_queries import Mark, NamedBy
from gallery.models.person import Gone
from gallery.models.record import OF_PEOPLE, Topic
from gallery.services import derived_people, knowledge, nearest, record, unused, who
from gallery.services.nearest import few
from gallery.services.record import Register, Said

NAMING = (Topic.NAME, Topic.MARK, Topic.REFERENCE)
SHOWING = (Topic.SHOWS, Topic.DENIES)
NOBODY = {"distance": None, "normalised": None, "suggestion": None}
# Faces at a time whose known encodings are changed together: each time all of their people's are read.
TOGETHER = 20_000


@dataclass(slots=True)
class Changed:
    """The photos, by key, of which something is shown otherwise, and whether names are to follow.

    Of `people` more or less may be said by now, or nothing.
    """

    photos: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    has_names_follow: bool = False


class Naming(NamedTuple):
    """What is said of whose a face is: by whom, whether they are known by it, what it is instead."""

    person: int | None = None
    is_known: bool = False
    mark: str = Mark.NONE


def settle(roster: Roster, registers: Iterable[Register]) -> Changed:
    """Write what the record says about these now."""
    by_topic: dict[Topic, set[Register]] = defaultdict(set)
    for register in registers:
        by_topic[register.topic].add(register)
    changed = Changed()
    said = [register for topic in OF_PEOPLE for register in by_topic[topic]]
    faces = _settle_people(roster, record.current(said), changed)
    for topic in NAMING:
        faces |= {register.subject for register in by_topic[topic]}
    _settle_names(roster, faces, changed)
    _settle_refusals(record.current(by_topic[Topic.REFUSAL]), changed)
    shown = {register.subject for topic in SHOWING for register in by_topic[topic]}
    _settle_emotions(shown, changed)
    _settle_collages(record.current(by_topic[Topic.COLLAGE]), changed)
    unused.settle(changed.people)
    return changed


def _settle_people(roster: Roster, said: record.Current, changed: Changed) -> set[int]:
    """Write what is said of people; return the faces, by key, that may be others' by that."""
    if not said:
        return set()
    people = Person.everyone.in_bulk({register.subject for register in said})
    born = [key for key in people if Register(Topic.BORN, key) in said]
    before = knowledge.remember(born) if born else {}
    changed.photos |= _photos_of(derived_people.write(people, said))
    # Of whom more than a name is said is there without a face; less may be said by now.
    changed.people |= {one.subject for one in said if one.topic is not Topic.CALLED}
    if born:
        knowledge.changed(roster, before)
        changed.has_names_follow = True
    moved = {one.subject for one in said if one.topic in {Topic.MERGED, Topic.DELETED}}
    return _move(roster, moved & people.keys(), changed)


def _move(roster: Roster, people: set[int], changed: Changed) -> set[int]:
    """Have merged and deleted people be gone, or be there again; return the faces that were named so."""
    if not people:
        return set()
    everybody = who.who_are(people)
    are = who.are(everybody)
    said = record.current_of((Topic.MERGED, Topic.DELETED), everybody)
    for key in sorted(everybody):
        gone = None
        if Register(Topic.DELETED, key) in said:
            gone = Gone.DELETED
        elif Register(Topic.MERGED, key) in said:
            gone = Gone.MERGED
        into = are[key] if gone == Gone.MERGED else None
        rows = Person.everyone.filter(pk=key)
        if gone is None:
            back = rows.filter(gone__in=(Gone.MERGED, Gone.DELETED))
            back.update(gone=Gone.NOT, gone_at=None, merged_into=None)
        else:
            rows.update(merged_into=None)  # Whoever was merged may be deleted now.
            rows.exclude(gone=gone).update(gone=gone, gone_at=timezone.now())
            rows.update(merged_into=into)
        knowledge.give(roster, key, are[key])
    changed.people |= everybody
    leaving = [key for key in everybody if are[key] != key]
    changed.photos |= _photos_of(everybody)
    changed.has_names_follow = True
    _guess_nobody(leaving)
    return _named_as(everybody)


def _photos_of(people: Collection[int]) -> set[int]:
    faces = Face.objects.filter(Q(person__in=people) | Q(suggestion__in=people))
    return set(faces.values_list("photo", flat=True))


def _guess_nobody(people: Collection[int]) -> None:
    """Drop what was guessed of people who are not there any more."""
    nobody = {**NOBODY, "person": None, "named_by": NamedBy.NOBODY}
    Face.objects.filter(person__in=people, named_by=NamedBy.MACHINE).update(**nobody)
    Face.objects.filter(suggestion__in=people).update(**NOBODY)


def _named_as(people: Collection[int]) -> set[int]:
    """Return the faces that are named by any of these people, or were so before the last word of them."""
    named = Face.everything.filter(person__in=people, named_by=NamedBy.HUMAN)
    return record.named_as(people) | set(named.values_list("pk", flat=True))


def _settle_names(roster: Roster, faces: set[int], changed: Changed) -> None:
    if not faces:
        return
    said = record.current_of(NAMING, faces)
    named = {word.person for word in said.values() if word.person is not None}
    are = who.are(named)
    for some in few(sorted(faces), TOGETHER):
        namings = {key: _naming(key, said, are) for key in some}
        _know(roster, namings, changed)
        _name(namings, changed)
        _know_more(roster, namings, changed)
    changed.people |= {one for one in are.values() if one is not None}


def _naming(key: int, said: record.Current, are: Mapping[int, int | None]) -> Naming:
    nothing = Said(Register(Topic.NAME, key))
    name = said.get(Register(Topic.NAME, key), nothing)
    mark = said.get(Register(Topic.MARK, key), nothing)
    reference = said.get(Register(Topic.REFERENCE, key), nothing)
    person = None if name.person is None or mark.value else are[name.person]
    known = reference.value if reference.value is not None else (name.value or {}).get("known")
    return Naming(person, person is not None and bool(known), mark.value or Mark.NONE)


def _know(roster: Roster, namings: Mapping[int, Naming], changed: Changed) -> None:
    """Have nobody be known by what is not theirs."""
    rows = KnownEncoding.objects.filter(face__in=namings)
    wrong = {
        pk: person
        for pk, face, person in rows.values_list("pk", "face", "person")
        if not namings[face].is_known or namings[face].person != person
    }
    if wrong:
        knowledge.forget(roster, KnownEncoding.objects.filter(pk__in=wrong))
        changed.has_names_follow = True
    changed.people |= {person for person in wrong.values() if person is not None}


def _know_more(roster: Roster, namings: Mapping[int, Naming], changed: Changed) -> None:
    wanted = [key for key, naming in namings.items() if naming.is_known]
    known = KnownEncoding.objects.filter(face__in=wanted).values_list("face", flat=True)
    lacking = set(wanted) - set(known)
    shown = ("encoding", "encoder", "level", "population")
    rows = [
        KnownEncoding(
            person_id=namings[face.pk].person,
            face=face,
            vector=face.encoding,
            encoder=face.encoder,
            level=face.level,
            population=face.population,
        )
        for face in Face.everything.filter(pk__in=lacking).only(*shown).order_by("pk")
    ]
    if rows:
        knowledge.add(roster, rows)
        changed.has_names_follow = True


def _name(namings: Mapping[int, Naming], changed: Changed) -> None:
    """Write names and marks of faces."""
    alike: dict[tuple[int | None, str], list[int]] = defaultdict(list)
    rows = Face.everything.filter(pk__in=namings)
    for pk, photo, person, by, mark in rows.values_list(
        "pk", "photo", "person", "named_by", "mark"
    ):
        naming = namings[pk]
        said = person if by == NamedBy.HUMAN else None
        if (said, mark) != (naming.person, naming.mark):
            alike[naming.person, naming.mark].append(pk)
            changed.photos.add(photo)
            if said is not None:
                changed.people.add(said)
    for (whose, mark), keys in alike.items():
        _write(keys, whose, mark)
        changed.has_names_follow = True


def _write(faces: Sequence[int], person: int | None, mark: str) -> None:
    by = NamedBy.NOBODY if person is None else NamedBy.HUMAN
    Face.everything.filter(pk__in=faces).update(person=person, named_by=by, mark=mark, **NOBODY)
    if person is None and not mark:
        nearest.make_due(faces)
    else:
        nearest.forget(faces)


def _settle_refusals(said: record.Current, changed: Changed) -> None:
    if not said:
        return
    refused = {(one.subject, int(one.about)): word.value for one, word in said.items()}
    faces = dict(
        Face.everything.filter(pk__in={face for face, _ in refused}).values_list("pk", "photo")
    )
    people = {person for _, person in refused}
    there = set(Person.everyone.filter(pk__in=people).values_list("pk", flat=True))
    new = [
        Refusal(face_id=face, person_id=person)
        for (face, person), is_so in refused.items()
        if is_so and face in faces and person in there
    ]
    Refusal.objects.bulk_create(new, ignore_conflicts=True, batch_size=record.AT_A_TIME)
    for (face, person), is_so in refused.items():
        if not is_so:
            Refusal.objects.filter(face=face, person=person).delete()
    nearest.make_due(Face.objects.unnamed().filter(pk__in=faces).values_list("pk", flat=True))
    changed.people |= people
    changed.photos |= set(faces.values())
    changed.has_names_follow = True


def _settle_emotions(faces: set[int], changed: Changed) -> None:
    if not faces:
        return
    photos = dict(Face.everything.filter(pk__in=faces).values_list("pk", "photo"))
    said: dict[int, dict[str, EmotionWord]] = defaultdict(dict)
    words = record.current_of(SHOWING, photos)
    # What it shows after what it does not, of which it counts more.
    for one, word in sorted(words.items(), key=lambda item: item[0].topic is Topic.SHOWS):
        is_so = one.topic is Topic.SHOWS
        emotion = word.value if is_so else one.about
        said[one.subject][emotion] = EmotionWord(
            face_id=one.subject, emotion=emotion, is_so=is_so, said_at=word.said_at
        )
    EmotionWord.objects.filter(face__in=faces).delete()
    rows = [word for of_face in said.values() for word in of_face.values()]
    EmotionWord.objects.bulk_create(rows, batch_size=record.AT_A_TIME)
    changed.photos |= set(photos.values())


def _settle_collages(said: record.Current, changed: Changed) -> None:
    for register, word in said.items():
        Photo.objects.filter(pk=register.subject).update(is_collage=bool(word.value))
        changed.photos.add(register.subject)
        changed.has_names_follow = True
