"""What a human says about faces and people. No machine changes any of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy, ngettext

from analysis.names import NAME_LENGTH, tidied
from gallery.live import events
from gallery.models import (
    AnalysisJob,
    Face,
    KnownEncoding,
    Person,
    Photo,
    Refusal,
    Roster,
)
from gallery.models.face import NamedBy
from gallery.services import following, knowledge, nearest, turns

NOTE_LENGTH = 60
CHANGED = gettext_lazy("The guess has changed meanwhile. Look again.")
GONE = gettext_lazy(
    "This face is not there any more, because its photo was analysed again. Look again."
)
UNNAMED = gettext_lazy("This face has no name any more. Say first whose it is.")
NOBODY = gettext_lazy("This person is not there any more. Say again who it is.")


class NameRefused(Exception):
    """Why a name was not taken, as a sentence."""


class SeveralPeople(Exception):
    """More than one bear the name, so that it has to be asked who is meant; `people` are their keys."""

    def __init__(self, name: str, people: Sequence[int]) -> None:
        super().__init__(
            ngettext(
                "%(count)s person is called %(name)s. Say whether it is them, or somebody new.",
                "%(count)s people are called %(name)s. Say which of them it is, or that it is "
                "somebody new.",
                len(people),
            )
            % {"count": len(people), "name": name}
        )
        self.name = name
        self.people = people


@dataclass(frozen=True, slots=True)
class Answered:
    """Of how many faces a word was taken, and how many were left alone: their guess is another by now."""

    done: int
    changed: int


def clean_name(text: str) -> str:
    """Return the cleaned name; raises NameRefused if it is empty or too long."""
    name = tidied(text)
    if not name:
        raise NameRefused(gettext("Write a name first."))
    if len(name) > NAME_LENGTH:
        raise NameRefused(
            gettext("A name may have up to %(most)s letters.") % {"most": NAME_LENGTH}
        )
    return name


def clean_note(text: str) -> str:
    """Return the cleaned note; raises NameRefused if it is too long."""
    note = tidied(text)
    if len(note) > NOTE_LENGTH:
        raise NameRefused(
            gettext("A note may have up to %(most)s letters.") % {"most": NOTE_LENGTH}
        )
    return note


@transaction.atomic
def name_face(*, face: Face, name: str) -> Person | None:
    """Say whose face it is and guess every other face again; an empty name takes the word back.

    Nobody of that name yet is somebody new. Raises SeveralPeople where more than one bear it.
    """
    text = tidied(name)
    roster = _take_turn(face)
    person = _meant(roster, text) if text else None
    _name(roster, face, person)
    return person


@transaction.atomic
def name_as(*, face: Face, person_id: int) -> Person:
    """Say that the face is that person's, whatever they are called by now."""
    roster = _take_turn(face)
    person = Person.objects.filter(roster=roster, pk=person_id).first()
    if person is None:
        raise NameRefused(NOBODY)
    _name(roster, face, person)
    return person


@transaction.atomic
def name_anew(*, face: Face, name: str) -> Person:
    """Say that the face is somebody new of that name, whoever else bears it."""
    name = clean_name(name)
    roster = _take_turn(face)
    person = Person.objects.create(roster=roster, name=name)
    _name(roster, face, person)
    return person


@transaction.atomic
def confirm(*, face: Face, person_id: int) -> None:
    """Make what was guessed or asked a human's word; raises NameRefused if it is another by now."""
    roster = _take_turn(face)
    _name(roster, face, _guess(face, person_id))


@transaction.atomic
def refuse(*, face: Face, person_id: int) -> None:
    """Remember that the face is not whom it was shown as, and guess again."""
    roster = _take_turn(face)
    Refusal.objects.get_or_create(face=face, person=_guess(face, person_id))
    nearest.make_due([face.pk])
    following.go_on(roster, [face.photo_id])


@transaction.atomic
def confirm_many(*, person: Person, faces: Collection[int]) -> Answered:
    """Make of these faces, by key, a human's word what was guessed or asked; guess the others once."""
    roster = _take_turn_of(person)
    asked = _asked_about(roster, person, faces)
    mine = Face.objects.filter(pk__in=[face.pk for face in asked])
    mine.update(
        person=person, named_by=NamedBy.HUMAN, suggestion=None, distance=None, normalised=None
    )
    nearest.forget([face.pk for face in asked])
    knowledge.add(roster, [_known_by(face, person) for face in asked if not face.is_doubtful])
    if asked:
        following.go_on(roster, {face.photo_id for face in asked})
        Photo.objects.filter(faces__in=mine).touch()
    return Answered(len(asked), len(set(faces)) - len(asked))


@transaction.atomic
def refuse_many(*, person: Person, faces: Collection[int]) -> Answered:
    """Remember that none of these faces, by key, is the person, and guess again who they are."""
    roster = _take_turn_of(person)
    asked = _asked_about(roster, person, faces)
    Refusal.objects.bulk_create(
        [Refusal(face=face, person=person) for face in asked], ignore_conflicts=True
    )
    if asked:
        nearest.make_due(face.pk for face in asked)
        following.go_on(roster, {face.photo_id for face in asked})
    return Answered(len(asked), len(set(faces)) - len(asked))


@transaction.atomic
def rename(*, person: Person, name: str, note: str | None = None) -> None:
    """Give the person another name, which others may bear too, and a note; without one it stays.

    Raises NameRefused if the name is empty, one of them is too long, or the person has gone.
    """
    changes = {"name": clean_name(name)}
    if note is not None:
        changes["note"] = clean_note(note)
    roster = _take_turn_of(person)
    for field, text in changes.items():
        setattr(person, field, text)
    person.save(update_fields=[*changes, "folded_name"])
    _touch_photos_of(person)
    events.publish_to(roster)


