"""Everybody of a roster as the people page lists them: ordered, searched, narrowed, a page at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self, cast

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import Combinable

from analysis.names import tidied
from analysis.results import FIT
from gallery.fields import fold
from gallery.lists import people as lists
from gallery.models import Face, KnownEncoding, Person, PersonAlias
from gallery.models.face_queries import NamedBy
from gallery.models.person import PersonQuerySet

SHOWN = 120  # people at once: whole rows of 2 to 6, 8, 10 and 12


class Order(StrEnum):
    """In which order people are shown; the first is meant where none is said."""

    PHOTOS = "photos"
    NAME = "name"
    NEWEST = "newest"
    UNCONFIRMED = "unconfirmed"


class Show(StrEnum):
    """Who is shown: all, whose faces wait for a word, who is known by no good face, who is a favourite.

    Hidden people are shown by their own filter alone.
    """

    ALL = "all"
    UNCONFIRMED = "unconfirmed"
    UNREFERENCED = "unreferenced"
    FAVOURITES = "favourites"
    HIDDEN = "hidden"


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for; what it does not say, or says in words that nobody knows, is as ever."""

    order: Order = Order.PHOTOS
    show: Show = Show.ALL
    query: str = ""

    @classmethod
    def read(cls, said: Mapping[str, str]) -> Self:
        order, show = said.get("order", ""), said.get("show", "")
        return cls(
            order=Order(order) if order in [*Order] else Order.PHOTOS,
            show=Show(show) if show in [*Show] else Show.ALL,
            query=tidied(said.get("q", "")),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether it may leave people out."""
        return self.show is not Show.ALL or bool(self.query)


def page(people: PersonQuerySet, wanted: Wanted, number: str | None) -> Page[Person]:
    """Return one page of those who are wanted, as cards: the last one where there are not so many.

    Whose turn it is is found first, by keys alone, and only they are counted and get a cover.
    """
    whole = _found(_shown(people, wanted.show), wanted.query)
    ordered = whole.order_by("-is_favourite", *_order(wanted.order)).values_list("pk", flat=True)
    keys = Paginator(ordered, SHOWN).get_page(number)
    shown = lists.cards(people.filter(pk__in=list(keys))).order_by().in_bulk()
    # Whoever goes between the two queries is left out.
    found = [shown[key] for key in keys if key in shown]
    return Page(found, keys.number, cast("Paginator[Person]", keys.paginator))


def _order(order: Order) -> tuple[str | Combinable, ...]:
    count = lists.counts()
    by_name = "folded_name", "pk"
    return {
        Order.PHOTOS: lists.seen_most(),
        Order.NAME: by_name,
        Order.NEWEST: ("-created_at", "-pk"),
        Order.UNCONFIRMED: (-(count["guess_count"] + count["question_count"]), *by_name),
    }[order]


def _shown(people: PersonQuerySet, show: Show) -> PersonQuerySet:
    if show is Show.HIDDEN:
        return people.filter(is_hidden=True)
    people = people.shown()
    if show is Show.FAVOURITES:
        return people.filter(is_favourite=True)
    if show is Show.UNCONFIRMED:
        mine = Face.everything.filter(person=OuterRef("pk"), named_by=NamedBy.MACHINE)
        asked = Face.everything.filter(suggestion=OuterRef("pk"))
        return people.filter(Exists(mine) | Exists(asked))
    if show is Show.UNREFERENCED:
        # Of what was never measured, or came without a picture, the best is believed.
        good = Q(face=None) | Q(face__quality_score=None) | Q(face__quality_score__gte=FIT)
        return people.filter(~Exists(KnownEncoding.objects.filter(good, person=OuterRef("pk"))))
    return people


def _found(people: PersonQuerySet, query: str) -> PersonQuerySet:
    """Return those in one of whose names, or in whose notes, each word is."""
    for written in query.split():
        # Notes are as they were written: a database finds no ß by what it is folded to.
        word = fold(written)
        other = PersonAlias.objects.filter(folded_name__contains=word)
        is_named = Q(folded_name__contains=word) | Q(pk__in=other.values("person"))
        is_noted = Q(note__icontains=written) | Q(about__icontains=written)
        is_noted |= Q(note__icontains=word) | Q(about__icontains=word)
        people = people.filter(is_named | is_noted)
    return people
