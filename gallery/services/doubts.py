"""What speaks against two people being one, by what humans said of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from gallery.models import Face, Person, Photo
from gallery.models.face_queries import NamedBy
from gallery.services.nearest import few

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Two people of whom it is hard to believe: they are both on `photo`, or were born on two days."""

    first: Person
    second: Person
    photo: Photo | None = None


def of(people: Sequence[Person]) -> list[Doubt]:
    """Return what speaks against these being one, once for each two of them."""
    seen = together([person.pk for person in people])
    photos = Photo.objects.in_bulk(set(seen.values()))
    found = []
    for first, second in combinations(people, 2):
        photo = photos.get(seen.get(pair(first.pk, second.pk), 0))
        if photo or were_born_apart(first, second):
            found.append(Doubt(first, second, photo))
    return found


def together(people: Collection[int]) -> dict[Pair, int]:
    """Return which two of these people, by key, a human said to be on one photo, and the first such photo.

    One that shows people several times says nothing.
    """
    on: dict[int, set[int]] = defaultdict(set)
    named = Face.objects.filter(named_by=NamedBy.HUMAN, photo__is_collage=False)
    for some in few(people):
        rows = named.filter(person__in=some).order_by().values_list("photo", "person")
        for photo, person in rows:
            on[photo].add(person)
    found: dict[Pair, int] = {}
    for photo in sorted(on):
        for first, second in combinations(sorted(on[photo]), 2):
            found.setdefault((first, second), photo)
    return found


def were_born_apart(one: Person, other: Person) -> bool:
    """Return whether it was said when both were born, and that can't be one day."""
    return bool(one.born and other.born and not one.born.may_be(other.born))


def pair(one: int, other: int) -> Pair:
    """Return the two, the lower key first."""
    return min(one, other), max(one, other)
