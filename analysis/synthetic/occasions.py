"""Who is on which photo of a made library, and when: occasions to which families and friends come."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analysis.synthetic.people import Cast
from analysis.synthetic.spreads import Flags, Floats, Numbers

ONCE = 0.6  # of the faces are of people who are there once
KNOWN = 2 / 3  # of the others are of known people
PHOTOS = 12  # of an occasion, on average
MEMBERS = 12  # of a circle, at most
FRIENDS = 5
COMES = 0.7  # of a circle to an occasion
TIMES = 4  # that others are seen, on average
DAY = 86400.0


@dataclass(frozen=True, slots=True, eq=False)
class Photos:
    """Of each photo: ascending seconds since the first day, the occasion, and how many faces it has."""

    seconds: Floats
    occasions: Numbers
    counts: Numbers

    @property
    def of_faces(self) -> Numbers:
        """Return the photo of each face."""
        return np.repeat(np.arange(len(self.counts)), self.counts)


def photos(random: np.random.Generator, count: int, faces: int, days: float) -> Photos:
    """Return so many photos with so many faces in all, more of them as years go by."""
    begins = random.random(count) < 1 / PHOTOS
    begins[0] = True
    occasions = np.cumsum(begins) - 1
    dates = np.sort(np.floor(days * random.random(occasions[-1] + 1) ** 0.6))
    starts = dates * DAY + random.uniform(8, 19, len(dates)) * 3600
    gaps = random.exponential(300, count) + 2
    gaps[begins] = 0
    since = np.cumsum(gaps)
    since -= since[np.searchsorted(occasions, occasions)]
    seconds = np.sort(starts[occasions] + np.minimum(since, 5 * 3600))
    weights = random.gamma(2.0, size=count)
    counts = random.multinomial(faces, weights / weights.sum())
    return Photos(seconds, occasions, counts)


def people_on(
    random: np.random.Generator, taken: Photos, cast: Cast, first_day: float
) -> tuple[Numbers, int]:
    """Return who each face is, and how many people are seen again who are not of the cast.

    Numbers up to that of the cast are its people, then come those others, then those who are seen once.
    Nobody is twice on a photo.
    """
    of_faces = taken.of_faces
    circles = _circles(random, cast)
    chances = (np.arange(len(circles)) + 1.0) ** -0.7
    went = random.choice(len(circles), size=taken.occasions[-1] + 1, p=chances / chances.sum())
    circle_of = went[taken.occasions]

    once = _once(random, of_faces, taken.counts)
    is_known = ~once & (random.random(len(of_faces)) < KNOWN)
    people = np.full(len(of_faces), -1)
    came = _who_came(random, taken, cast, circles, circle_of, first_day)
    rank = _ranks(of_faces, is_known)
    fits = np.flatnonzero(is_known & (rank < MEMBERS))
    people[fits] = came[of_faces[fits], rank[fits]]
    others = ~once & (people < 0)
    others_there = _others(random, taken, of_faces, others, circle_of, people, len(cast))
    late = taken.seconds > (cast.born.max() - first_day) * DAY
    _see_again(random, of_faces, people, len(cast), late[of_faces])
    strangers = np.flatnonzero(people < 0)
    people[strangers] = len(cast) + others_there + np.arange(len(strangers))
    return people, others_there


def _circles(random: np.random.Generator, cast: Cast) -> Numbers:
    """Return the members of each circle, (c, MEMBERS), the family first, then friends; -1 is nobody."""
    count = int(cast.families[-1]) + 1
    members = np.full((count, MEMBERS), -1)
    place = np.arange(len(cast)) - np.searchsorted(cast.families, cast.families)
    members[cast.families, place] = np.arange(len(cast))
    sizes = np.bincount(cast.families)
    friends = random.integers(len(cast), size=(count, FRIENDS))
    for number in range(FRIENDS):
        column = sizes + number
        is_new = (members != friends[:, number, None]).all(axis=1) & (column < MEMBERS)
        rows = np.flatnonzero(is_new)
        members[rows, column[rows]] = friends[rows, number]
    return members


def _who_came(
    random: np.random.Generator,
    taken: Photos,
    cast: Cast,
    circles: Numbers,
    circle_of: Numbers,
    first_day: float,
) -> Numbers:
    """Return the members of the circle in the order in which they are on each photo, (n, MEMBERS)."""
    members = circles[circle_of]
    days = first_day + taken.seconds / DAY
    there = (members >= 0) & (cast.born[members] < days[:, None])
    comes = random.random((taken.occasions[-1] + 1, MEMBERS)) < COMES
    there &= comes[taken.occasions]
    # The largest of logarithms of weights with Gumbel's noise: drawn without putting back.
    keys = random.gumbel(size=members.shape) - 0.4 * np.arange(MEMBERS)
    order = np.argsort(np.where(there, -keys, np.inf), axis=1)
    found = np.take_along_axis(np.where(there, members, -1), order, axis=1)
    return np.asarray(found)


def _once(random: np.random.Generator, of_faces: Numbers, counts: Numbers) -> Flags:
    """Return which faces are of people who are there once: those of crowds, and most of some photos."""
    place = np.arange(len(of_faces)) - np.repeat(np.cumsum(counts) - counts, counts)
    keys = random.random(len(of_faces)) + 0.5 * (place >= 2) + random.random(len(counts))[of_faces]
    once = np.zeros(len(of_faces), dtype=bool)
    wanted = round(ONCE * len(of_faces))
    once[np.argsort(-keys)[:wanted]] = True
    return once


def _ranks(groups: Numbers, chosen: Flags) -> Numbers:
    """Return which of the chosen of its group each is, from 0; groups are ascending."""
    before: Numbers = np.cumsum(chosen) - chosen
    return np.asarray(before - before[np.searchsorted(groups, groups)])


def _others(
    random: np.random.Generator,
    taken: Photos,
    of_faces: Numbers,
    others: Flags,
    circle_of: Numbers,
    people: Numbers,
    known: int,
) -> int:
    """Give the faces to people whom the circle meets; return how many these are."""
    count = int(circle_of.max()) + 1
    rank = _ranks(of_faces, others)
    circles = circle_of[of_faces]
    most = np.zeros(count, np.int64)
    np.maximum.at(most, circles[others], rank[others] + 1)
    wanted = -(-np.bincount(circles[others], minlength=count) // TIMES)
    sizes = np.maximum(most, wanted)
    starts = np.cumsum(sizes) - sizes
    # Those of one occasion are met together.
    met = random.integers(1 << 30, size=taken.occasions[-1] + 1)[taken.occasions]
    met = met + random.integers(3, size=len(met))
    faces = np.flatnonzero(others)
    circle = circles[faces]
    number = (met[of_faces[faces]] + rank[faces]) % sizes[circle]
    people[faces] = known + starts[circle] + number
    return int(sizes.sum())


def _see_again(
    random: np.random.Generator, of_faces: Numbers, people: Numbers, known: int, late: Flags
) -> None:
    """Have all known people be there twice at least, and others again so that ONCE stays what it is.

    `people` is -1 where somebody is seen once; `late` are the faces of photos from after all births.
    """
    seen = np.bincount(people[people >= 0], minlength=known)
    lacking = np.repeat(np.arange(known), np.maximum(0, 2 - seen[:known]))
    lacking = _put(random, of_faces, people, late & (people >= known), lacking)
    lacking = _put(random, of_faces, people, late & (people < 0), lacking)
    seen = np.bincount(people[people >= 0], minlength=known)
    singles = known + np.flatnonzero(seen[known:] == 1)
    # Each of these takes a face of somebody who was to be there once, too.
    some = random.permutation(singles)[: len(singles) // 2]
    _put(random, of_faces, people, people < 0, some)


def _put(
    random: np.random.Generator, of_faces: Numbers, people: Numbers, free: Flags, wanted: Numbers
) -> Numbers:
    """Have some of the free faces be the wanted people; return those for whom there was none."""
    places = np.flatnonzero(free)
    # One of a photo at most, so that none of these meets themselves there.
    places = random.permutation(places[np.unique(of_faces[places], return_index=True)[1]])
    chosen, people_there = places[: len(wanted)], wanted[: len(places)]
    last = np.full(max(wanted.max(initial=0), people.max()) + 1, -1)
    last[people[people >= 0]] = of_faces[people >= 0]
    elsewhere = last[people_there] != of_faces[chosen]
    people[chosen[elsewhere]] = people_there[elsewhere]
    return np.concatenate([people_there[~elsewhere], wanted[len(places) :]])
