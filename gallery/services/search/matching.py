"""Which photos of a library a search is true of."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Set
from datetime import datetime, time
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.results import EMOTIONS
from gallery.fields import fold
from gallery.models.face_queries import Mark, NamedBy
from gallery.models.leased import OPEN, State
from gallery.services.library_index.columns import (
    DAY,
    GENDERS,
    MARKS,
    NAMED_BY,
    NOBODY,
    PRIVATE,
    STATES,
    Flags,
    Floats,
    Library,
    Numbers,
)
from gallery.services.library_index.reading import microseconds
from gallery.services.search.value import Excluded, Search, Shown, Span

# By so many degrees at most is a head turned, or nods, that looks at the camera: far less than what counts
# as turned away (35 and 25), and more than what a head is measured off by (`analysis.quality`).
TURNED, NODDED = 15, 12
UNSAID = [MARKS.index(Mark.UNDRAWN), PRIVATE]
HUMAN = NAMED_BY.index(NamedBy.HUMAN)
NOTHING = np.zeros(0, np.int64)
Carried = Mapping[str, str]


class Beside(NamedTuple):
    """What a library does not know: what photos carry that are made today, and what is in albums.

    `albums` are the keys of photos in the album's order, but for those that are `by_date`. `distances` (m,)
    are those of its faces, as `confirmed` has them, where any is asked for.
    """

    carried: Carried
    albums: Mapping[int, Numbers]
    distances: Floats
    by_date: Set[int]

    @classmethod
    def of(cls, library: Library) -> Beside:
        """Return nothing but what the library has itself."""
        return cls({}, {}, library.faces.distances, frozenset())


class Matcher:
    """Tells which of a library's photos searches are true of, and keeps what several of them ask for."""

    def __init__(self, library: Library, beside: Beside) -> None:
        self.library, self._beside = library, beside
        self._kept: dict[object, Flags] = {}

    def matching(self, search: Search) -> Flags:
        """Return of which photos (n,) the search is true."""
        found = np.ones(len(self.library), np.bool_)
        for one in self._conditions(search):
            found &= one
        return found

    def asked_for(self, search: Search) -> Flags:
        """Return of which faces (n,) all is true that a search asks of one, whoever's it is."""
        faces = self.library.faces
        found = self.library.is_shown.copy()
        if search.ages:
            # As they are read: whoever is 34.2 is 34.
            found &= _within(np.floor(faces.ages), search.ages)
        if search.gender:
            found &= faces.genders == GENDERS.index(search.gender)
        if search.emotions:
            found &= _showing(self.library, search.emotions)
        if search.confidence:
            found &= faces.shares >= np.float32(search.confidence / 100)
        if search.quality:
            # Likewise: what is between two percents is the lower.
            found &= _within(np.floor(faces.quality * 100), search.quality)
        if search.looking:
            found &= (np.abs(faces.yaw) <= TURNED) & (np.abs(faces.pitch) <= NODDED)
        if search.by:
            found &= faces.named_by == NAMED_BY.index(NamedBy(search.by))
        if search.distance:
            found &= _within(steps(self._beside.distances, 100), search.distance)
        return found

    def named(self, search: Search) -> Flags:
        """Return of which faces (n,) it is known whose they are, as surely as the search wants it."""
        faces = self.library.faces
        found: Flags = (faces.people != NOBODY) & ((faces.named_by == HUMAN) | search.sure)
        return found

    def _conditions(self, search: Search) -> Iterator[Flags]:
        yield from self._of_faces(search)
        if search.without:
            yield ~self._with_any(self._of(search.without, search))
        if search.only:
            yield self._without_others(search)
        if search.faces:
            yield _within(self.library.counts, search.faces)
        yield from self._of_photos(search)
        if search.states:
            yield np.logical_or.reduce([self._in_state(state) for state in search.states])
        for unwanted in self._excluded(search.excluded):
            yield ~unwanted

    def _of_faces(self, search: Search) -> Iterator[Flags]:
        fits = self.asked_for(search)
        for group in search.people:
            yield self._with_any(fits & self._of(group, search))
        if search.unnamed:
            yield self._with_any(fits & (self.library.faces.people == NOBODY))
        if asks_of_anybody(search):
            yield self._with_any(fits)

    def _without_others(self, search: Search) -> Flags:
        meant = tuple(person for group in search.people for person in group)
        others = self.library.is_shown & ~self._of(meant, search)
        return ~self._with_any(others | (self.library.faces.marks == PRIVATE))

    def _of_photos(self, search: Search) -> Iterator[Flags]:
        photos = self.library.photos
        if search.days:
            yield photos.is_dated
            first, last = search.days
            if first is not None:
                yield photos.taken >= microseconds(datetime.combine(first, time()))
            if last is not None:
                yield photos.last_days < microseconds(datetime.combine(last, time())) + DAY
        if search.cameras:
            yield self._by_camera(search.cameras)
        for word in search.keywords:
            yield self._with_keyword(fold(word))
        if search.favourite:
            yield photos.is_favourite
        if search.took:
            yield _within(steps(photos.took, 10), search.took)
        for album in search.albums:
            yield self._in_album(album)
        for word in map(fold, search.texts):
            yield self._with_word(word)

    def _excluded(self, excluded: Excluded) -> Iterator[Flags]:
        """Yield which photos (n,) have something that none is to have."""
        if excluded.emotions:
            shown = _showing(self.library, excluded.emotions)
            yield self._with_any(self.library.is_shown & shown)
        if excluded.cameras:
            yield self._by_camera(excluded.cameras)
        yield from map(self._with_keyword, map(fold, excluded.keywords))
        yield from map(self._in_album, excluded.albums)
        yield from map(self._with_word, map(fold, excluded.texts))
        yield from map(self._in_state, excluded.states)

    def _by_camera(self, cameras: tuple[str, ...]) -> Flags:
        is_one = np.array([one in cameras for one in self.library.cameras], np.bool_)
        return np.asarray(is_one[self.library.photos.cameras], np.bool_)

    def _in_album(self, album: int) -> Flags:
        return np.isin(self.library.photos.keys, self._beside.albums.get(album, NOTHING))

    def _with_word(self, word: str) -> Flags:
        find = partial(_with_word, self.library.photos.texts, word)
        return self._keep(("text", word), find)

    def _with_keyword(self, word: str) -> Flags:
        tags, codes = self.library.tags, self.library.folded_keywords.get(word, ())
        found = np.zeros(len(self.library), np.bool_)
        found[tags.photos[np.isin(tags.words, codes)]] = True
        return found

    def _of(self, people: tuple[int, ...], search: Search) -> Flags:
        """Return which faces (n,) are of one of the people, as surely as the search wants it."""

        def find() -> Flags:
            return self.named(search) & np.isin(self.library.faces.people, people)

        return self._keep((people, search.sure), find)

    def _in_state(self, state: Shown) -> Flags:
        return self._keep(state, partial(_in_state, self.library, state, self._beside.carried))

    def _with_any(self, faces: Flags) -> Flags:
        return _with_any(self.library, faces)

    def _keep(self, what: object, find: Callable[[], Flags]) -> Flags:
        if what not in self._kept:
            self._kept[what] = find()
        return self._kept[what]


