"""What humans say of many faces or people at once: whose they are, that two are one, what is no face."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy

from analysis.results import DOUBTFUL
from gallery.models import Action, Face, Person, Roster
from gallery.models.boxed import BoxedBy
from gallery.models.face_queries import SAID, Mark, NamedBy
from gallery.models.record import Did, Topic
from gallery.services import people, saying, turns
from gallery.services.nearest import few
from gallery.services.people import NameRefused
from gallery.services.record import Register, Said
from gallery.services.wording import called, is_theirs, marked, named, nobodys, refused, two

TWO = gettext_lazy("Choose two people or more.")
NO_FACES = gettext_lazy("None of these faces is there any more. Look again.")
DID = {Mark.NO_FACE: Did.NO_FACE, Mark.STRANGER: Did.STRANGER, Mark.NONE: Did.A_FACE}
# Of a `Spoken`.
COLUMNS = (
    "pk", "person", "suggestion", "named_by", "boxed_by", "quality_score", "known_encoding",
)  # fmt: skip


class Spoken(NamedTuple):
    """A face as far as its words need it: of thousands as many objects would take most of the time."""

    pk: int
    person: int | None
    suggestion: int | None
    named_by: str
    boxed_by: str
    quality: float | None
    known: int | None

    @property
    def is_named(self) -> bool:
        return self.named_by == NamedBy.HUMAN

    @property
    def is_reference(self) -> bool:
        return self.known is not None

    @property
    def is_known_by_its_name(self) -> bool:
        """As of a `Face`."""
        is_doubtful = self.quality is not None and self.quality < DOUBTFUL
        return not (is_doubtful or self.boxed_by == BoxedBy.DRAWN)


@transaction.atomic
def name(*, roster: Roster, faces: Collection[int], person_id: int) -> Action | None:
    """Say that the faces, by key, are that person's; raises NameRefused where there is no such."""
    roster = turns.take(roster.pk)
    person = _person(roster, person_id)
    words = [word for face in _faces(roster, faces) for word in is_theirs(face, person.pk)]
    return saying.say(roster, Did.NAME, words, person=person.pk)


@transaction.atomic
def name_anew(*, roster: Roster, faces: Collection[int], name: str) -> Person:
    """Say that the faces, by key, are somebody new of that name; raises NameRefused."""
    return _to_somebody_new(roster, faces, name, Did.NAME, keeps=False)


@transaction.atomic
def confirm(*, roster: Roster, guesses: Mapping[int, int]) -> int:
    """Say that faces are who each, by key, is guessed to be; return of how many that still was so."""
    roster = turns.take(roster.pk)
    found = _guessed(roster, guesses)
    words = [word for face in found for word in is_theirs(face, guesses[face.pk])]
    saying.say(roster, Did.CONFIRM, words, person=_the_only(guesses))
    return len(found)


@transaction.atomic
def refuse(*, roster: Roster, guesses: Mapping[int, int]) -> int:
    """Say that faces are not who each, by key, is guessed to be; return of how many that still was so."""
    roster = turns.take(roster.pk)
    found = _guessed(roster, guesses)
    words = [refused(face.pk, guesses[face.pk]) for face in found]
    saying.say(roster, Did.REFUSE, words, person=_the_only(guesses))
    return len(found)


@transaction.atomic
def move(*, roster: Roster, faces: Collection[int], person_id: int) -> Action | None:
    """Say that faces are that other person's, who is known by those that were known; raises NameRefused."""
    roster = turns.take(roster.pk)
    person = _person(roster, person_id)
    words = _moved(_faces(roster, faces), person.pk)
    return saying.say(roster, Did.MOVE, words, person=person.pk)


@transaction.atomic
def split(*, roster: Roster, faces: Collection[int], name: str) -> Person:
    """Make somebody new, of that name, of faces that were somebody else's; raises NameRefused."""
    return _to_somebody_new(roster, faces, name, Did.SPLIT, keeps=True)


