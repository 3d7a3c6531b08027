"""Cards that ask whether faces are somebody: who may be, and who can hardly be seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Value
from django.db.models.functions import Coalesce

from analysis.results import DOUBTFUL
from gallery import lists
from gallery.models import Face, GroupedFace, Person, Roster
from gallery.models.face_queries import CLEAR, FaceQuerySet
from gallery.services import curating, likelihood, people
from gallery.services.desk.cards import KNOWN, Card, Numbers, Reply, Waiting, near, shown
from gallery.services.people import NameRefused

NOWHERE = 9.0  # further than any face is; an earlier version's guesses have no distance that counts
FAR = Coalesce(F("normalised"), Value(NOWHERE))
POOR = Q(quality_score__lt=DOUBTFUL)


@dataclass(frozen=True)
class Guesses:
    """Of each person so many faces at once, nearest first; by which field a face is `whose`.

    `counted` are those that are counted as waiting here, None where another kind does: an index says of
    whom it is asked, and only the wide row of a face how clear that is.
    """

    name: str
    whose: str
    which: Q
    at_once: int
    counted: Q | None = None
    asks_who: bool = False
    is_of_faces: bool = True

    def after(self, roster: Roster, place: Numbers) -> Card | None:
        last = int(place[0]) if place else 0
        if len(place) == 3:
            same = Person.objects.filter(roster=roster, pk=last).shown().first()
            beyond = Q(far__gt=place[1]) | Q(far=place[1], pk__gt=int(place[2]))
            card = self._card(roster, same.pk, beyond) if same else None
            if card is not None:
                return card
        return self._next(roster, last)

    def find(self, roster: Roster, key: int, faces: Collection[int]) -> Card | None:
        if not Person.objects.filter(roster=roster, pk=key).exists():
            return None
        return self._card(roster, key, Q(pk__in=faces) if faces else Q())

    def waiting(self, roster: Roster) -> Waiting:
        if self.counted is None:
            return Waiting(0, 0)
        mine = Person.objects.filter(roster=roster).shown()
        faces = Face.everything.filter(self.counted, **{f"{self.whose}__in": mine})
        if self.whose == "suggestion":
            # Those of a group are counted with it. Asked for once: of most faces no group is known, and to
            # look each up takes five times as long.
            grouped = GroupedFace.objects.filter(group__count__gte=lists.groups.LEAST)
            faces = faces.exclude(pk__in=grouped.filter(group__roster=roster).values("face"))
        # Not of their keys: those are in no index.
        counts = faces.order_by(self.whose).values(self.whose).annotate(count=Count("*"))
        by_person = list(counts.values_list("count", flat=True))
        return Waiting(sum(by_person), self._cards(by_person))

    def meant(self, roster: Roster, reply: Reply) -> list[int]:
        return list(reply.faces)

    def confirm(self, roster: Roster, reply: Reply) -> None:
        _taken(curating.confirm(roster=roster, guesses=reply.guesses))

    def refuse(self, roster: Roster, reply: Reply) -> None:
        _taken(curating.refuse(roster=roster, guesses=reply.guesses))

    def _cards(self, counts: Sequence[int]) -> int:
        """Return how many cards there are of people with so many faces each, in their order."""
        return sum(-(-count // self.at_once) for count in counts)

    def _next(self, roster: Roster, last: int) -> Card | None:
        for person in self._people(roster).filter(pk__gt=last).order_by("pk")[:1]:
            return self._card(roster, person.pk, Q())
        return None

    def _faces(self) -> FaceQuerySet:
        # What is no face is nobody's: to look at each for that would be a look at its whole row.
        return Face.everything.filter(self.which)

    def _people(self, roster: Roster) -> QuerySet[Person]:
        theirs = self._faces().filter(**{self.whose: OuterRef("pk")})
        return Person.objects.filter(Exists(theirs), roster=roster).shown()

    def _rows(self) -> FaceQuerySet:
        faces = self._faces().select_related("photo")
        return faces.defer("encoding", "landmarks", "emotion_scores")

    def _card(self, roster: Roster, key: int, which: Q) -> Card | None:
        theirs = self._rows().filter(**{self.whose: key})
        near_first = theirs.annotate(far=FAR).filter(which).order_by("far", "pk")
        found = list(near_first[: self.at_once])
        if not found:
            return None
        (person,) = shown([key])
        for face in found:
            setattr(face, self.whose, person)
        likelihood.tell(found, roster.owner_id)
        return Card(
            self.name,
            key,
            (key, found[-1].far, found[-1].pk),  # type: ignore[attr-defined]
            found,
            theirs.count(),
            person=person,
            known=list(lists.people.named(person).values_list("pk", flat=True)[:KNOWN]),
            near=near(roster, found, but=key),
        )


ASKED_ABOUT = Q(suggestion__isnull=False)
ASKED = Guesses("asked", "suggestion", ASKED_ABOUT & CLEAR, 1, ASKED_ABOUT)
# A face that can hardly be seen is never surely anybody's.
DOUBTED = Guesses("doubted", "suggestion", ASKED_ABOUT & POOR, 1)


def _taken(count: int) -> None:
    if not count:
        raise NameRefused(people.CHANGED)
