"""A search: what must be true of a photo."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Any, NamedTuple


class Order(StrEnum):
    """In which order photos come: what was taken or added last is first, or as the one album has them."""

    TAKEN = "taken"
    ADDED = "added"
    ALBUM = "album"


class Span(NamedTuple):
    """From where to where, both included; None is no end."""

    least: int | None = None
    most: int | None = None

    def __bool__(self) -> bool:
        return self != (None, None)


class Days(NamedTuple):
    """From which day to which, both included; None is no end."""

    first: date | None = None
    last: date | None = None

    def __bool__(self) -> bool:
        return self != (None, None)


class Shown(StrEnum):
    """In which state a photo is."""

    FAILED = "failed"  # its analysis, the last time
    WAITING = "waiting"  # for its analysis, which may be under way
    NO_FACE = "noface"  # not even one that is put aside or of nobody's business; and was analysed
    OTHERWISE = "otherwise"  # made by other methods than today's
    UNDATED = "undated"  # but by its upload
    GONE = "gone"  # its file, which lay in a folder on the server
    BOX = "box"  # which somebody gave a face, and which waits to be measured


@dataclass(frozen=True, slots=True)
class Excluded:
    """What must not be true of a photo: nobody there shows one of the emotions, and so on."""

    emotions: tuple[str, ...] = ()
    cameras: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    albums: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    states: tuple[Shown, ...] = ()

    def but(self, **changes: Any) -> Excluded:
        """Return it with other things left out."""
        return replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Search:
    """What is true of each photo that is found; of nothing else, nothing is asked.

    `people`: of each of these groups, by key, somebody is there; of `without` nobody; with `only`, of no
    one else there is a face. Humans said so, or with `sure` the site may be sure of it instead. `unnamed`:
    a face is there of whom nobody knows who it is.

    What is asked of a face (`ages`, `gender`, one of `emotions` by at least `confidence` percent, `quality`
    in percent, `looking` at the camera, named `by` whom, at which `distance`, in hundredths, from its
    person's nearest known face) is true of a face of each group of people, and of the unnamed one:
    Anna and happy is a happy Anna. Where nobody is asked for, it is true of one face, whoever's.

    `faces` is how many there are, `days` when it was taken, by one of the `cameras`; `took` is how long its
    last analysis went on, in tenths of a second. It has each of the
    `keywords`, is in each of the `albums`, by key, and in one of the `states`; each of `texts` is in its
    file's name or in its caption. Nothing that is `excluded` is true of it.
    """

    people: tuple[tuple[int, ...], ...] = ()
    without: tuple[int, ...] = ()
    only: bool = False
    sure: bool = False
    unnamed: bool = False
    faces: Span = field(default_factory=Span)
    ages: Span = field(default_factory=Span)
    gender: str = ""
    emotions: tuple[str, ...] = ()
    confidence: int = 0
    quality: Span = field(default_factory=Span)
    looking: bool = False
    by: str = ""
    distance: Span = field(default_factory=Span)
    days: Days = field(default_factory=Days)
    cameras: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    favourite: bool = False
    took: Span = field(default_factory=Span)
    albums: tuple[int, ...] = ()
    texts: tuple[str, ...] = ()
    states: tuple[Shown, ...] = ()
    excluded: Excluded = field(default_factory=Excluded)
    order: Order = Order.TAKEN

    def but(self, **changes: Any) -> Search:
        """Return it with other things asked for."""
        return replace(self, **changes)

    def said(self, what: str) -> tuple[Any, ...]:
        """Return all of a list that is asked for or left out."""
        return (*getattr(self, what), *getattr(self.excluded, what))

    @property
    def album(self) -> int | None:
        """The one album that is asked for, in whose order photos may come."""
        return self.albums[0] if len(self.albums) == 1 else None

    def without_albums(self) -> Search:
        return self.but(albums=(), excluded=self.excluded.but(albums=()))
