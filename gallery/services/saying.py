"""Says something, and takes it back: the record is written, and all else follows from it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db import models, transaction
from django.utils.translation import gettext_lazy

from gallery.models import Action, Album, Face, Person, Photo, Roster
from gallery.models.record import OF_ALBUMS, OF_FACES, OF_PEOPLE, OF_PHOTOS, Did, Topic
from gallery.services import bin, consequences, derived, record, turns, who
from gallery.services.nearest import few
from gallery.services.record import Said, UndoRefused

Kind = Face | Photo | Person | Album
_heard: ContextVar[list[Action] | None] = ContextVar("heard", default=None)
LOOKED_AT = 200  # as many as the list of what was done has
GO_ROUND = gettext_lazy("These people were made one the other way round since. Undo that first.")
NOTHING_LEFT = gettext_lazy("What this was about is not there any more.")


def say(
    roster: Roster,
    did: Did,
    words: Iterable[Said],
    *,
    person: int | None = None,
    album: int | None = None,
) -> Action | None:
    """Say it in the roster's turn, and have names follow; None where all of it was said already."""
    action, registers = record.write(roster, did, words, person=person, album=album)
    if action is not None:
        consequences.follow(roster, derived.settle(roster, registers))
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

    Of so many faces it is `erased` whose they were before.
    """

    action: Action
    kept: int
    erased: int


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
    now = Action.objects.filter(pk=action.pk).first()
    if now is None:
        raise UndoRefused(record.GONE)
    flipped = record.flip(roster, now, is_undone=is_undone)
    if not _are_there(now):
        raise UndoRefused(NOTHING_LEFT)
    if who.go_round({one.subject for one in flipped.changed if one.topic is Topic.MERGED}):
        raise UndoRefused(GO_ROUND)
    consequences.follow(roster, derived.settle(roster, flipped.changed))
    return Undone(now, flipped.kept, flipped.erased)


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
