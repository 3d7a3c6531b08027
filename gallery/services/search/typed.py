"""What somebody types into the search box: `anna happy 2019 -carl faces:3`.

A name may be of several words, and in quotes; of a part of a name everybody is meant who has it, of an
album's (`album:"At sea"`) the first one. What is neither a name, nor a keyword, nor any other word that is
known here is looked for in the names of files and in captions. A minus before people, moods, keywords,
albums, states and files leaves them out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.http import QueryDict

from gallery.fields import fold
from gallery.models import Person, PersonAlias
from gallery.services import library_index
from gallery.services.search import address, albums, lexicon
from gallery.services.search.value import Days, Excluded, Search

TOKEN = re.compile(r'(?P<minus>-?)(?:(?P<key>[^\s:"]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>\S*))')
# 2019, 2019-05, 2019-05-03, and from one to another: 2018..2020, 2018-2020.
DATE = r"[0-9]{4}(?:-[0-9]{2}(?:-[0-9]{2})?)?"
DATES = re.compile(rf"({DATE})(?:\.\.({DATE}))?")
YEARS = re.compile(r"([0-9]{4})-([0-9]{4})")
LISTS = ("cameras", "keywords", "albums", "texts")
LONGEST = 300
WORDS_OF_A_NAME = 6
PART_OF_A_NAME = 3  # letters from which on a beginning of a name means everybody who is called so


class Token(NamedTuple):
    """A word as it was typed; `key` stands before a colon, and `is_not` is a minus before it."""

    text: str
    key: str = ""
    is_not: bool = False
    is_quoted: bool = False


@dataclass(frozen=True, slots=True)
class Read:
    """The search that was typed, and what of it says nothing that can be searched."""

    search: Search
    unread: tuple[str, ...] = ()


class Names:
    """What the people of a roster are called, folded."""

    def __init__(self, user: AbstractBaseUser | AnonymousUser) -> None:
        people = Person.objects.visible_to(user)
        rows = people.values_list("pk", "folded_name", "note", "is_hidden").order_by("pk")
        self._full: dict[str, list[int]] = {}
        self._parts: dict[str, list[int]] = {}
        for pk, name, note, is_hidden in rows:
            self._add(pk, name, is_hidden)
            if note:
                self._add(pk, f"{name} ({fold(note)})", True)
        aliases = PersonAlias.objects.filter(person__in=people).values_list("person", "folded_name")
        for pk, name in aliases:
            self._add(pk, name, True)

    def _add(self, pk: int, name: str, is_whole: bool) -> None:
        self._full.setdefault(name, []).append(pk)
        # Of whoever is hidden nobody is reminded.
        for part in () if is_whole else name.split():
            self._parts.setdefault(part, []).append(pk)

    def called(self, name: str) -> tuple[int, ...]:
        return tuple(self._full.get(name, ()))

    def meant_by(self, word: str) -> tuple[int, ...]:
        """Return whom a word means: who has it in their name, else whose name has a word that begins so."""
        found = self._parts.get(word)
        if found is None and len(word) >= PART_OF_A_NAME:
            begun = (pks for part, pks in self._parts.items() if part.startswith(word))
            found = [pk for pks in begun for pk in pks]
        return tuple(dict.fromkeys(found or ()))[: address.MOST]


def read(user: AbstractBaseUser | AnonymousUser, text: str, within: Search | None = None) -> Read:
    """Return what was typed as a search, added to what is asked for already."""
    tokens = tokens_of(text[:LONGEST])
    if not tokens:
        return Read(within or Search())
    keywords = library_index.of(user.pk or 0).folded_keywords
    reading = _Reading(user, keywords, within or Search())
    while tokens:
        tokens = tokens[reading.take(tokens) :]
    return Read(address.of(address.write(reading.search)), tuple(reading.unread))


def tokens_of(text: str) -> list[Token]:
    found = []
    for match in TOKEN.finditer(text):
        words = match["quoted"] if match["quoted"] is not None else match["plain"]
        if not words and not match["key"]:
            continue
        found.append(
            Token(words, match["key"] or "", bool(match["minus"]), match["quoted"] is not None)
        )
    return found


class _Reading:
    """Adds what is read to a search."""

    def __init__(
        self,
        user: AbstractBaseUser | AnonymousUser,
        keywords: Collection[str],
        search: Search,
    ) -> None:
        self.search, self.unread = search, list[str]()
        self._user, self._names = user, Names(user)
        self._keywords, self._words = keywords, lexicon.here()
        self._is_or = False

    def take(self, tokens: Sequence[Token]) -> int:
        """Add what the first words say; return how many of them were read."""
        first = tokens[0]
        if first.key and self._has_key(first):
            return 1
        if fold(first.text) in self._words.ors and self.search.people and len(tokens) > 1:
            self._is_or = True
            return 1
        taken = self._name(tokens)
        if not taken and not self._word(first):
            self._rest(first)
        self._is_or = False
        return taken or 1

    def _has_key(self, token: Token) -> bool:
        """Add what stands behind a colon; False where what stands before it is no key."""
        key = self._words.keys.get(fold(token.key))
        if key is None or not token.text:
            return False
        if key == "person":
            self._people(self._called(fold(token.text)), token)
            return True
        said = QueryDict(mutable=True)
        said[key] = f"{'-' * token.is_not}{self._said_of(key, token.text)}"
        found = address.read(said)
        if found == Search() or (token.is_not and found.excluded == Excluded()):
            self.unread.append(f"{'-' * token.is_not}{token.key}:{token.text}")
        else:
            self.search = _both(self.search, found)
        return True

    def _said_of(self, key: str, text: str) -> str:
        """Return what an address says for it: of an album its key."""
        if key != "album":
            return text
        album = albums.meant_by(self._user, text)
        return f"{album.pk}" if album else ""

    def _name(self, tokens: Sequence[Token]) -> int:
        """Add whom the first words name, of several words at best; return of how many."""
        most = next(
            (at for at, token in enumerate(tokens) if token.key or (at and token.is_not)),
            len(tokens),
        )
        for count in range(min(most, WORDS_OF_A_NAME), 0, -1):
            name = fold(" ".join(token.text for token in tokens[:count]))
            if found := self._names.called(name):
                self._people(found, tokens[0])
                return count
        if tokens[0].key or self._means_something(tokens[0]):
            return 0
        if found := self._names.meant_by(fold(tokens[0].text)):
            self._people(found, tokens[0])
            return 1
        return 0

    def _means_something(self, token: Token) -> bool:
        return self._words.add(Search(), fold(token.text)) is not None

    def _called(self, name: str) -> tuple[int, ...]:
        return self._names.called(name) or self._names.meant_by(name)

    def _people(self, found: tuple[int, ...], token: Token) -> None:
        people = self.search.people
        if not found:
            self.unread.append(f"{token.key}:{token.text}")
        elif token.is_not:
            self.search = self.search.but(without=(*self.search.without, *found))
        elif self._is_or and people:
            both = tuple(dict.fromkeys((*people[-1], *found)))
            self.search = self.search.but(people=(*people[:-1], both))
        else:
            self.search = self.search.but(people=(*people, found))

    def _word(self, token: Token) -> bool:
        """Add a word that means something by itself, or dates; False where it is none."""
        if token.key:
            return False
        if token.is_not:
            return self._left_out(token.text)
        found = self._words.add(self.search, fold(token.text))
        if found is None and (dates := _dates(token.text)):
            found = self.search.but(days=dates)
        if found is None and fold(token.text) in self._keywords:
            found = self.search.but(keywords=(*self.search.keywords, token.text))
        if found is None:
            return False
        self.search = found
        return True

    def _left_out(self, text: str) -> bool:
        """Leave out what a word after a minus means; False where it means nothing that can be."""
        found = self._words.leave_out(self.search, fold(text))
        if found is None and fold(text) in self._keywords:
            excluded = self.search.excluded
            excluded = excluded.but(keywords=(*excluded.keywords, text))
            found = self.search.but(excluded=excluded)
        if found is None:
            return False
        self.search = found
        return True

    def _rest(self, token: Token) -> None:
        text = f"{token.key}:{token.text}" if token.key else token.text
        excluded = self.search.excluded
        means = self._means_something(token) or _dates(token.text)
        if not text.strip() or (token.is_not and means):
            self.unread.append(f"{'-' * token.is_not}{text}")
        elif token.is_not:
            left_out = excluded.but(texts=(*excluded.texts, text))
            self.search = self.search.but(excluded=left_out)
        else:
            self.search = self.search.but(texts=(*self.search.texts, text))


def _dates(text: str) -> Days | None:
    match = YEARS.fullmatch(text) or DATES.fullmatch(text)
    if match is None:
        return None
    first, last = match[1], match[2] or match[1]
    found = Days(address.first_day(first), address.last_day(last))
    return found if all(found) else None


def _both(search: Search, found: Search) -> Search:
    """Return the search with what another asks for besides."""
    said = {
        name: getattr(found, name)
        for name in ("faces", "ages", "quality", "confidence", "distance", "took")
        if getattr(found, name)
    }
    said |= {name: _more(search, found, name) for name in LISTS}
    left_out = {name: _more(search.excluded, found.excluded, name) for name in LISTS}
    said["excluded"] = search.excluded.but(**left_out)
    first, last = (one or other for one, other in zip(found.days, search.days, strict=True))
    return search.but(days=Days(first, last), **said)


def _more(one: Search | Excluded, other: Search | Excluded, name: str) -> tuple[Any, ...]:
    return tuple(dict.fromkeys((*getattr(one, name), *getattr(other, name))))
