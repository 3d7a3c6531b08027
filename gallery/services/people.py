"""What a human says about faces and people. No machine changes any of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy, ngettext

from analysis.names import NAME_LENGTH, tidied
from gallery.models import Face, KnownEncoding, Person, Roster
from gallery.models.face_queries import NamedBy
from gallery.models.record import Did, Topic
from gallery.services import saying, turns
from gallery.services.record import Register, Said
from gallery.services.wording import brought, by_it, called, is_theirs, nobodys, noted, refused

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
    if not text:
        saying.say(roster, Did.UNNAME, [nobodys(face)], person=face.person_id)
        return None
    person, words = meant(roster, text)
    _name(roster, Did.NAME, [face], person, words)
    return person


@transaction.atomic
def name_as(*, face: Face, person_id: int, did: Did = Did.NAME, is_known: bool = False) -> Person:
    """Say that the face is that person's, whatever they are called by now.

    With `is_known` they are known by it, however poor it is.
    """
    roster = _take_turn(face)
    person = Person.objects.filter(roster=roster, pk=person_id).first()
    if person is None:
        raise NameRefused(NOBODY)
    _name(roster, did, [face], person, is_known=is_known)
    return person


@transaction.atomic
def name_anew(*, face: Face, name: str) -> Person:
    """Say that the face is somebody new of that name, whoever else bears it."""
    name = clean_name(name)
    roster = _take_turn(face)
    person, words = _newcomer(roster, name)
    _name(roster, Did.NAME, [face], person, words)
    return person


@transaction.atomic
def confirm(*, face: Face, person_id: int) -> None:
    """Make what was guessed or asked a human's word; raises NameRefused if it is another by now."""
    roster = _take_turn(face)
    _name(roster, Did.CONFIRM, [face], _guess(face, person_id))


@transaction.atomic
def refuse(*, face: Face, person_id: int) -> None:
    """Remember that the face is not whom it was shown as, and guess again."""
    roster = _take_turn(face)
    person = _guess(face, person_id)
    saying.say(roster, Did.REFUSE, [refused(face.pk, person.pk)], person=person.pk)


@transaction.atomic
def confirm_many(*, person: Person, faces: Collection[int]) -> Answered:
    """Make of these faces, by key, a human's word what was guessed or asked; guess the others once."""
    roster = _take_turn_of(person)
    asked = _asked_about(roster, person, faces)
    _name(roster, Did.CONFIRM, asked, person)
    return Answered(len(asked), len(set(faces)) - len(asked))


@transaction.atomic
def refuse_many(*, person: Person, faces: Collection[int]) -> Answered:
    """Remember that none of these faces, by key, is the person, and guess again who they are."""
    roster = _take_turn_of(person)
    asked = _asked_about(roster, person, faces)
    words = [refused(face.pk, person.pk) for face in asked]
    saying.say(roster, Did.REFUSE, words, person=person.pk)
    return Answered(len(asked), len(set(faces)) - len(asked))


@transaction.atomic
def rename(*, person: Person, name: str, note: str | None = None) -> None:
    """Give the person another name, which others may bear too, and a note; without one it stays.

    Raises NameRefused if the name is empty, one of them is too long, or the person has gone.
    """
    words = [called(person.pk, clean_name(name))]
    if note is not None:
        words.append(noted(person.pk, clean_note(note)))
    saying.say(_take_turn_of(person), Did.RENAME, words, person=person.pk)
    person.refresh_from_db(fields=["name", "folded_name", "note"])


@transaction.atomic
def delete(person: Person) -> None:
    """Forget the person and their encodings; their faces stay, without a name."""
    roster = turns.take(person.roster_id)
    deleted = Said(Register(Topic.DELETED, person.pk), value=True)
    saying.say(roster, Did.DELETE_PERSON, [deleted], person=person.pk)


@transaction.atomic
def remove_encoding(encoding: KnownEncoding) -> None:
    """Stop knowing the person by this face. The face keeps the name that a human gave it."""
    if encoding.person is None:
        return
    roster = turns.take(encoding.person.roster_id)
    if encoding.face_id is not None:
        word = by_it(encoding.face_id, is_known=False)
    else:
        assert encoding.brought_for_id is not None
        word = brought(encoding.brought_for_id, encoding.pk, is_known=False)
    saying.say(roster, Did.FORGET, [word], person=encoding.person_id)


@transaction.atomic
def add_reference(*, face: Face) -> None:
    """Know the person by this face too, which a human named but which is too poor to be one by itself."""
    roster = _take_turn(face)
    if face.person is None or not face.is_named:
        raise NameRefused(UNNAMED)
    if not face.is_reference:
        words = [by_it(face.pk, is_known=True)]
        saying.say(roster, Did.KNOW, words, person=face.person_id)


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


def _name(
    roster: Roster,
    did: Did,
    faces: Sequence[Face],
    person: Person,
    words: Sequence[Said] = (),
    *,
    is_known: bool = False,
) -> None:
    """Say whose the faces are, beside other words."""
    # What was said before was so with whether the person is known by it.
    new = [face for face in faces if not (face.is_named and face.person_id == person.pk)]
    said = [word for face in new for word in is_theirs(face, person.pk, is_known=is_known)]
    saying.say(roster, did, [*words, *said], person=person.pk)


def meant(roster: Roster, text: str) -> tuple[Person, Sequence[Said]]:
    """Return whom a name means, and what is said by it where that is somebody new.

    Raises SeveralPeople where more than one bear it.
    """
    found = Person.objects.filter(roster=roster).meant_by(text)
    if len(found) > 1:
        raise SeveralPeople(found[0].name, [person.pk for person in found])
    return (found[0], ()) if found else _newcomer(roster, clean_name(text))


def _newcomer(roster: Roster, name: str) -> tuple[Person, Sequence[Said]]:
    """Make somebody known by that name; return them, and what is said by it."""
    person = Person.objects.create(roster=roster, name=name)
    return person, [called(person.pk, name)]