@transaction.atomic
def delete(person: Person) -> None:
    """Forget the person and their encodings; their faces stay, without a name."""
    roster = turns.take(person.roster_id)
    _forget(roster, person)
    person.delete()
    following.go_on(roster)


@transaction.atomic
def remove_encoding(encoding: KnownEncoding) -> None:
    """Stop knowing the person by this face. The face keeps the name that a human gave it."""
    roster = turns.take(encoding.person.roster_id)
    knowledge.forget(roster, KnownEncoding.objects.filter(pk=encoding.pk))
    following.go_on(roster)


def _take_turn(face: Face) -> Roster:
    """Read the face as it is in its roster's turn; it may have gone while that was waited for."""
    roster = turns.take_of(face.photo.owner_id)
    try:
        face.refresh_from_db()
    except Face.DoesNotExist as error:
        raise NameRefused(GONE) from error
    return roster


def _take_turn_of(person: Person) -> Roster:
    """Wait for the turn of the person's roster; they may have gone while that was waited for."""
    roster = turns.take(person.roster_id)
    if not Person.objects.filter(pk=person.pk).exists():
        raise NameRefused(NOBODY)
    return roster


def _asked_about(roster: Roster, person: Person, faces: Collection[int]) -> list[Face]:
    """Return those of the faces that are still guessed to be the person, or asked about."""
    still = Q(person=person, named_by=NamedBy.MACHINE) | Q(suggestion=person)
    return list(Face.objects.of(roster).filter(still, pk__in=faces).order_by("pk"))


def _guess(face: Face, person_id: int) -> Person:
    """Return the person who is guessed or asked about, if that is still the one who was shown."""
    person = face.asked_about
    if person is None or person.pk != person_id:
        raise NameRefused(CHANGED)
    return person


def _name(roster: Roster, face: Face, person: Person | None) -> None:
    before = face.person
    if person is not None and person == before and face.is_named:
        return  # It was said before, and so was whether the person is known by it.
    knowledge.forget(roster, KnownEncoding.objects.filter(face=face))
    if person is None:
        _write(face, None, NamedBy.NOBODY)
        nearest.make_due([face.pk])
    else:
        _write(face, person, NamedBy.HUMAN)
        nearest.forget([face.pk])
        Refusal.objects.filter(face=face, person=person).delete()
        if not face.is_doubtful:
            knowledge.add(roster, [_known_by(face, person)])
    # A person who goes with this name must not be guessed below.
    if before is not None and before != person:
        forget_if_unused(before)
    following.go_on(roster, [face.photo_id])
    Photo.objects.filter(pk=face.photo_id).touch()


@transaction.atomic
def add_reference(*, face: Face) -> None:
    """Know the person by this face too, which a human named but which is too poor to be one by itself."""
    roster = _take_turn(face)
    if face.person is None or not face.is_named:
        raise NameRefused(UNNAMED)
    if not face.is_reference:
        knowledge.add(roster, [_known_by(face, face.person)])
        following.go_on(roster)
        Photo.objects.filter(pk=face.photo_id).touch()


def _known_by(face: Face, person: Person) -> KnownEncoding:
    return KnownEncoding(
        person=person,
        face=face,
        vector=face.encoding,
        encoder=face.encoder,
        level=face.level,
        population=face.population,
    )


def _meant(roster: Roster, text: str) -> Person:
    found = Person.objects.filter(roster=roster).meant_by(text)
    if len(found) > 1:
        raise SeveralPeople(found[0].name, [person.pk for person in found])
    return found[0] if found else Person.objects.create(roster=roster, name=clean_name(text))


def _write(face: Face, person: Person | None, named_by: NamedBy) -> None:
    face.person, face.named_by = person, named_by
    face.suggestion = face.distance = face.normalised = None
    face.save(update_fields=["person", "named_by", "suggestion", "distance", "normalised"])


def _touch_photos_of(person: Person) -> None:
    """Have pages show anew whatever names the person or asks about them."""
    Photo.objects.filter(Q(faces__person=person) | Q(faces__suggestion=person)).touch()


def _forget(roster: Roster, person: Person) -> None:
    knowledge.forget(roster, KnownEncoding.objects.filter(person=person))
    # Before the faces forget whose they were.
    _touch_photos_of(person)
    faces = Face.objects.filter(person=person)
    nearest.make_due(faces.filter(named_by=NamedBy.HUMAN).values_list("pk", flat=True))
    nothing = {"distance": None, "normalised": None}
    faces.update(person=None, named_by=NamedBy.NOBODY, **nothing)
    Face.objects.filter(suggestion=person).update(suggestion=None, **nothing)


def forget_if_unused(person: Person) -> None:
    """Drop a person whom nothing names any more, such as a name that was mistyped once.

    Of whom somebody said more than the name is not, nor whom a picture may still make known. Call it in
    the roster's turn.
    """
    is_known = person.encodings.exists() or person.faces.filter(named_by=NamedBy.HUMAN).exists()
    is_said_more = person.note or person.born or person.refusals.exists()
    looked_at = AnalysisJob.objects.filter(portrait_of=person).open()
    is_to_be_known = person.group_portraits.exists() or looked_at.exists()
    if not (is_known or is_said_more or is_to_be_known):
        _forget(person.roster, person)
        person.delete()
