"""Cards that ask whether two people are one."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Q
from django.utils.translation import gettext_lazy

from gallery import lists
from gallery.models import Alike, Person, Roster
from gallery.services import curating, doubts, people
from gallery.services.desk.cards import KNOWN, Card, Numbers, Reply, Side, Waiting
from gallery.services.people import NameRefused

DOUBTED = gettext_lazy("By now something speaks against it. Choose the two on People to see what.")


class Pairs:
    """The nearest come first. What an answer has as its face is here the second of the two people."""

    name = "alike"
    asks_who = False
    is_of_faces = False

    def after(self, roster: Roster, place: Numbers) -> Card | None:
        asked = Alike.objects.asked(roster)
        if len(place) == 2:
            asked = asked.filter(Q(beyond__gt=place[0]) | Q(beyond=place[0], pk__gt=int(place[1])))
        return _card(asked.first())

    def find(self, roster: Roster, key: int, faces: Collection[int]) -> Card | None:
        return _card(Alike.objects.asked(roster).filter(first=key, second__in=faces).first())

    def waiting(self, roster: Roster) -> Waiting:
        count = Alike.objects.asked(roster).count()
        return Waiting(count, count)

    def meant(self, roster: Roster, reply: Reply) -> list[int]:
        return []

    def confirm(self, roster: Roster, reply: Reply) -> None:
        two = _two(roster, reply)
        if doubts.of(two):
            raise NameRefused(DOUBTED)
        # Without a word about the name, that of whoever is on more photos stays.
        into = next((one for one in two if one.pk == reply.person), two[0])
        curating.merge(into=into, others=[one.pk for one in two])

    def refuse(self, roster: Roster, reply: Reply) -> None:
        one, other = _two(roster, reply)
        curating.keep_apart(one=one, other=other)


def _card(pair: Alike | None) -> Card | None:
    if pair is None:
        return None
    keys = pair.first_id, pair.second_id
    sides = [
        Side(one, _best(one)) for one in lists.people.cards(Person.objects.filter(pk__in=keys))
    ]
    if len(sides) < 2:
        return None
    place = pair.beyond, pair.pk
    return Card(Pairs.name, keys[0], place, faces=(), count=1, two=sides, other=keys[1])


def _best(person: Person) -> list[int]:
    return list(lists.people.named(person).values_list("pk", flat=True)[:KNOWN])


def _two(roster: Roster, reply: Reply) -> list[Person]:
    """Return the two people, who is on more photos first; raises NameRefused."""
    keys = {reply.key, *reply.faces}
    found = list(lists.people.cards(Person.objects.filter(roster=roster, pk__in=keys)))
    if len(found) != 2 or len(keys) != 2:
        raise NameRefused(people.NOBODY)
    return found
