"""From distances to names: who is surely, who may be on a photo. NumPy alone, so also in the web process.

Three answers: *sure* (shown as a guess, counted), *maybe* (asked, never shown as a name) and nobody. Limits
follow from the calibration of distances (`analysis.matching`), how many strangers may get a name, and how
many people are known: of n a stranger's nearest is n times as likely to be near as one of them.

Measured on LFW (307 people with several photos and 179 with one, by one photo; 358 strangers; 8 draws) and
random rosters of it, accepting 1 in 100 strangers: strangers named, known people named right, and wrongly,

    people     2               5               20              100             486
    limit      0.597           0.574           0.543           0.512           0.486
    nearest    1.0  98.7  0    1.0  96.0  .07  1.0  92.3  .24  1.0  86.3  .08  0.8  77.4  .05
    here       1.0  98.7  0    1.0  96.0  0    0.6  90.0  0    0.7  86.6  0    0.5  77.1  .02

in percent. With as many strangers named as without the margin, it is 79 % of 486.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from analysis.assignment import best_assignment
from analysis.matching import Calibration
from analysis.results import Array

# People kept as the nearest of a face.
NEAREST = 5
# Of strangers' pairs at most, however few people are known: beyond, a pair is as likely two people.
MOST_SURE = 5e-3
MOST_MAYBE = 1e-2
# A question may be asked about so many more strangers than may get a name.
ASKED = 20
# How much a face counts as further away, by how much nearer its next people are than a stranger's would be.
MARGIN = 0.4
# And as nearer, at most, where the others are further.
BONUS = 0.02
# Of next people who would be that near to less than this share of strangers. Among a few people there are
# none: those of a family look alike, and not as chance has it.
COMMON = 0.1
# Further away is nobody, as is whoever is out of the question, at an infinite distance.
FURTHEST = 1e9
CLOSE = 0.02  # Whoever is not nearer than all others by this is asked about.


class Way(Enum):
    """By what people are told: the nearest encoding, the study's votes, or `analysis.roster_network`."""

    NEAREST = "nearest"
    VOTE = "vote"
    CLASSIFIER = "classifier"


BY_DISTANCE = (Way.NEAREST, Way.VOTE)


class Answer(Enum):
    SURE = "sure"
    MAYBE = "maybe"


@dataclass(frozen=True, slots=True)
class Likeness:
    """A person near a face: the distance to their nearest known encoding, plain and normalised.

    `votes` is how many of their known encodings are nearer than the limit.
    """

    person: int
    plain: float
    normalised: float
    votes: int = 0


@dataclass(frozen=True, slots=True)
class Seen:
    """A face to name, with its nearest people, best first; a doubtful one is never sure."""

    nearest: Sequence[Likeness]
    is_doubtful: bool = False
    is_child: bool = False


@dataclass(frozen=True, slots=True)
class Named:
    """Who a face is, and how sure that is."""

    answer: Answer
    likeness: Likeness


