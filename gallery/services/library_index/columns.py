"""The columns of a library, and how some of its photos are replaced by what they are now."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import timedelta
from functools import cached_property
from typing import Any, NamedTuple, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

from analysis.dates import Precision
from gallery.fields import fold
from gallery.models.dated import VAGUE
from gallery.models.face_queries import Mark, NamedBy
from gallery.models.leased import OPEN, State

Numbers = NDArray[np.int64]
Flags = NDArray[np.bool_]
Floats = NDArray[np.float32]
Codes = NDArray[np.uint8]
MARKS = tuple(Mark)
NAMED_BY = tuple(NamedBy)
STATES = tuple(State)
PRECISIONS = ("", *VAGUE.values())
GENDERS = ("female", "male")
SHOWN = MARKS.index(Mark.NONE)
PRIVATE = MARKS.index(Mark.PRIVATE)
NOBODY = 0
DAY = timedelta(days=1) // timedelta(microseconds=1)
AnyColumns = TypeVar("AnyColumns", bound="Columns")
OnPhotos = TypeVar("OnPhotos", "Faces", "Tags")


class Columns:
    """Columns of the same length."""

    def where(self, chosen: Flags | Numbers) -> Self:
        return type(self)(**{name: column[chosen] for name, column in self.named().items()})

    def named(self) -> dict[str, NDArray[Any]]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # type: ignore[arg-type]

    @property
    def nbytes(self) -> int:
        """How many bytes the columns take, without texts."""
        return sum(column.nbytes for column in self.named().values())


def joined(parts: Sequence[AnyColumns]) -> AnyColumns:
    all_named = [one.named() for one in parts]
    both = {name: np.concatenate([one[name] for one in all_named]) for name in all_named[0]}
    return type(parts[0])(**both)


def replaced(old: AnyColumns, at: Numbers, new: AnyColumns) -> AnyColumns:
    """Return the columns with other rows in these places."""
    copies = {name: column.copy() for name, column in old.named().items()}
    for name, column in new.named().items():
        copies[name][at] = column
    return type(old)(**copies)


@dataclass(frozen=True, eq=False)
class Photos(Columns):
    """n photos by ascending key. Times are microseconds since 1970, `taken` by the clock of the place.

    `taken_to` is a place in PRECISIONS: of a month or year alone `taken` is its beginning.
    A photo that nobody dated is `taken` when it was uploaded and not `is_dated`, as what an upload says
    of the year is nothing. `made` and `cameras` are indexes into those of `Library`; `texts` are the names
    of files and captions, folded. `took` are the seconds of the last analysis, NaN where none has ended.
    """

    keys: Numbers
    changed: Numbers
    taken: Numbers
    taken_to: Codes
    is_dated: Flags
    states: Codes
    has_result: Flags
    was_chosen: Flags
    made: NDArray[np.int32]
    cameras: NDArray[np.int32]
    texts: NDArray[np.object_]
    is_favourite: Flags
    is_gone: Flags
    took: Floats

    @property
    def is_new(self) -> Flags:
        """Which photos (n,) nobody has looked at yet, so that what they are dated by may change soon."""
        return ~self.has_result & np.isin(self.states, [STATES.index(one) for one in OPEN])

    @property
    def is_of_a_year(self) -> Flags:
        """Of which photos (n,) no more is known than the year."""
        return np.equal(self.taken_to, PRECISIONS.index(Precision.YEAR))

    def stretches(self, at: Numbers) -> Numbers:
        """Return in which month since 1970 photos in some places (k,) were taken, times two.

        It is one more unless the year alone is known, so that these come before its January.
        """
        months = self.taken[at].astype("M8[us]").astype("M8[M]").astype(np.int64)
        return np.asarray(months * 2 + ~self.is_of_a_year[at])

    @property
    def last_days(self) -> Numbers:
        """The beginning of the last day on which each photo (n,) may have been taken, in microseconds."""
        at = self.taken.astype("M8[us]")
        ends = {Precision.MONTH: "M8[M]", Precision.YEAR: "M8[Y]"}
        found = self.taken.copy()
        for to, unit in ends.items():
            which = self.taken_to == PRECISIONS.index(to)
            found[which] = ((at[which].astype(unit) + 1).astype("M8[us]").astype(np.int64)) - DAY
        return found


@dataclass(frozen=True, eq=False)
class Faces(Columns):
    """n faces in no order. `photos` are places in `Photos`, `people` keys or NOBODY.

    `emotions` are as people see them, a human's word with a share of 1. `distances` are those of guesses.
    What an earlier version did not measure is NaN.
    """

    keys: Numbers
    photos: NDArray[np.int32]
    people: Numbers
    named_by: Codes
    marks: Codes
    ages: Floats
    genders: Codes
    emotions: Codes
    shares: Floats
    quality: Floats
    yaw: Floats
    pitch: Floats
    is_due: Flags
    distances: Floats


@dataclass(frozen=True, eq=False)
class Tags(Columns):
    """n keywords of photos in no order: a place in `Photos`, and an index into `Library.keywords`."""

    photos: NDArray[np.int32]
    words: NDArray[np.int32]


class Part(NamedTuple):
    """Some photos with what is on them, whose `photos` are places among these."""

    photos: Photos
    faces: Faces
    tags: Tags


@dataclass(frozen=True, eq=False)
class Library:
    """An account's photos and faces as they were at one moment. Nobody changes any of it.

    `made` are what photos say of the methods that made them, as JSON, `cameras` by which they were taken;
    `keywords` are theirs.
    """

    owner: int
    photos: Photos
    faces: Faces
    tags: Tags
    made: tuple[str, ...]
    cameras: tuple[str, ...]
    keywords: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.photos.keys)

    @property
    def nbytes(self) -> int:
        """How many bytes it takes; a name that nobody else has is an object of 49 bytes and its letters."""
        columns = self.photos, self.faces, self.tags
        return sum(some.nbytes for some in columns) + len(self) * 64

    @cached_property
    def is_shown(self) -> Flags:
        """Which faces (n,) are somebody's, as lists show them."""
        return np.equal(self.faces.marks, SHOWN)

    @cached_property
    def counts(self) -> NDArray[np.int64]:
        """How many faces a card of each photo (n,) tells of."""
        return np.bincount(self.faces.photos[self.is_shown], minlength=len(self))

    @cached_property
    def newest_taken(self) -> NDArray[np.int64]:
        """The places of all photos, those taken last first, and those of a year alone after its others."""
        return np.lexsort((self.photos.keys, ~self.photos.is_of_a_year, self.photos.taken))[::-1]

    def places(self, keys: Numbers) -> Numbers:
        """Return where photos with these keys are, in their order, of those that are there."""
        if not len(self):
            return keys[:0]
        at = np.searchsorted(self.photos.keys, keys).clip(max=len(self) - 1)
        there: Numbers = at[self.photos.keys[at] == keys]
        return there

    @cached_property
    def folded_keywords(self) -> Mapping[str, Sequence[int]]:
        """Which of the keywords read so where case does not count."""
        found: dict[str, list[int]] = {}
        for code, word in enumerate(self.keywords):
            found.setdefault(fold(word), []).append(code)
        return found

    def saying(self, texts: Mapping[str, Any]) -> Library:
        """Return it with other texts, by the name of their column."""
        return replace(self, **texts)

    def with_photos(self, part: Part, without: Numbers) -> Library:
        """Return it with these photos as they are now, by ascending key, and without some, by key."""
        photos = part.photos
        stays = ~np.isin(self.photos.keys, np.concatenate([photos.keys, without]))
        is_same = len(self) - np.count_nonzero(stays) == len(photos.keys) and not len(without)
        if is_same:
            # None came and none went: the places stay, as after most words.
            after = replaced(self.photos, np.flatnonzero(~stays), photos)
        else:
            after = joined([self.photos.where(stays), photos])
            after = after.where(np.argsort(after.keys, kind="stable"))

        def moved(old: OnPhotos, new: OnPhotos) -> OnPhotos:
            at = np.flatnonzero(~stays[old.photos])
            if is_same and len(at) == len(new.photos):
                # As many as before: they stand where those stood.
                places = np.searchsorted(after.keys, photos.keys[new.photos]).astype(np.int32)
                return replaced(old, at, type(old)(**(new.named() | {"photos": places})))
            kept = old.where(stays[old.photos])
            on = np.concatenate([self.photos.keys[kept.photos], photos.keys[new.photos]])
            places = np.searchsorted(after.keys, on).astype(np.int32)
            return type(old)(**(joined([kept, new]).named() | {"photos": places}))

        faces, tags = moved(self.faces, part.faces), moved(self.tags, part.tags)
        return replace(self, photos=after, faces=faces, tags=tags)