def asks_of_anybody(search: Search) -> bool:
    """Return whether anything is asked of a face, and nothing of whose it is."""
    asks = (
        search.ages,
        search.gender,
        search.emotions,
        search.confidence,
        search.quality,
        search.looking,
        search.by,
        search.distance,
    )
    return any(asks) and not (search.people or search.unnamed)


def _showing(library: Library, emotions: tuple[str, ...]) -> Flags:
    return np.isin(library.faces.emotions, [EMOTIONS.index(one) for one in emotions])


def steps(values: Floats, number: int) -> Floats:
    """Return of how many steps values are, so many to one; what is between two is of the lower."""
    found: Floats = np.floor(values * np.float32(number))
    return found


def _with_word(texts: NDArray[np.object_], word: str) -> Flags:
    return np.fromiter((word in text for text in texts), np.bool_, len(texts))


def _in_state(library: Library, state: Shown, carried: Carried) -> Flags:
    photos = library.photos
    if state is Shown.FAILED:
        return np.equal(photos.states, STATES.index(State.FAILED))
    if state is Shown.WAITING:
        return np.isin(photos.states, [STATES.index(one) for one in OPEN])
    if state is Shown.NO_FACE:
        # A stranger's face is one, and so is that of somebody who does not want to be recognised.
        others = np.isin(library.faces.marks, [MARKS.index(Mark.STRANGER), PRIVATE])
        faceless: Flags = photos.has_result & ~_with_any(library, library.is_shown | others)
        return faceless
    if state is Shown.UNDATED:
        return np.logical_not(photos.is_dated)
    if state is Shown.GONE:
        return photos.is_gone
    if state is Shown.BOX:
        # As on the photo's page: of a box that was taken back, or is nobody's business, nothing is said.
        faces = library.faces
        return _with_any(library, faces.is_due & ~np.isin(faces.marks, UNSAID))
    return _made_otherwise(library, carried)


def _made_otherwise(library: Library, carried: Carried) -> Flags:
    """As `services.renewal.made_otherwise`: without those that a human had made so for once."""
    photos = library.photos
    of_all, of_faceless = (
        np.array([_carries(json.loads(text), names) for text in library.made] or [False], np.bool_)
        for names in (carried, {name: carried[name] for name in carried.keys() & {"detector"}})
    )
    has_none = ~_with_any(library, np.ones(len(library.faces.keys), np.bool_))
    same = of_all[photos.made] | (has_none & of_faceless[photos.made])
    is_done = photos.states == STATES.index(State.DONE)
    return np.asarray(is_done & ~photos.was_chosen & ~same, np.bool_)


def _carries(made: Carried, names: Carried) -> bool:
    return "colour" in made and all(made.get(name) == value for name, value in names.items())


def _with_any(library: Library, faces: Flags) -> Flags:
    """Return which photos (n,) have one of these faces."""
    found = np.zeros(len(library), np.bool_)
    found[library.faces.photos[faces]] = True
    return found


def _within(values: NDArray[Any], span: Span) -> Flags:
    found = np.ones(len(values), np.bool_)
    if span.least is not None:
        found &= values >= span.least
    if span.most is not None:
        found &= values <= span.most
    return found
