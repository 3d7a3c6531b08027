"""Says something, and takes it back: the record is written, and all else follows from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models, transaction
from django.utils.translation import gettext_lazy

from gallery.jobs import tasks
from gallery.models import Action, Album, Face, Person, Photo, Roster
from gallery.models.record import OF_ALBUMS, OF_FACES, OF_PEOPLE, OF_PHOTOS, Did, Topic
from gallery.services import bin, consequences, derived, record, turns, who
from gallery.services.nearest import few
from gallery.services.record import Said, UndoRefused

Kind = Face | Photo | Person | Album
KIND = "undo"  # Of the tasks that have the parts of an action follow its first.
_heard: ContextVar[list[Action] | None] = ContextVar("heard", default=None)
LOOKED_AT = 200  # as many as the list of what was done has
GO_ROUND = gettext_lazy("These people were made one the other way round since. Undo that first.")
NOTHING_LEFT = gettext_lazy("What this was about is not there any more.")


class TakenBack(Exception):
    """What is said as a part was undone meanwhile, so that there is nothing to add to."""


@dataclass(slots=True)
class One:
    """What is said in parts as one action, by `key` once there is one.

    Of what was said otherwise `since`, by anybody but itself, nothing more is said.
    """

    key: int | None = None
    since: datetime = record.NOW


_one: ContextVar[One | None] = ContextVar("one", default=None)


@contextmanager
def as_one(one: One) -> Iterator[One]:
    """Have all that is said meanwhile be parts of one action; saying raises TakenBack once it is undone."""
    token = _one.set(one)
    try:
        yield one
    finally:
        _one.reset(token)


def say(
    roster: Roster,
    did: Did,
    words: Iterable[Said],
    *,
    person: int | None = None,
    album: int | None = None,
) -> Action | None:
    """Say it in the roster's turn, and have names follow; None where all of it was said already."""
    one = _one.get() or One()
    if one.key and Action.objects.filter(pk=one.key, is_undone=True).exists():
        raise TakenBack
    action, registers = record.write(
        roster, did, words, person=person, album=album, whole=one.key, since=one.since
    )
    if action is not None:
        consequences.follow(roster, derived.settle(roster, registers))
        if one.key is None:
            one.key = action.pk
            if (heard := _heard.get()) is not None:
                heard.append(action)
    return action


def say_more(roster: Roster, action: Action, words: Iterable[Said]) -> None:
    """Say it as part of what was done just before, in the roster's turn."""
    registers = record.extend(action, words)
    if registers:
        consequences.follow(roster, derived.settle(roster, registers))


def listen() -> list[Action]:
    """Return a list to which whatever is said from now on is added, as long as this request is answered."""
    heard: list[Action] = []
    _heard.set(heard)
    return heard


@dataclass(frozen=True, slots=True)
class Undone:
    """What was undone, or done again; of how many faces, people or photos it was said otherwise since.

    Of so many faces it is `erased` whose they were before. What was done in parts goes on by a task.
    """

    action: Action
    kept: int
    erased: int
    goes_on: bool = False


@transaction.atomic
def undo(*, action: Action) -> Undone:
    """Take back what was done; raises UndoRefused where nothing of it counts any more."""
    return _flip(action, is_undone=True)


@transaction.atomic
def redo(*, action: Action) -> Undone:
    """Do again what was undone; raises UndoRefused likewise."""
    return _flip(action, is_undone=False)


def last(user: AbstractBaseUser | AnonymousUser) -> Action | None:
    """Return what the user did last that can be undone: of what is still there, if anything is."""
    done = list(Action.objects.visible_to(user).undoable().order_by("-pk")[:LOOKED_AT])
    return next(filter(_are_there, done), done[0] if done else None)


def _flip(action: Action, *, is_undone: bool) -> Undone:
    roster = turns.take(action.roster_id)
    now = Action.objects.whole().filter(pk=action.pk).first()
    if now is None:
        raise UndoRefused(record.GONE)
    flipped = record.flip(roster, now, is_undone=is_undone)
    goes_on = _have_parts_follow(roster, now)
    if not goes_on and not _are_there(now):
        raise UndoRefused(NOTHING_LEFT)
    if who.go_round({one.subject for one in flipped.changed if one.topic is Topic.MERGED}):
        raise UndoRefused(GO_ROUND)
    consequences.follow(roster, derived.settle(roster, flipped.changed))
    return Undone(now, flipped.kept, flipped.erased, goes_on)


def _have_parts_follow(roster: Roster, whole: Action) -> bool:
    """Have a task undo the other parts of an action, or do them again, if there are any."""
    parts = list(whole.parts.values_list("is_undone", "count"))
    if not parts:
        return False
    photos = sum(count for is_undone, count in parts if is_undone != whole.is_undone)
    asked: dict[str, Any] = {
        "kind": KIND,
        "owner": roster.owner,
        "arguments": {"action": whole.pk},
        "total": photos,
    }
    # A task that has the parts follow still is to look at all of them again.
    if not tasks.begin_anew(**asked, forgets=("kept",)) and photos:
        tasks.enqueue(**asked)
    return True


def follow_whole(part: Action) -> int:
    """Undo a part of an action, or do it again, as its whole is; return how many photos stay as they are.

    Call it in a transaction.
    """
    roster = turns.take(part.roster_id)
    part.refresh_from_db()
    whole = Action.objects.get(parts=part)
    if part.is_undone == whole.is_undone:
        return 0
    flipped = record.flip(roster, part, is_undone=whole.is_undone)
    consequences.follow(roster, derived.settle(roster, flipped.changed))
    return flipped.kept


# Of an action, what it is mainly about comes first: whom it named for the first time is by the way.
KINDS: Mapping[type[Kind], tuple[Collection[Topic], models.Manager[Any]]] = {
    Face: (OF_FACES, Face.everything),
    Photo: (OF_PHOTOS, Photo.objects),
    Person: (OF_PEOPLE, Person.everyone),
    Album: (OF_ALBUMS, Album.everything),
}


def _are_there(action: Action) -> bool:
    """Return whether any face, person, photo or album that the action was about is still there."""
    words = list(action.words.values_list("topic", "subject"))
    for kind, (topics, rows) in KINDS.items():
        if not (subjects := {subject for topic, subject in words if topic in topics}):
            continue
        if any(rows.filter(pk__one_of=some).exists() for some in few(subjects)):
            return True
        # What is said of them there shows once they are back.
        held = {Face: "faces", Photo: "photos"}.get(kind)
        return held is not None and bin.holds_any(**{held: subjects})
    return False
