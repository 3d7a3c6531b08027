"""A made library: planned as a whole, drawn some photos at a time so that memory does not grow with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from analysis.born import YEAR
from analysis.matching import Population
from analysis.results import Array
from analysis.synthetic import frames, looks, occasions
from analysis.synthetic.frames import CAMERAS, Boxes
from analysis.synthetic.looks import Looks, Seen
from analysis.synthetic.names import names
from analysis.synthetic.occasions import DAY, Photos
from analysis.synthetic.people import Traits, cast, traits
from analysis.synthetic.spreads import Flags, Floats, Numbers, Space

# Fixed, so that a seed alone says what is made.
FIRST_DAY, LAST_DAY = date(2012, 1, 1), date(2025, 12, 31)
PHOTOS_AT_A_TIME = 2000
EYES = 0.42  # of a face's width: how far the eyes are apart
CHILDREN = 0.12  # of those who are seen once


@dataclass(frozen=True, slots=True)
class Wanted:
    """How large a library is, with how many known people by how many faces each."""

    faces: int
    photos: int
    people: int
    known_faces: int = 5
    seed: int = 1

    def check(self) -> None:
        """Raise ValueError where there can be no such library."""
        if min(self.people, self.photos, self.known_faces) < 1:
            raise ValueError("There have to be a person, known by a face, and a photo at least.")
        if self.faces < 20 * self.people:
            raise ValueError(
                f"{self.people} known people need {20 * self.people} faces at least: most are of others."
            )


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Photos `first` to `last` of a library and their n faces.

    `seconds`, `cameras` and `chances`, drawn from 0 to 1, are of the photos, all else is of the faces, of
    which `photo` (n,) counts from `first`. `size` is how far the eyes are apart, in pixels.
    """

    first: int
    last: int
    seconds: Floats
    cameras: Numbers
    chances: Floats
    photo: Numbers
    people: Numbers
    is_known: Flags
    encodings: Array
    boxes: Boxes
    landmarks: Array
    size: Floats
    looks: Looks
    seen: Seen


class Library:
    """A library of made people; `people` (n,) says who each face is, in the order of the photos.

    The first `wanted.people` of them are known, by the faces `is_known` (n,).
    """

    def __init__(self, wanted: Wanted, population: Population) -> None:
        wanted.check()
        self.wanted, self._space = wanted, Space(population)
        random = self._random("plan")
        first, last = FIRST_DAY.toordinal(), LAST_DAY.toordinal()
        self.known = cast(random, self._space, wanted.people, first, last)
        self.names = names(random, self.known.families, self.known.traits.is_male)
        self.photos: Photos = occasions.photos(random, wanted.photos, wanted.faces, last - first)
        self.people, others = occasions.people_on(random, self.photos, self.known, first)
        self._others = cast(random, self._space, others, first, first)
        self.is_known = self._known_by(random)
        cameras = random.integers(len(CAMERAS), size=self.photos.occasions[-1] + 1)
        self._cameras = cameras[self.photos.occasions]
        self._first = first

    @property
    def again(self) -> int:
        """How many people may be there more than once: numbers from this on are of those who are once."""
        return len(self.known) + len(self._others)

    def batches(self) -> Iterator[Batch]:
        """Yield all photos and faces, PHOTOS_AT_A_TIME photos each."""
        ends = np.cumsum(self.photos.counts)
        for first in range(0, self.wanted.photos, PHOTOS_AT_A_TIME):
            last = min(first + PHOTOS_AT_A_TIME, self.wanted.photos)
            start = int(ends[first] - self.photos.counts[first])
            yield self._batch(first, last, slice(start, int(ends[last - 1])))

    def _batch(self, first: int, last: int, faces: slice) -> Batch:
        random = self._random("batch", first)
        counts = self.photos.counts[first:last]
        photo = np.repeat(np.arange(last - first), counts)
        place = np.arange(len(photo)) - np.repeat(np.cumsum(counts) - counts, counts)
        cameras = self._cameras[first:last]
        wide, high = (np.array(edge)[cameras] for edge in list(zip(*CAMERAS, strict=True))[:2])
        found = frames.boxes(random, place, counts[photo], wide[photo], high[photo])
        size = EYES * (found.right - found.left) * random.uniform(0.9, 1.1, len(photo))
        people, is_known = self.people[faces], self.is_known[faces]
        days = self._first + self.photos.seconds[first:last][photo] / DAY
        who, ages = self._who(random, people, days)
        said, seen = looks.looks(random, who, ages), looks.seen(random, size, is_known)
        encodings = self._space.faces(random, who.homes, who.places, ages, seen.quality)
        return Batch(
            first, last, self.photos.seconds[first:last], cameras, random.random(len(cameras)), photo,
            people, is_known, encodings, found, frames.landmarks(found, seen.roll), size, said, seen,
        )  # fmt: skip

    def _who(
        self, random: np.random.Generator, people: Numbers, days: Floats
    ) -> tuple[Traits, Floats]:
        """Return of each face whose it is, and how old they are on that day."""
        count = len(people)
        found = traits(random, self._space, random.integers(self._space.homes, size=count))
        is_child = random.random(count) < CHILDREN
        grown = 16 + random.gamma(4, 6, count)
        ages = np.where(is_child, random.uniform(0.5, 15, count), grown)
        for some, start in ((self.known, 0), (self._others, len(self.known))):
            at = np.flatnonzero((people >= start) & (people < start + len(some)))
            who = people[at] - start
            found.put(at, some.traits[who])
            ages[at] = (days[at] - some.born[who]) / YEAR
        return found, ages

    def _known_by(self, random: np.random.Generator) -> Flags:
        """Return which faces are those that their known people are known by, drawn from all of theirs."""
        known = np.flatnonzero(self.people < len(self.known))
        mixed = known[np.lexsort((random.random(len(known)), self.people[known]))]
        people = self.people[mixed]
        rank = np.arange(len(mixed)) - np.searchsorted(people, people)
        is_known = np.zeros(len(self.people), dtype=bool)
        is_known[mixed[rank < self.wanted.known_faces]] = True
        return is_known

    def _random(self, what: str, number: int = 0) -> np.random.Generator:
        return np.random.default_rng([self.wanted.seed, *what.encode(), number])