@dataclass(frozen=True, slots=True)
class Limits:
    """Up to which normalised distance somebody is sure, or may be asked about.

    Children's faces count as further away by `children`. `expected` is how far the second, third and
    further nearest of so many people are from a stranger: if those are nearer, a face counts as further. Of
    people who are as near, but for `close`, none is sure, nor is whoever is not the nearest. Who is further
    than `reach` is nobody's business: how far makes no difference to what a face is called.
    """

    sure: float
    maybe: float
    children: float = 0.0
    expected: tuple[float, ...] = ()
    close: float = 0.0
    reach: float = math.inf

    @classmethod
    def of(cls, calibration: Calibration, people: int, strangers: float) -> Limits:
        """Return those by which `strangers`, a share, may get a name where so many people are known."""
        people = max(1, people)
        sure = min(MOST_SURE, strangers / people)
        maybe = min(MOST_MAYBE, ASKED * strangers / people)
        shares = ((rank - 0.5) / people for rank in range(2, NEAREST + 1))
        common = [share for share in shares if share <= COMMON]
        away = calibration.distance_of_strangers
        return cls(
            away(sure),
            away(maybe),
            calibration.children,
            tuple(map(away, common)),
            CLOSE,
            max(away(COMMON), away(maybe) + BONUS),
        )

    def without_margin(self) -> Limits:
        """Return those for a network, which has weighed all others already."""
        return replace(self, expected=())

    @classmethod
    def plain(cls, tolerance: float) -> Limits:
        """Return the study's: the nearest person within the tolerance is it, and nobody is asked about."""
        return cls(tolerance, tolerance, reach=tolerance)

    @classmethod
    def unsure(cls, tolerance: float) -> Limits:
        """Return those of distances of which no map says what they mean: people are only asked about."""
        return cls(-1.0, tolerance, reach=tolerance)

    @property
    def furthest(self) -> float:
        """The normalised distance beyond which nobody can be who a face is, however far the others are."""
        return self.maybe + BONUS

    def score(self, face: Seen, one: Likeness) -> float:
        """Return the distance that counts: more for a child, and where others are nearly as near."""
        return one.normalised + self.for_child(face) + self.margin(face, one)

    def may_be_somebody(self, nearest: Sequence[Likeness]) -> bool:
        """Return whether a face may be one of these; any other is nobody, whatever else is on its photo."""
        return any(one.normalised <= self.furthest for one in nearest)

    def for_child(self, face: Seen) -> float:
        """Return by how much whoever it may be counts as further away, because the face is a child's."""
        return self.children if face.is_child else 0.0

    def margin(self, face: Seen, one: Likeness) -> float:
        """Return by how much one counts as further away, for how near the others are; it may be below 0."""
        away = [other.normalised for other in face.nearest if other.person != one.person]
        # By votes they come in another order, and whoever is out of reach may be there or not.
        others = sorted(min(other, self.reach) for other in away)
        apart = [
            wanted - other
            for wanted, other in zip_longest(self.expected, others, fillvalue=self.reach)
        ][: len(self.expected)]
        return max(-BONUS, MARGIN * sum(apart) / len(apart)) if apart else 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """The nearest people of n faces, best first, as arrays (n, NEAREST): -1 and infinity are nobody."""

    people: NDArray[np.int64]
    plain: Array
    normalised: Array
    votes: NDArray[np.int64]

    def of(self, row: int) -> list[Likeness]:
        """Return the people of one face."""
        columns = (self.people, self.plain, self.normalised, self.votes)
        found = zip(*(values[row].tolist() for values in columns), strict=True)
        return [Likeness(*numbers) for numbers in found if numbers[0] >= 0]

    def within(self, limits: Limits) -> NDArray[np.bool_]:
        """Return (n,) which faces may be somebody; all others are nobody, whatever else is on the photo."""
        return np.asarray((self.normalised <= limits.furthest).any(axis=1))


def rank(
    plain: Array,
    fair: Array,
    people: NDArray[np.int64],
    limit: float,
    way: Way = Way.NEAREST,
    reach: float = math.inf,
) -> Ranking:
    """Return the nearest people of n faces by their distances to k known encodings, none beyond `reach`.

    `plain` and `fair` (normalised) are (n, k), `people` (k,) says whose each known encoding is. An encoding
    nearer than `limit` has a vote. The nearest is best; by votes it is who has most, then the nearest. At
    an infinite distance is somebody whom the face can't be.
    """
    if (np.diff(people) < 0).any():
        order = np.argsort(people, kind="stable")
        plain, fair, people = plain[:, order], fair[:, order], people[order]
    ids, starts, lengths = np.unique(people, return_index=True, return_counts=True)
    shape = len(plain), NEAREST
    found = Ranking(
        np.full(shape, -1, np.int64),
        np.full(shape, np.inf, np.float32),
        np.full(shape, np.inf, np.float32),
        np.zeros(shape, np.int64),
    )
    if not len(ids):
        return found
    away = np.minimum.reduceat(fair, starts, axis=1)
    by_votes = way is Way.VOTE
    votes = np.add.reduceat((fair <= limit).astype(np.int64), starts, axis=1) if by_votes else None
    best = best_of(away, votes)
    count = best.shape[1]
    # Of the best people's known encodings alone: of all of them it takes as long as all the rest.
    within = np.arange(lengths[best].max(initial=1))
    mine = within < lengths[best][:, :, None]
    at = np.where(mine, starts[best][:, :, None] + within, starts[best][:, :, None])
    rows = np.arange(len(plain))[:, None, None]
    theirs = np.where(mine, fair[rows, at], np.float32(np.inf))
    # The plain distance is to the encoding that is nearest by the normalised one: both are of one face.
    nearest = np.take_along_axis(at, theirs.argmin(axis=2)[:, :, None], 2)[:, :, 0]
    found.normalised[:, :count] = np.take_along_axis(away, best, 1)
    found.plain[:, :count] = np.take_along_axis(plain, nearest, 1)
    found.votes[:, :count] = (theirs <= limit).sum(axis=2)
    is_there = found.normalised[:, :count] <= min(reach, FURTHEST)
    found.people[:, :count] = np.where(is_there, ids[best], -1)
    return found


