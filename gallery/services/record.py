"""Writes down what humans say, and takes it back: all that is shown as said follows from here.

Call it in the roster's turn. What a word says is written where pages and matching read it by `derived`,
in the same transaction.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy

from gallery.models import Action, Face, Roster, Word
from gallery.models.face_queries import Lost
from gallery.models.record import NOT_UNDONE, OF_FACES, OF_PHOTOS, Did, Topic
from gallery.services.nearest import few

AT_A_TIME = 500  # rows in a statement
NOW = datetime.max.replace(tzinfo=UTC)  # Of a word that is only being said.
GONE = gettext_lazy("This can't be undone any more.")
ALREADY = gettext_lazy("This has been undone already.")
SAID_SINCE = gettext_lazy(
    "Everything that this said has been said otherwise since. Undo what came later first."
)


class UndoRefused(Exception):
    """Why something was not undone, as a sentence."""


class Register(NamedTuple):
    """What there is one word about at a time: a topic of one face, person, photo or album."""

    topic: Topic
    subject: int
    about: str = ""


class Said(NamedTuple):
    """One word: without a person and a value it takes back what was said before."""

    register: Register
    person: int | None = None
    value: Any = None
    said_at: datetime = NOW

    @property
    def is_nothing(self) -> bool:
        return self.person is None and self.value is None

    def is_same(self, other: Said) -> bool:
        return (self.person, self.value) == (other.person, other.value)


Current = Mapping[Register, Said]


def write(
    roster: Roster,
    did: Did,
    words: Iterable[Said],
    *,
    person: int | None = None,
    album: int | None = None,
    whole: int | None = None,
    since: datetime = NOW,
) -> tuple[Action | None, list[Register]]:
    """Append what somebody did and said; return it, and what is said otherwise now than before.

    It may be a part of a `whole` action, by key. Nothing is written where all of it was said already, nor
    of what anything was said `since`.
    """
    said = {word.register: word for word in words}
    kept = {Register(Topic.KEPT, one.subject) for one in said if one.topic in OF_FACES}
    before = current([*said, *kept])
    new = [
        word
        for register, word in said.items()
        if not word.is_same(before[register]) and not since < before[register].said_at < NOW
    ]
    if not new:
        return None, []
    new += _asked_anew([before[one] for one in kept - said.keys()], new)
    action = Action.objects.create(
        roster=roster,
        by_id=roster.owner_id,
        did=did,
        person=person,
        album=album,
        count=_count(new),
        whole_id=whole,
    )
    if whole is not None:
        Action.objects.filter(pk=whole).update(count=F("count") + action.count)
    _append(action, new)
    return action, [word.register for word in new]


def extend(action: Action, words: Iterable[Said]) -> list[Register]:
    """Append more that was said in one go with what an action said; return what is said otherwise now.

    Of an upload of hundreds of photos each comes by itself, and all are one thing to undo.
    """
    said = {word.register: word for word in words}
    before = current([*said])
    new = [word for register, word in said.items() if not word.is_same(before[register])]
    if new:
        _append(action, new)
        Action.objects.filter(pk=action.pk).update(count=F("count") + _count(new))
    return [word.register for word in new]


def _asked_anew(kept: Iterable[Said], new: Iterable[Said]) -> list[Said]:
    """Take back that faces were let go which were found again since, and of which more is said now."""
    spoken_of = {word.register.subject for word in new}
    let_go = [word for word in kept if word.value is False and word.register.subject in spoken_of]
    faces = [word.register.subject for word in let_go]
    again = {
        pk
        for some in few(faces)
        for pk in Face.everything.filter(pk__in=some, lost=Lost.FOUND).values_list("pk", flat=True)
    }
    return [Said(word.register) for word in let_go if word.register.subject in again]


def _count(words: Sequence[Said]) -> int:
    """Return of how many faces it is, or else of how many photos, or of how many people or albums."""
    for topics in (OF_FACES, OF_PHOTOS):
        if subjects := {one.register.subject for one in words if one.register.topic in topics}:
            return len(subjects)
    return len({word.register.subject for word in words})


def _append(action: Action, words: Iterable[Said]) -> None:
    now = timezone.now()
    rows = [
        Word(
            action=action,
            topic=word.register.topic,
            subject=word.register.subject,
            about=word.register.about,
            person=word.person,
            value=word.value,
            said_at=now if word.said_at == NOW else word.said_at,
        )
        for word in words
    ]
    Word.objects.bulk_create(rows, batch_size=AT_A_TIME)


def current(registers: Collection[Register]) -> dict[Register, Said]:
    """Return what counts of each: the last word that was not undone, or one that says nothing."""
    wanted = set(registers)
    found = {register: Said(register) for register in registers}
    subjects = {register.subject for register in registers}
    topics = {register.topic for register in registers}
    for word in _words(topics, subjects):
        if word.register in wanted:
            found[word.register] = word
    return found


def current_of(topics: Collection[Topic], subjects: Collection[int]) -> dict[Register, Said]:
    """Return what counts of these topics of these faces, people or photos, where it says anything."""
    found = {word.register: word for word in _words(topics, subjects)}
    return {register: word for register, word in found.items() if not word.is_nothing}


def registers_of(topics: Collection[Topic], subjects: Collection[int]) -> set[Register]:
    """Return all about which anything was ever said of these faces, people or photos."""
    found: set[Register] = set()
    for some in few(subjects):
        rows = Word.objects.filter(topic__in=topics, subject__one_of=some)
        for topic, subject, about in rows.values_list("topic", "subject", "about"):
            found.add(Register(Topic(topic), subject, about))
    return found


def put_into(album: int, roster: Roster) -> set[Register]:
    """Return what those who go by the roster ever said of which photos are in an album, by key."""
    rows = Word.objects.filter(action__roster=roster, topic=Topic.ALBUM, about=f"{album}")
    photos = rows.values_list("subject", flat=True).distinct()
    return {Register(Topic.ALBUM, photo, f"{album}") for photo in photos}


def named_as(people: Collection[int]) -> set[int]:
    """Return the faces, by key, that were said to be one of these people, be it so still or not."""
    return {
        face
        for some in few(people)
        for face in Word.objects.filter(topic=Topic.NAME, person__one_of=some).values_list(
            "subject", flat=True
        )
    }


def faces_spoken_of(faces: Iterable[int]) -> set[int]:
    """Return those of the faces, by key, of which anything is said."""
    return {register.subject for register in current_of(OF_FACES, list(faces))}


def _words(topics: Collection[Topic], subjects: Collection[int]) -> Iterable[Said]:
    for some in few(subjects):
        rows = Word.objects.counting().filter(topic__in=topics, subject__one_of=some)
        yield from map(_said, rows.values_list(*COLUMNS))


COLUMNS = ("topic", "subject", "about", "person", "value", "said_at")


def _said(row: tuple[Any, ...]) -> Said:
    topic, subject, about, *rest = row
    return Said(Register(Topic(topic), subject, about), *rest)


class Flipped(NamedTuple):
    """What an undoing changed, and of how many faces, people or photos something else was said since.

    Of so many faces it is `erased` whose they were before.
    """

    changed: list[Register]
    kept: int
    erased: int


def flip(roster: Roster, action: Action, *, is_undone: bool) -> Flipped:
    """Take the words of an action back, or give them back.

    Words that came later count more, and stay. Raises UndoRefused, but of no part, which follows its whole.
    """
    if action.did in NOT_UNDONE:
        raise UndoRefused(GONE)
    if action.is_undone == is_undone:
        raise UndoRefused(ALREADY)
    registers = {word.register for word in map(_said, action.words.values_list(*COLUMNS))}
    before, last = current(registers), _last(action, registers)
    if action.whole_id is None:
        Action.objects.create(
            roster=roster,
            by_id=roster.owner_id,
            did=Did.UNDO,
            person=action.person,
            album=action.album,
            count=action.count,
            undoes=action,
        )
    action.is_undone = is_undone
    action.save(update_fields=["is_undone"])
    counting = last if is_undone else _last(action, registers)
    if not counting and not action.is_in_parts:
        raise UndoRefused(SAID_SINCE)
    after = current(registers)
    changed = [one for one in registers if not after[one].is_same(before[one])]
    spoken_of = {register.subject for register in _mainly(registers)}
    kept = len(spoken_of) - len({register.subject for register in counting})
    nobodys = [one.subject for one in changed if after[one].is_nothing and one.topic is Topic.NAME]
    return Flipped(changed, kept, _of_erased(roster, nobodys))


def _of_erased(roster: Roster, faces: Collection[int]) -> int:
    """Return how many of the faces, by key, were last said to be somebody's who was erased since."""
    if not Action.objects.filter(roster=roster, did=Did.ERASED).exists():
        return 0
    last: dict[int, bool] = {}
    for some in few(faces):
        rows = Word.objects.counting().filter(topic=Topic.NAME, subject__one_of=some)
        for subject, person, did in rows.values_list("subject", "person", "action__did"):
            # Whoever takes a name back says nobody too.
            last[subject] = person is None and did != Did.UNNAME
    return sum(last.values())


def _last(action: Action, registers: Collection[Register]) -> set[Register]:
    """Return of what the action is mainly about, where it had the last word."""
    mainly = _mainly(registers)
    topics = {register.topic for register in mainly}
    last: dict[Register, int] = {}
    for some in few({register.subject for register in mainly}):
        rows = Word.objects.counting().filter(topic__in=topics, subject__one_of=some)
        for topic, subject, about, by in rows.values_list("topic", "subject", "about", "action"):
            last[Register(Topic(topic), subject, about)] = by
    return {register for register in mainly if last.get(register) == action.pk}


def _mainly(registers: Collection[Register]) -> Collection[Register]:
    """Return what is said of faces, or else of photos, if anything is.

    That somebody new was called so, or a new album, is by the way.
    """
    for topics in (OF_FACES, OF_PHOTOS):
        if mainly := [one for one in registers if one.topic in topics]:
            return mainly
    return registers
