"""The desk: what waits for a human's word, one card after the other, and the answers.

A new kind of card is a class as `cards.Kind` describes it, and its place in KINDS.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Count, Sum
from django.utils import timezone

from analysis.names import tidied
from gallery.models import Action, Person, Roster
from gallery.models.face_queries import Mark
from gallery.models.record import Did
from gallery.services import curating, people, turns
from gallery.services.desk import cards
from gallery.services.desk.cards import Card, Kind, Numbers, Reply
from gallery.services.desk.groups import Groups
from gallery.services.desk.guesses import ASKED, DOUBTED
from gallery.services.desk.pairs import Pairs
from gallery.services.desk.sure import SURE
from gallery.services.people import NameRefused, SeveralPeople

__all__ = [
    "KINDS",
    "Progress",
    "answer",
    "called",
    "cards",
    "find",
    "following",
    "progress",
    "waiting",
]

# In the order in which they come: a name given to a group answers many of the others, and what is said of
# those who are asked about makes more faces sure. These come last, when one yes is for them all: of 66
# answers to a library of 200 photos it saved 4.
GROUPS, PAIRS = Groups(), Pairs()
KINDS: dict[str, Kind] = {kind.name: kind for kind in (GROUPS, PAIRS, ASKED, DOUBTED, SURE)}
MARKS = {"no_face": Mark.NO_FACE, "stranger": Mark.STRANGER}
# What counts as answered today: all that says whose faces are, or are not, or who is one.
ANSWERS = (
    Did.NAME, Did.CONFIRM, Did.REFUSE, Did.MOVE, Did.SPLIT, Did.NO_FACE, Did.STRANGER, Did.TAKE_OUT,
    Did.DIVIDE, Did.MERGE, Did.APART,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Progress:
    """How many faces, and people who may be one, wait for a word; of how many one was said today.

    By so many answers.
    """

    left: int
    done: int
    answers: int

    @property
    def total(self) -> int:
        return self.done + self.left


def following(
    roster: Roster, kind: str = "", place: Numbers = (), passed: Collection[int] | None = None
) -> Card | None:
    """Return the card after that place of that kind; without them, the first.

    Where it is said which groups somebody `passed` by, any other comes first, though it was not there when
    its turn was: one name given to a group is worth many answers to questions.
    """
    names = list(KINDS)
    if passed is not None:
        if (card := GROUPS.first(roster, but=passed)) is not None:
            return card
        names.remove(GROUPS.name)
    for name in names[names.index(kind) :] if kind in names else names:
        card = KINDS[name].after(roster, place if name == kind else ())
        if card is not None:
            return card
    return None


def find(roster: Roster, kind: str, key: int, faces: Collection[int] = ()) -> Card | None:
    """Return a card as it is now; None where nothing of it is asked any more."""
    return KINDS[kind].find(roster, key, faces)


def progress(roster: Roster) -> Progress:
    """Return how far one is today, as the record says."""
    start = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    said = Action.objects.filter(
        roster=roster, did__in=ANSWERS, is_undone=False, said_at__gte=start
    )
    counted = said.aggregate(faces=Sum("count"), answers=Count("pk"))
    left = sum(kind.waiting(roster).subjects for kind in KINDS.values())
    return Progress(left, counted["faces"] or 0, counted["answers"])


def waiting(roster: Roster, *, pairs: int | None = None) -> int:
    """Return how many cards wait; of `pairs` of people who may be one where that was counted already."""
    if pairs is None:
        pairs = PAIRS.waiting(roster).cards
    others = (kind for kind in KINDS.values() if kind is not PAIRS)
    return pairs + sum(kind.waiting(roster).cards for kind in others)


@transaction.atomic
def answer(*, roster: Roster, reply: Reply) -> None:
    """Take an answer; raises NameRefused, and SeveralPeople where it has to be asked who is meant."""
    roster = turns.take(roster.pk)
    kind = KINDS[reply.kind]
    if reply.said == "yes" or (reply.said == "person" and not kind.is_of_faces):
        kind.confirm(roster, reply)
    elif reply.said == "no":
        kind.refuse(roster, reply)
    else:
        faces = kind.meant(roster, reply)
        if not faces:
            raise NameRefused(curating.NO_FACES)
        if reply.said in MARKS:
            curating.mark(roster=roster, faces=faces, mark=MARKS[reply.said])
        else:
            _name(roster, kind, reply, faces)


def called(roster: Roster, name: str) -> list[Person]:
    """Return who has that name, if it is one."""
    text = tidied(name)
    return Person.objects.filter(roster=roster).meant_by(text) if text else []


def _name(roster: Roster, kind: Kind, reply: Reply, faces: Collection[int]) -> None:
    if reply.said == "person":
        curating.name(roster=roster, faces=faces, person_id=reply.person)
        return
    found = [] if reply.said == "new" else called(roster, reply.name)
    if len(found) > 1 or (found and kind.asks_who):
        raise SeveralPeople(found[0].name, [one.pk for one in found])
    if found:
        curating.name(roster=roster, faces=faces, person_id=found[0].pk)
    else:
        curating.name_anew(roster=roster, faces=faces, name=people.clean_name(reply.name))
