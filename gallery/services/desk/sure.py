"""Cards of faces that surely are somebody: of several people at once where each has few, for one yes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Count, OuterRef, Q, Subquery
from django.utils.translation import gettext_lazy

from gallery.models import Face, Person, Roster
from gallery.models.face_queries import NamedBy
from gallery.services import likelihood
from gallery.services.desk.cards import SHOWN, Card, Part, Reply, shown
from gallery.services.desk.guesses import FAR, Guesses
from gallery.services.people import NameRefused

PEOPLE = 24  # on one card at most, as faces are
CHOOSE = gettext_lazy("Choose first which faces you mean.")


@dataclass(frozen=True)
class Sure(Guesses):
    """Whoever has more faces than stand on a card has cards of their own."""

    def find(self, roster: Roster, key: int, faces: Collection[int]) -> Card | None:
        if faces:
            mine = Person.objects.filter(roster=roster).shown()
            return self._of(roster, Q(pk__in=faces, person__in=mine))
        # Whoever was first on it may have no more such faces, the others have.
        return self._next(roster, key - 1)

    def meant(self, roster: Roster, reply: Reply) -> list[int]:
        _only_of_one(reply)
        return super().meant(roster, reply)

    def refuse(self, roster: Roster, reply: Reply) -> None:
        _only_of_one(reply)
        super().refuse(roster, reply)

    def _next(self, roster: Roster, last: int) -> Card | None:
        theirs = self._faces().filter(person=OuterRef("pk")).order_by().values("person")
        count = Subquery(theirs.annotate(count=Count("pk")).values("count"))
        people = self._people(roster).filter(pk__gt=last).annotate(waiting=count).order_by("pk")
        found = list(people.values_list("pk", "waiting")[:PEOPLE])
        together = self._together([count for _, count in found]) if found else 0
        keys = [key for key, _ in found[:together]]
        if len(keys) == 1:
            return self._card(roster, keys[0], Q())
        return self._of(roster, Q(person__in=keys)) if keys else None

    def _cards(self, counts: Sequence[int]) -> int:
        cards = at = 0
        while at < len(counts):
            together = self._together(counts[at : at + PEOPLE])
            cards += -(-sum(counts[at : at + together]) // self.at_once)
            at += together
        return cards

    def _together(self, counts: Sequence[int]) -> int:
        """Return of how many of the first people all faces stand on one card; at least one."""
        room = self.at_once - counts[0]
        for number, count in enumerate(counts[1:], 1):
            if count > room:
                return number
            room -= count
        return len(counts)

    def _of(self, roster: Roster, which: Q) -> Card | None:
        """Return the card of the faces that surely are somebody, one person after the other."""
        faces = self._rows().annotate(far=FAR).filter(which).order_by("person", "far", "pk")
        found = list(faces[: self.at_once])
        lots = {key: list(faces) for key, faces in groupby(found, key=_whose)}
        if len(lots) < 2:
            (key,) = lots or (0,)
            return self._card(roster, key, which)
        people = {person.pk: person for person in shown(list(lots))}
        for face in found:
            face.person = people[_whose(face)]
        likelihood.tell(found, roster.owner_id)
        last = found[-1]
        return Card(
            self.name,
            _whose(found[0]),
            (_whose(last), last.far, last.pk),  # type: ignore[attr-defined]
            found,
            len(found),
            person=people[_whose(found[0])],
            parts=[Part(people[key], faces) for key, faces in lots.items()],
        )


GUESSED = Q(named_by=NamedBy.MACHINE)
SURE = Sure("sure", "person", GUESSED, SHOWN, GUESSED)


def _whose(face: Face) -> int:
    return face.person_id or 0


def _only_of_one(reply: Reply) -> None:
    """Refuse what nobody can mean of several people at once."""
    if reply.is_of_all and len(set(reply.guesses.values())) > 1:
        raise NameRefused(CHOOSE)
