"""What the word that is being typed into the search box may be going to be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.utils.translation import gettext as _

from gallery.fields import fold
from gallery.models import Person
from gallery.services import library_index
from gallery.services.library_index.columns import NOBODY, Library
from gallery.services.search import address, albums, chips, lexicon, people, typed
from gallery.services.search.lexicon import Lexicon
from gallery.services.search.value import Days, Search

MOST_PEOPLE, MOST = 6, 10
WORDS_OF_A_NAME = 3
Owner = AbstractBaseUser | AnonymousUser


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something that can be asked for, and the search that asks for it besides what was typed before it."""

    label: str
    icon: str
    search: Search

    @property
    def query(self) -> str:
        return address.write(self.search)


def of(user: Owner, text: str, within: Search) -> list[Suggestion]:
    """Return what the end of a text may mean; what stands before it is added to the search."""
    words = text[: typed.LONGEST].split(" ")
    last = fold(words[-1])
    if not last.removeprefix("-"):
        return []
    before = typed.read(user, " ".join(words[:-1]), within).search
    library = library_index.of(user.pk or 0)
    found = [*islice(_people(user, words, within, library), MOST_PEOPLE)]
    if last.startswith("-"):
        begun = last.removeprefix("-")
        found += [*_left_out(begun, before, library), *_albums(user, begun, before, is_not=True)]
    else:
        found += [
            *_words(last, before),
            *_years(last, before, library),
            *_keywords(last, before, library),
            *_cameras(last, before, library),
            *_albums(user, last, before),
        ]
    return found[:MOST]


def _people(
    user: Owner, words: list[str], within: Search, library: Library
) -> Iterator[Suggestion]:
    """Yield people whose name goes on so, by several words if these begin one; on most photos first."""
    rows = [*Person.objects.visible_to(user).shown().values_list("pk", "folded_name")]
    counts = _counts(library)
    for count in range(min(len(words), WORDS_OF_A_NAME), 0, -1):
        tail = fold(" ".join(words[-count:]))
        is_not, begun = tail.startswith("-"), tail.removeprefix("-")
        found = [pk for pk, name in rows if _goes_on(name, begun, by_word=count == 1)]
        if not found:
            continue
        found = sorted(found, key=lambda pk: -counts.get(pk, 0))[:MOST_PEOPLE]
        before = typed.read(user, " ".join(words[:-count]), within).search
        called = people.called(user, found)
        for pk in found:
            if is_not:
                wanted = before.but(without=(*before.without, pk))
                yield Suggestion(_("not %(name)s") % {"name": called[pk]}, "user-round", wanted)
            elif (pk,) not in before.people:
                wanted = before.but(people=(*before.people, (pk,)))
                yield Suggestion(called[pk], "user-round", wanted)
        return


def _goes_on(name: str, begun: str, *, by_word: bool) -> bool:
    return name.startswith(begun) or (by_word and f" {begun}" in name)


def _counts(library: Library) -> dict[int, int]:
    """Return how many faces are known to be each person's."""
    who, counts = np.unique(library.faces.people, return_counts=True)
    return {
        pk: count for pk, count in zip(who.tolist(), counts.tolist(), strict=True) if pk != NOBODY
    }


def _words(last: str, before: Search) -> Iterator[Suggestion]:
    """Yield moods, states and the like by any of the words for them, each once."""
    words = lexicon.here()
    yield from _meant(last, before, words, words.add)


def _left_out(last: str, before: Search, library: Library) -> Iterator[Suggestion]:
    words = lexicon.here()
    yield from _meant(last, before, words, words.leave_out)
    for word in _going_on(last, library):
        excluded = before.excluded.but(keywords=(*before.excluded.keywords, word))
        label = _("not %(name)s") % {"name": word}
        yield Suggestion(label, "tag", before.but(excluded=excluded))


def _meant(
    last: str, before: Search, words: Lexicon, read: Callable[[Search, str], Search | None]
) -> Iterator[Suggestion]:
    seen = {before}
    for word in words.all():
        wanted = read(before, word) if word.startswith(last) else None
        if wanted is not None and wanted not in seen:
            seen.add(wanted)
            yield Suggestion(*_told(before, wanted), wanted)


def _told(before: Search, wanted: Search) -> tuple[str, str]:
    """Return what is asked for more, in words, and its icon."""
    there = {chip.label for chip in chips.told(before)}
    return next(
        ((chip.label, chip.icon) for chip in chips.told(wanted) if chip.label not in there),
        ("", "search"),
    )


def _years(last: str, before: Search, library: Library) -> Iterator[Suggestion]:
    if not last.isdecimal() or not 2 <= len(last) <= 4:
        return
    photos = library.photos
    years = np.unique(photos.taken[photos.is_dated].astype("M8[us]").astype("M8[Y]")).astype(str)
    for year in years[::-1].tolist():
        if year.startswith(last):
            days = Days(address.first_day(year), address.last_day(year))
            yield Suggestion(year, "calendar-days", before.but(days=days))


def _keywords(last: str, before: Search, library: Library) -> Iterator[Suggestion]:
    for word in _going_on(last, library):
        yield Suggestion(word, "tag", before.but(keywords=(*before.keywords, word)))


def _going_on(last: str, library: Library) -> Iterator[str]:
    """Yield the keywords that go on so."""
    for folded, codes in sorted(library.folded_keywords.items()):
        if _goes_on(folded, last, by_word=True):
            yield library.keywords[codes[0]]


def _cameras(last: str, before: Search, library: Library) -> Iterator[Suggestion]:
    for camera in sorted(library.cameras):
        if camera and _goes_on(fold(camera), last, by_word=True):
            yield Suggestion(camera, "camera", before.but(cameras=(camera,)))


def _albums(
    user: Owner, begun: str, before: Search, *, is_not: bool = False
) -> Iterator[Suggestion]:
    for album in albums.going_on(user, begun):
        if is_not:
            left_out = (*before.excluded.albums, album.pk)
            wanted = before.but(excluded=before.excluded.but(albums=left_out))
            yield Suggestion(_("not %(name)s") % {"name": album.name}, "images", wanted)
        elif album.pk not in before.albums:
            yield Suggestion(album.name, "images", before.but(albums=(*before.albums, album.pk)))