def best_of(away: Array, votes: NDArray[np.int64] | None = None) -> NDArray[np.intp]:
    """Return the columns (n, NEAREST or fewer) of the best of p people for n faces, best first.

    `away` (n, p) is how far each person's nearest encoding is; `votes` (n, p) how many they have, if these
    decide.
    """
    count = min(NEAREST, away.shape[1])
    # A vote counts for more than any distance does.
    keys = away if votes is None else away - 10.0 * votes
    best = np.argpartition(keys, count - 1, axis=1)[:, :count]
    return np.take_along_axis(best, np.take_along_axis(keys, best, 1).argsort(axis=1), 1)


def name_each(faces: Sequence[Seen], limits: Limits, way: Way = Way.NEAREST) -> list[Named | None]:
    """Return the best person of each face, if within the limits, whoever the others are."""
    return [_named(face, face.nearest[0], limits, way) if face.nearest else None for face in faces]


def name_photo(
    faces: Sequence[Seen],
    limits: Limits,
    taken: Collection[int] = (),
    way: Way = Way.NEAREST,
) -> list[Named | None]:
    """Return who each face of one photo is, nobody twice, and nobody who is `taken` by a human's word.

    Of all ways to give people to faces it is the one by which they are nearest in sum (or have most votes),
    not the one that comes first.
    """
    people = sorted({one.person for face in faces for one in face.nearest} - set(taken))
    columns = {person: column for column, person in enumerate(people)}
    gains = np.zeros((len(faces), len(people)))
    likenesses: dict[tuple[int, int], Likeness] = {}
    for row, face in enumerate(faces):
        for one in face.nearest:
            if one.person in columns and (left := limits.maybe - limits.score(face, one)) > 0:
                place = row, columns[one.person]
                likenesses[place] = one
                gains[place] = left + (one.votes if way is Way.VOTE else 0)
    found: list[Named | None] = [None] * len(faces)
    for place in best_assignment(gains):
        found[place[0]] = _named(faces[place[0]], likenesses[place], limits, way)
    return found


def _named(face: Seen, one: Likeness, limits: Limits, way: Way) -> Named | None:
    score = limits.score(face, one)
    if score > limits.maybe:
        return None
    is_sure = (
        score <= limits.sure and not face.is_doubtful and not has_rival(face, one, limits, way)
    )
    return Named(Answer.SURE if is_sure else Answer.MAYBE, one)


def has_rival(face: Seen, one: Likeness, limits: Limits, way: Way) -> bool:
    """Return whether another person is about as near, or nearer; by votes, or has more of them."""
    others = [other for other in face.nearest if other.person != one.person]
    if way is Way.VOTE:
        if any(other.votes > one.votes for other in others):
            return True
        others = [other for other in others if other.votes == one.votes]
    return any(other.normalised < one.normalised + limits.close for other in others)
