"""What the desk shows at once: a card, what is asked by it, and what was answered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from gallery import lists
from gallery.lists.company import Companion
from gallery.models import Face, Person, Roster
from gallery.services import nearest

SHOWN = 24  # faces of a card that asks of many
BEST = 5  # people to choose from by a key
KNOWN = 6  # faces by which one knows at sight who is asked about

Numbers = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of two people who may be one, with the keys of their best faces."""

    person: Person
    faces: Sequence[int]


@dataclass(frozen=True, slots=True)
class Part:
    """Those of a card's faces that are taken for one person, where it is about several."""

    person: Person
    faces: Sequence[Face]


@dataclass(frozen=True, slots=True)
class Card:
    """What is asked of `count` faces, of which these are shown: who they are, or whether they are `person`.

    `key` is what its kind finds it by: a group's, or that of who is asked about. After `place` comes the
    next. `known` are the keys of the person's best faces, `near` who else it may be, nearest first,
    `company` with whom a group is on photos. Where it is about several people, `person` is the first, and
    `parts` are whose the faces are.

    Or it is asked whether `two` people are one, the first of whom is on more photos; `key` and `other` are
    theirs.
    """

    kind: str
    key: int
    place: Numbers
    faces: Sequence[Face]
    count: int
    photos: int = 0
    person: Person | None = None
    known: Sequence[int] = ()
    near: Sequence[Person] = ()
    company: Sequence[Companion] = ()
    two: Sequence[Side] = ()
    other: int = 0
    parts: Sequence[Part] = ()

    @property
    def is_of_one(self) -> bool:
        return len(self.faces) == 1

    @property
    def is_whole(self) -> bool:
        """Whether all faces that it is about are shown: none that comes meanwhile is answered with them."""
        return len(self.faces) == self.count

    @property
    def face(self) -> Face:
        return self.faces[0]

    @property
    def address(self) -> str:
        """What finds the card again: "group:12", or with its face where it is of one, or both people."""
        alone = self.face.pk if self.is_of_one and self.person else self.other
        return ":".join(map(str, [self.kind, self.key, *([alone] if alone else [])]))

    @property
    def after(self) -> str:
        """What says in an address after which card the next is wanted."""
        return ":".join([self.kind, *(f"{number:.17g}" for number in self.place)])


@dataclass(frozen=True, slots=True)
class Reply:
    """What somebody answered to a card, of these faces, by key; without any, of all that it is about.

    `said` is "yes", "no", "no_face", "stranger" or "name", with the `name` that was typed; or "person",
    whose key `person` is; or "new", for somebody new of that name. `whose` is whom each face was shown as
    where that was not who the card's key is; `is_of_all` says that none was chosen.
    """

    said: str
    kind: str
    key: int
    faces: tuple[int, ...] = ()
    person: int = 0
    name: str = ""
    whose: Mapping[int, int] = field(default_factory=dict)
    is_of_all: bool = True

    @property
    def guesses(self) -> dict[int, int]:
        """Return whom each of the faces was shown as."""
        return {face: self.whose.get(face, self.key) for face in self.faces}


class Waiting(NamedTuple):
    """Of how many faces, or pairs of people, it is asked, on how many cards."""

    subjects: int
    cards: int


class Kind(Protocol):
    """A kind of cards: in which order they come, and what is meant by an answer."""

    @property
    def name(self) -> str: ...

    @property
    def asks_who(self) -> bool:
        """Whether a typed name that is somebody's may be another person's."""

    @property
    def is_of_faces(self) -> bool:
        """Whether it is asked whose faces are; else one of the people to choose from is a yes."""

    def after(self, roster: Roster, place: Numbers) -> Card | None:
        """Return the first card after that place; without numbers, the first of all."""

    def find(self, roster: Roster, key: int, faces: Collection[int]) -> Card | None:
        """Return a card as it is now, of these faces alone where there are any; None where it is gone."""

    def waiting(self, roster: Roster) -> Waiting:
        """Return how much is asked."""

    def meant(self, roster: Roster, reply: Reply) -> list[int]:
        """Return of which faces, by key, the answer is."""

    def confirm(self, roster: Roster, reply: Reply) -> None:
        """Take a yes; raises NameRefused."""

    def refuse(self, roster: Roster, reply: Reply) -> None:
        """Take a no; raises NameRefused."""


def near(roster: Roster, faces: Iterable[Face], but: int = 0) -> list[Person]:
    """Return the people whom the faces are nearest to, but for one, as cards show them."""
    kept = nearest.still(roster, nearest.of(face.pk for face in faces))
    distances: dict[int, list[float]] = defaultdict(list)
    for likenesses in kept.values():
        for one in likenesses:
            distances[one.person].append(one.normalised)
    distances.pop(but, None)
    # Near to many of them counts more than very near to one.
    best = sorted(distances, key=lambda key: (-len(distances[key]), min(distances[key])))[:BEST]
    found = {person.pk: person for person in shown(best)}
    return [found[key] for key in best if key in found]


def shown(keys: Collection[int]) -> list[Person]:
    """Return the people with these keys, told apart, with the face that stands for each."""
    if not keys:
        return []
    people = Person.objects.filter(pk__in=keys).told_apart()
    return list(people.annotate(cover_id=lists.people.cover()))
