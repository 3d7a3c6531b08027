"""Which photos of a library a search is true of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, time, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.results import EMOTIONS
from gallery.fields import fold
from gallery.models.face_queries import NamedBy
from gallery.models.leased import OPEN, State
from gallery.services.library_index.columns import (
    GENDERS,
    NAMED_BY,
    NOBODY,
    PRIVATE,
    STATES,
    Flags,
    Library,
)
from gallery.services.library_index.reading import microseconds
from gallery.services.search.value import Search, Shown, Span

# By so many degrees at most is a head turned, or nods, that looks at the camera: far less than what counts
# as turned away (35 and 25), and more than what a head is measured off by (`analysis.quality`).
TURNED, NODDED = 15, 12
DAY = timedelta(days=1) // timedelta(microseconds=1)
HUMAN = NAMED_BY.index(NamedBy.HUMAN)
Carried = Mapping[str, str]


def matching(library: Library, search: Search, carried: Carried) -> Flags:
    """Return of which of its photos (n,) the search is true; `carried` is what those carry made today."""
    found = np.ones(len(library), np.bool_)
    for one in _conditions(library, search, carried):
        found &= one
    return found


def faces_asked_for(library: Library, search: Search) -> Flags:
    """Return of which faces (n,) all is true that a search asks of one, whoever's it is."""
    faces = library.faces
    found = library.is_shown.copy()
    if search.ages:
        # As they are read: whoever is 34.2 is 34.
        found &= _within(np.floor(faces.ages), search.ages)
    if search.gender:
        found &= faces.genders == GENDERS.index(search.gender)
    if search.emotions:
        found &= np.isin(faces.emotions, [EMOTIONS.index(one) for one in search.emotions])
    if search.confidence:
        found &= faces.shares >= np.float32(search.confidence / 100)
    if search.quality:
        found &= _within(faces.quality * 100, search.quality)
    if search.looking:
        found &= (np.abs(faces.yaw) <= TURNED) & (np.abs(faces.pitch) <= NODDED)
    return found


def named(library: Library, search: Search) -> Flags:
    """Return of which faces (n,) it is known whose they are, as surely as the search wants it."""
    faces = library.faces
    found: Flags = (faces.people != NOBODY) & ((faces.named_by == HUMAN) | search.sure)
    return found


def _conditions(library: Library, search: Search, carried: Carried) -> Iterator[Flags]:
    yield from _of_faces(library, search)
    if search.faces:
        yield _within(library.counts, search.faces)
    yield from _of_photos(library, search)
    if search.states:
        states = [_in_state(library, state, carried) for state in search.states]
        yield np.logical_or.reduce(states)


def _of_faces(library: Library, search: Search) -> Iterator[Flags]:
    faces, fits = library.faces, faces_asked_for(library, search)
    is_named = named(library, search)
    for group in search.people:
        yield _with_any(library, fits & is_named & np.isin(faces.people, group))
    if search.unnamed:
        yield _with_any(library, fits & (faces.people == NOBODY))
    if not (search.people or search.unnamed) and asks_of_a_face(search):
        yield _with_any(library, fits)
    if search.without:
        yield ~_with_any(library, is_named & np.isin(faces.people, search.without))
    if search.only:
        meant = [person for group in search.people for person in group]
        others = library.is_shown & ~(is_named & np.isin(faces.people, meant))
        yield ~_with_any(library, others | (faces.marks == PRIVATE))


def asks_of_a_face(search: Search) -> bool:
    """Return whether anything is asked of a face but whose it is."""
    return bool(
        search.ages
        or search.gender
        or search.emotions
        or search.confidence
        or search.quality
        or search.looking
    )


def _of_photos(library: Library, search: Search) -> Iterator[Flags]:
    photos = library.photos
    if search.days:
        yield photos.is_dated
        first, last = search.days
        if first is not None:
            yield photos.taken >= microseconds(datetime.combine(first, time()))
        if last is not None:
            yield photos.taken < microseconds(datetime.combine(last, time())) + DAY
    if search.cameras:
        yield np.array([one in search.cameras for one in library.cameras], np.bool_)[photos.cameras]
    for word in map(fold, search.files):
        yield np.fromiter((word in name for name in photos.names), np.bool_, len(library))


def _in_state(library: Library, state: Shown, carried: Carried) -> Flags:
    photos = library.photos
    if state is Shown.FAILED:
        return np.equal(photos.states, STATES.index(State.FAILED))
    if state is Shown.WAITING:
        return np.isin(photos.states, [STATES.index(one) for one in OPEN])
    if state is Shown.NO_FACE:
        faceless: Flags = photos.has_result & (library.counts == 0)
        return faceless
    if state is Shown.UNDATED:
        return np.logical_not(photos.is_dated)
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
