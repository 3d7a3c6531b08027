"""What a search could be narrowed to, and how many photos that would leave.

Each count is that of the search that its option leads to (`tests/gallery/test_search_facets.py`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.utils.translation import gettext as _

from analysis.results import EMOTIONS, GENDERS
from gallery.fields import fold
from gallery.services.search import address, chips, people
from gallery.services.search.found import Found, beside_of
from gallery.services.search.matching import Beside, Matcher
from gallery.services.search.value import Days, Search, Shown, Span

MOST = 12  # people, cameras and years
AGES = (Span(0, 2), Span(3, 12), Span(13, 19), Span(20, 39), Span(40, 59), Span(60, None))
LISTED = {*address.LISTS.values()}
FACES = (Span(0, 0), Span(1, 1), Span(2, 2), Span(3, 5), Span(6, None))


@dataclass(frozen=True, slots=True)
class Option:
    """What can be asked for besides, or instead; of one that `is_on` the search leads without it.

    `leaving_out` is the search for what it is not true of, where a search can say so. What is left out
    stands in a chip and no more among the options.
    """

    label: str
    count: int
    search: Search
    is_on: bool = False
    leaving_out: Search | None = None

    @property
    def query(self) -> str:
        return address.write(self.search)

    @property
    def query_leaving_out(self) -> str:
        return address.write(self.leaving_out) if self.leaving_out else ""


@dataclass(frozen=True, slots=True)
class Facet:
    """Options of a kind, by the `name` of what they say in an address."""

    name: str
    title: str
    options: Sequence[Option]


def of(user: AbstractBaseUser | AnonymousUser, found: Found) -> list[Facet]:
    """Return what would leave any photo, in a fixed number of queries."""
    counting = _Counting(found, beside_of(user, found.library, found.search, all_states=True))
    facets = [
        Facet("person", _("With"), [*_people(user, found)]),
        Facet("", _("Faces"), [*counting.flags()]),
        counting.spans("faces", "faces", _("How many faces"), FACES, chips.faces),
        counting.words("emotion", "emotions", _("Emotion"), EMOTIONS),
        counting.genders(),
        counting.spans("age", "ages", _("Age"), AGES, chips.ages),
        Facet("from", _("Taken"), [*counting.years()]),
        Facet("camera", _("Camera"), [*counting.cameras()]),
        Facet("keyword", _("Keywords"), [*counting.keywords()]),
        counting.states(),
    ]
    return [facet for facet in facets if facet.options]


class _Counting:
    """Counts what searches would find that differ in one thing."""

    def __init__(self, found: Found, beside: Beside) -> None:
        self._library, self._search = found.library, found.search
        self._matcher = Matcher(found.library, beside)

    def flags(self) -> Iterator[Option]:
        labels = {"looking": _("looking at the camera"), "unnamed": _("somebody unnamed")}
        labels["favourite"] = _("favourites")
        if self._search.people:
            labels["only"] = _("nobody else")
        if self._search.people or self._search.without:
            labels["sure"] = _("also sure guesses")
        for name, label in labels.items():
            is_on = getattr(self._search, name)
            yield from self._option(label, is_on, {name: True}, {name: False})

    def words(self, name: str, what: str, title: str, words: Sequence[str]) -> Facet:
        options = [option for word in words for option in self._one_of(_(word), what, (word,), ())]
        return Facet(name, title, options)

    def genders(self) -> Facet:
        options = [option for one in GENDERS for option in self._one_of(_(one), "gender", one, "")]
        return Facet("gender", _("Gender"), options)

    def spans(self, name: str, what: str, title: str, spans: Sequence[Span], words: Any) -> Facet:
        options = [
            option for one in spans for option in self._one_of(words(one), what, one, Span())
        ]
        return Facet(name, title, options)

    def states(self) -> Facet:
        options = [
            option
            for one in Shown
            for option in self._one_of(f"{chips.STATES[one]}", "states", (one,), ())
        ]
        return Facet("state", _("State"), options)

    def cameras(self) -> Iterator[Option]:
        found = self._found(self._search.but(cameras=()))
        counts = np.bincount(self._library.photos.cameras[found], minlength=1)
        for at in np.argsort(-counts, kind="stable")[:MOST].tolist():
            camera = self._library.cameras[at] if len(self._library.cameras) else ""
            if camera and counts[at]:
                yield self._told(camera, int(counts[at]), "cameras", (camera,), ())

    def keywords(self) -> Iterator[Option]:
        """Yield keywords besides those asked for, those of most photos first."""
        library, tags = self._library, self._library.tags
        found = self._found(self._search)
        codes = np.array([there[0] for there in library.folded_keywords.values()], np.int64)
        # However it is capitalised it is one.
        first = np.zeros(len(library.keywords), np.int64)
        for there in library.folded_keywords.values():
            first[[*there]] = there[0]
        counts = np.bincount(first[tags.words[found[tags.photos]]], minlength=len(first))
        asked = {fold(word) for word in self._search.keywords}
        for code in codes[np.argsort(-counts[codes], kind="stable")].tolist()[: MOST + len(asked)]:
            word = library.keywords[code]
            if counts[code] and fold(word) not in asked:
                wanted = self._search.but(keywords=(*self._search.keywords, word))
                leaving_out = _leaving_out(self._search, "keywords", word)
                yield Option(word, int(counts[code]), wanted, leaving_out=leaving_out)

    def years(self) -> Iterator[Option]:
        photos = self._library.photos
        found = self._found(self._search.but(days=Days())) & photos.is_dated
        years = photos.taken[found].astype("M8[us]").astype("M8[Y]").astype(np.int64) + 1970
        there, counts = np.unique(years, return_counts=True)
        for year, count in sorted(zip(there.tolist(), counts.tolist(), strict=True), reverse=True):
            days = Days(address.first_day(f"{year:04}"), address.last_day(f"{year:04}"))
            yield self._told(f"{year}", count, "days", days, Days())

    def _one_of(self, label: str, what: str, value: Any, nothing: Any) -> Iterator[Option]:
        is_on = getattr(self._search, what) == value
        yield from self._option(label, is_on, {what: value}, {what: nothing})

    def _option(
        self, label: str, is_on: bool, on: dict[str, Any], off: dict[str, Any]
    ) -> Iterator[Option]:
        wanted = self._search.but(**on)
        count = int(np.count_nonzero(self._found(wanted)))
        if count or is_on:
            leads_to = self._search.but(**off) if is_on else wanted
            yield Option(label, count, leads_to, is_on, self._without(on))

    def _told(self, label: str, count: int, what: str, value: Any, nothing: Any) -> Option:
        is_on = getattr(self._search, what) == value
        leads_to = self._search.but(**{what: nothing if is_on else value})
        return Option(label, count, leads_to, is_on, self._without({what: value}))

    def _without(self, asked: dict[str, Any]) -> Search | None:
        """Return the search that leaves out what an option asks for."""
        [(what, value)] = asked.items()
        return _leaving_out(self._search, what, *value) if what in LISTED else None

    def _found(self, search: Search) -> Any:
        return self._matcher.matching(search)


def _people(user: AbstractBaseUser | AnonymousUser, found: Found) -> Iterator[Option]:
    """Yield who is on the photos besides, whoever is on most of them first."""
    library, search = found.library, found.search
    is_found = np.zeros(len(library), np.bool_)
    is_found[found.at] = True
    faces = library.faces
    matcher = Matcher(library, found.beside)
    there = matcher.asked_for(search) & matcher.named(search) & is_found[faces.photos]
    who, places = np.unique(faces.people[there], return_inverse=True)
    # Each once on a photo.
    pairs = np.unique(places * np.int64(len(library)) + faces.photos[there])
    counts = np.bincount(pairs // max(len(library), 1), minlength=len(who))
    asked = {key for group in search.people for key in group} | set(search.without)
    left = people.hidden(user) | asked
    most = [at for at in np.argsort(-counts, kind="stable").tolist() if int(who[at]) not in left]
    called = people.called(user, who[most[:MOST]].tolist())
    for at in most[:MOST]:
        if name := called.get(int(who[at])):
            wanted = search.but(people=(*search.people, (int(who[at]),)))
            leaving_out = search.but(without=(*search.without, int(who[at])))
            yield Option(name, int(counts[at]), wanted, leaving_out=leaving_out)


def _leaving_out(search: Search, what: str, one: Any) -> Search:
    """Return the search for what one of a list is not true of."""
    asked = tuple(other for other in getattr(search, what) if other != one)
    left_out = (*getattr(search.excluded, what), one)
    return search.but(**{what: asked}, excluded=search.excluded.but(**{what: left_out}))
