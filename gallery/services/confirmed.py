"""How far faces that humans named are from whatever else their person is known by.

It follows from encodings, of which the columns of a library have none: computed of each person when it is
asked for, and kept with what it followed from, so that a word costs its person's faces alone. 24 bytes a
named face, of the accounts that asked last. A guess has its own distance beside it.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import BinaryField, Count, ExpressionWrapper, F, Sum
from numpy.typing import NDArray

from analysis import matching, references
from analysis.results import Array
from gallery.fields import encodings_of
from gallery.models import Face, KnownEncoding, Roster
from gallery.models.dated import taken
from gallery.models.face_queries import FaceQuerySet, NamedBy
from gallery.services import levels, lives
from gallery.services.knowledge import Known
from gallery.services.library_index.columns import (
    NAMED_BY,
    NOBODY,
    Flags,
    Floats,
    Library,
    Numbers,
)
from gallery.services.library_index.reading import rows
from gallery.services.lives import Dated
from gallery.services.nearest import few

ACCOUNTS = 8
PEOPLE = 200  # read at a time
PAIRS = 1_000_000  # distances at a time, 8 MB
HUMAN = NAMED_BY.index(NamedBy.HUMAN)
# Odd numbers, by which keys and times become sums that differ where any of them does.
MIXED = np.array([0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F], np.uint64)
Signs = dict[int, tuple[int, int]]
Born = dict[int, tuple[float, float, float]]  # as `lives.of` has it
_kept: OrderedDict[int, _Kept] = OrderedDict()
_turn = threading.Lock()


def distances(library: Library) -> Floats:
    """Return how far each face (m,) is from its person's nearest known face; NaN where nobody knows."""
    roster = Roster.objects.of(library.owner)
    with _turn:
        kept = _kept.setdefault(library.owner, _Kept())
        _kept.move_to_end(library.owner)
        while len(_kept) > ACCOUNTS:
            _kept.popitem(last=False)
    with kept.turn:
        return kept.now(library, roster)


def forget() -> None:
    """Have nothing at hand any more."""
    with _turn:
        _kept.clear()


class _Kept:
    """What was computed of one account's people, by the keys of their faces, ascending."""

    def __init__(self) -> None:
        self.turn = threading.Lock()
        nothing = np.zeros(0, np.int64)
        self._faces = _Faces(nothing, nothing, np.zeros(0, np.float32))
        self._signs: Signs = {}
        self._known: Signs = {}
        self._revision: tuple[int, bool] | None = None
        self._last: tuple[Library, Floats] | None = None

    def now(self, library: Library, roster: Roster) -> Floats:
        revision = roster.revision, roster.is_plain
        is_same = revision == self._revision and bool(roster.revision)
        if is_same and self._last is not None and self._last[0] is library:
            return self._last[1]
        known = self._known if is_same else _known(roster)
        named = (library.faces.named_by == HUMAN) & (library.faces.people != NOBODY)
        signs = _signs(library, named)
        if self._revision is not None and self._revision[1] != roster.is_plain:
            self._signs = {}
        changed = [
            person
            for person, sign in signs.items()
            if self._signs.get(person) != sign or self._known.get(person) != known.get(person)
        ]
        gone = self._signs.keys() - signs.keys()
        left = self._faces.where(~np.isin(self._faces.people, [*changed, *gone]))
        parts = [left, *_computed(roster, changed)]
        self._faces = _Faces(
            *map(np.concatenate, zip(*(one.columns for one in parts), strict=True))
        )
        self._faces = self._faces.where(np.argsort(self._faces.keys))
        self._signs, self._known, self._revision = signs, known, revision
        self._last = library, _beside(library, named, self._faces)
        return self._last[1]


@dataclass(frozen=True, slots=True, eq=False)
class _Faces:
    """Named faces (k,) by key, whose they are and how far."""

    keys: Numbers
    people: Numbers
    apart: Floats

    @property
    def columns(self) -> tuple[NDArray[Any], ...]:
        return self.keys, self.people, self.apart

    def where(self, chosen: Flags | Numbers) -> _Faces:
        return _Faces(self.keys[chosen], self.people[chosen], self.apart[chosen])


def _beside(library: Library, named: Flags, found: _Faces) -> Floats:
    """Return guesses' own distances and those found, in the order of the library's faces."""
    apart = library.faces.distances.copy()
    if len(found.keys):
        keys = library.faces.keys[named]
        at = np.searchsorted(found.keys, keys).clip(max=len(found.keys) - 1)
        apart[named] = np.where(found.keys[at] == keys, found.apart[at], np.nan)
    return apart