@transaction.atomic
def merge(*, into: Person, others: Collection[int]) -> Action | None:
    """Say that all of these people, by key, are one, who keeps the name of the first; raises NameRefused.

    Their faces, and what they are known by, are that person's from now on; an undoing gives each theirs.
    """
    roster = turns.take(into.roster_id)
    there = Person.objects.filter(roster=roster, pk__in={*others, into.pk})
    keys = set(there.values_list("pk", flat=True))
    if into.pk not in keys:
        raise NameRefused(people.NOBODY)
    if len(keys) < 2:
        raise NameRefused(TWO)
    words = [
        Said(Register(Topic.MERGED, other), person=into.pk) for other in sorted(keys - {into.pk})
    ]
    return saying.say(roster, Did.MERGE, words, person=into.pk)


@transaction.atomic
def keep_apart(*, one: Person, other: Person) -> Action | None:
    """Say that two people who seem to be one are two; raises NameRefused where one of them has gone."""
    roster = turns.take(one.roster_id)
    there = Person.objects.filter(roster=roster, pk__in={one.pk, other.pk})
    if there.count() < 2:
        raise NameRefused(people.NOBODY)
    return saying.say(roster, Did.APART, [two(one.pk, other.pk)], person=one.pk)


@transaction.atomic
def mark(*, roster: Roster, faces: Collection[int], mark: Mark) -> Action | None:
    """Say that these are no faces, or strangers', or faces after all."""
    if mark not in SAID:
        raise ValueError(f"Nobody says of a face that it is {mark}.")
    roster = turns.take(roster.pk)
    words = [marked(face.pk, mark) for face in _faces(roster, faces)]
    return saying.say(roster, DID[mark], words)


@transaction.atomic
def take_back(
    *, roster: Roster, faces: Collection[int], person: int | None = None
) -> Action | None:
    """Take back whose the faces are, by key, which all were said to be that `person`'s if one is given."""
    roster = turns.take(roster.pk)
    words = [nobodys(face) for face in _faces(roster, faces)]
    return saying.say(roster, Did.UNNAME, words, person=person)


def _to_somebody_new(
    roster: Roster, faces: Collection[int], name: str, did: Did, *, keeps: bool
) -> Person:
    clean = people.clean_name(name)
    roster = turns.take(roster.pk)
    found = _faces(roster, faces)
    if not found:
        raise NameRefused(NO_FACES)
    person = Person.objects.create(roster=roster, name=clean)
    said: Iterator[Said] = (word for face in found for word in is_theirs(face, person.pk))
    words = _moved(found, person.pk) if keeps else said
    saying.say(roster, did, [called(person.pk, clean), *words], person=person.pk)
    return person


def _guessed(roster: Roster, guesses: Mapping[int, int]) -> list[Spoken]:
    """Return those of the faces, by key, that are still guessed to be that person, or asked about."""
    found = _faces(roster, list(guesses))
    return [
        face
        for face in found
        if not face.is_named and guesses[face.pk] in (face.person, face.suggestion)
    ]


def _the_only(guesses: Mapping[int, int]) -> int | None:
    people = set(guesses.values())
    return people.pop() if len(people) == 1 else None


def _moved(faces: Sequence[Spoken], person: int) -> Iterator[Said]:
    for face in faces:
        is_known = face.is_reference if face.is_named else face.is_known_by_its_name
        yield named(face.pk, person, is_known=is_known)
        yield Said(Register(Topic.REFUSAL, face.pk, f"{person}"))
        yield Said(Register(Topic.MARK, face.pk))


def _person(roster: Roster, key: int) -> Person:
    person = Person.objects.filter(roster=roster, pk=key).first()
    if person is None:
        raise NameRefused(people.NOBODY)
    return person


def _faces(roster: Roster, keys: Collection[int]) -> list[Spoken]:
    # Whose they are is looked at here: asked for it too, a database begins with all photos.
    rows = Face.everything.order_by("pk").values_list("photo__owner", *COLUMNS)
    return [
        Spoken._make(row)
        for some in few(sorted(keys))
        for owner, *row in rows.filter(pk__one_of=some)
        if owner in roster.members
    ]
