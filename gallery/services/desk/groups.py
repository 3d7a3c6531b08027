"""Cards that ask who a group of unknown faces is."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from django.db.models import Count, Q, QuerySet, Sum

from gallery import lists
from gallery.models import FaceGroup, Roster
from gallery.services import groups
from gallery.services.desk.cards import SHOWN, Card, Numbers, Reply, Waiting, near
from gallery.services.people import NameRefused

AT_A_TIME = 4


class Groups:
    """The largest come first; a yes means nothing, a no that they are several people, or some others'."""

    name = "group"
    asks_who = True
    is_of_faces = True

    def after(self, roster: Roster, place: Numbers) -> Card | None:
        return self.first(roster, place)

    def first(self, roster: Roster, place: Numbers = (), but: Collection[int] = ()) -> Card | None:
        """Return the first card after that place, but for those of these groups, by key."""
        left = _all(roster).exclude(pk__in=but)
        if len(place) == 2:
            count, key = map(int, place)
            left = left.filter(Q(count__lt=count) | Q(count=count, pk__gt=key))
        # Of a large library those stand here a while whose faces have names by now.
        start = 0
        while some := list(left[start : start + AT_A_TIME]):
            if (card := _card(roster, some)) is not None:
                return card
            start += AT_A_TIME
        return None

    def find(self, roster: Roster, key: int, faces: Collection[int]) -> Card | None:
        mine = FaceGroup.objects.filter(roster=roster)
        # What was divided and put together again is a group of another key.
        return _card(roster, mine.filter(pk=key)) or _card(
            roster, mine.filter(members__face__in=faces).distinct()
        )

    def waiting(self, roster: Roster) -> Waiting:
        counted = _all(roster).order_by().aggregate(faces=Sum("count"), groups=Count("pk"))
        return Waiting(counted["faces"] or 0, counted["groups"])

    def meant(self, roster: Roster, reply: Reply) -> list[int]:
        there = lists.groups.faces(_group(roster, reply)).values_list("pk", flat=True)
        chosen = set(reply.faces)
        return [key for key in there if not chosen or key in chosen]

    def confirm(self, roster: Roster, reply: Reply) -> None:
        raise NameRefused(groups.GONE)

    def refuse(self, roster: Roster, reply: Reply) -> None:
        group = _group(roster, reply)
        if reply.is_of_all:
            groups.divide(group=group)
        else:
            groups.take_out(group=group, faces=reply.faces)


def _all(roster: Roster) -> QuerySet[FaceGroup]:
    found = FaceGroup.objects.filter(roster=roster, count__gte=lists.groups.LEAST)
    return found.order_by("-count", "pk")


def _group(roster: Roster, reply: Reply) -> FaceGroup:
    group = FaceGroup.objects.filter(roster=roster, pk=reply.key).first()
    if group is None:
        raise NameRefused(groups.GONE)
    return group


def _card(roster: Roster, some: Iterable[FaceGroup]) -> Card | None:
    """Return the card of the first of the groups of which there still are faces."""
    for stack in lists.groups.stacks(list(some)):
        group = stack.group
        faces = lists.groups.faces(group).defer(None).defer("encoding", "landmarks")[:SHOWN]
        return Card(
            Groups.name,
            group.pk,
            (group.count, group.pk),
            shown := list(faces),
            stack.count,
            stack.photos,
            near=near(roster, shown),
            company=stack.company,
        )
    return None