def _signs(library: Library, named: Flags) -> Signs:
    """Return of each person what differs once any of their named faces is another or has changed."""
    faces, photos = library.faces, library.photos
    keys = np.stack([faces.keys[named], photos.changed[faces.photos[named]]]).astype(np.uint64)
    mixed = (keys * MIXED[:, None]).sum(axis=0, dtype=np.uint64)
    # Once more: a sum of keys and times alone is that of others too.
    mixed ^= mixed >> np.uint64(29)
    mixed *= MIXED[1]
    people, at, counts = np.unique(faces.people[named], return_inverse=True, return_counts=True)
    sums = np.zeros(len(people), np.uint64)
    np.add.at(sums, at, mixed)
    said = zip(people.tolist(), counts.tolist(), sums.tolist(), strict=True)
    return {person: (count, total) for person, count, total in said}


def _known(roster: Roster) -> Signs:
    """Return of each person by how many encodings they are known, and the sum of their keys."""
    known = KnownEncoding.objects.of(roster).order_by().values("person")
    found = known.annotate(count=Count("pk"), sum=Sum("pk"))
    return {one["person"]: (one["count"], one["sum"]) for one in found}


def _computed(roster: Roster, people: Collection[int]) -> Iterator[_Faces]:
    for some in few(people, PEOPLE):
        # Not those of the account, which they are: a database would begin with all of its photos.
        faces = Face.objects.filter(person__in=some, named_by=NamedBy.HUMAN)
        theirs = KnownEncoding.objects.filter(person__in=some)
        probes = _read(faces, "encoding", "pk")
        known = _read(theirs, "vector", "face")
        if probes is None:
            continue
        apart = np.full(len(probes.people), np.nan, np.float32)
        if known is not None:
            born = {} if roster.is_plain else lives.of(theirs)
            dated = _dated(faces) if born else {}
            _fill(apart, probes, known, born, dated, is_plain=roster.is_plain)
        yield _Faces(probes.faces, probes.people, apart)


@dataclass(frozen=True, slots=True, eq=False)
class _Encodings:
    """Encodings (n, 128) by key: whose, of which face or 0, by which encoder, levels, how poorly seen."""

    keys: Numbers
    people: Numbers
    faces: Numbers
    encoders: NDArray[np.object_]
    vectors: Array
    levels: Array
    scores: Array

    def known(self, at: Numbers, born: Born) -> Known:
        """Return some of them, of one person and encoder, as matching has them."""
        people = self.people[at]
        weak = references.weakness(people, self.scores[at])
        life = lives.lives_of(self.keys[at].tolist(), born)
        return Known(people, self.vectors[at], self.levels[at], weak, life)


def _read(found: Any, vector: str, face: str) -> _Encodings | None:
    # As bytes: an array for each of many takes longer than all the rest.
    raw = ExpressionWrapper(F(vector), output_field=BinaryField())
    score = "quality_score" if face == "pk" else "face__quality_score"
    columns = "pk", "person", face, "encoder", "raw", "level", "population", score
    told = rows(found.order_by().annotate(raw=raw).values_list(*columns))
    if not told:
        return None
    keys, people, faces, encoders, raws, stored, populations, scores = zip(*told, strict=True)
    vectors = encodings_of(raws)
    now, _lacking = levels.today(encoders, populations, stored, lambda at: vectors[at])
    return _Encodings(
        np.array(keys, np.int64),
        np.array(people, np.int64),
        np.array([one or 0 for one in faces], np.int64),
        np.array(encoders, np.object_),
        vectors,
        np.nan_to_num(now).astype(np.float32),
        np.array(scores, np.float32),
    )


def _dated(faces: FaceQuerySet) -> dict[int, Dated]:
    """Return of faces of people whose birth is known, by key, when they were, and how old they look."""
    columns = "pk", "photo__taken_at", "photo__taken_from", "photo__taken_to", "age_years"
    found = faces.filter(person__born_on__isnull=False).order_by().values_list(*columns)
    return {key: Dated(taken(*said), age) for key, *said, age in found}


def _fill(
    apart: Floats,
    probes: _Encodings,
    known: _Encodings,
    born: Born,
    dated: Mapping[int, Dated],
    *,
    is_plain: bool,
) -> None:
    """Write how far probes are from the nearest known face of their person but themselves."""
    for person, encoder in {*zip(probes.people.tolist(), probes.encoders.tolist(), strict=True)}:
        mine = np.flatnonzero((known.people == person) & (known.encoders == encoder))
        all_rows = np.flatnonzero((probes.people == person) & (probes.encoders == encoder))
        if not len(mine):
            continue
        one, step = known.known(mine, born), max(1, PAIRS // len(mine))
        for start in range(0, len(all_rows), step):
            some = all_rows[start : start + step]
            far = matching.distances(probes.vectors[some], one.vectors)
            if not is_plain:
                fair = matching.normalised(far, probes.levels[some], one.levels)
                said = (dated[key] for key in probes.faces[some].tolist())
                far, never = one.counted(fair, said)
                if never is not None:
                    far[never] = np.inf
            far[probes.faces[some][:, None] == known.faces[mine][None, :]] = np.inf
            nearest = far.min(axis=1)
            apart[some] = np.where(np.isfinite(nearest), nearest, np.nan)
