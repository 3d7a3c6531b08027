"""Says why a face has its name, a question or neither: from stored encodings, without touching a pixel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
from django.db.models import Q
from numpy.typing import NDArray

from analysis.matching import Calibration
from analysis.naming import Answer, Limits, Seen, Way, rank
from analysis.reasons import Reasoned, explain
from analysis.results import Array
from gallery import installed
from gallery.models import Face, KnownEncoding, Person, Roster
from gallery.models.face_queries import Mark, NamedBy
from gallery.services import knowledge, levels, lives, matching, nearest
from gallery.services.guesses import Row
from gallery.services.levels import Leveled
from gallery.services.matcher import Matcher
from gallery.services.rules import Rules

PRINTED = 1000  # Of the distances that the study would have printed, at most.


@dataclass(frozen=True, slots=True)
class Near:
    """Somebody near a face, and the nearest of the encodings by which they are known.

    `share` is how many pairs of strangers lie nearer, `probability` how likely it is them; both are None
    where no map says what distances mean. `number` is that of the photo's face that was given to them,
    `grown` by how much further they count, because a child has grown since, `poorer` because this known
    face is a poor one beside others of theirs. `told` is the probability by the roster's network, where one
    tells people and knows them; `share` is then of strangers as likely.
    """

    person: Person
    known: KnownEncoding
    reasoned: Reasoned
    share: float | None = None
    probability: float | None = None
    number: int = 0
    grown: float = 0.0
    poorer: float = 0.0
    told: float | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a face is whom it is: the people near it, best first, and who are out of the question.

    These are whom a human refused for it, and whom dates rule out of those near it. `seen` is the face
    as naming takes it. `printed` are the plain distances to what is known, in the order in which it became
    known, `compared` how many there are. `is_as_shown` is whether the page of the photo says the same.
    """

    face: Face
    limits: Limits
    people: int
    way: Way
    is_plain: bool
    is_mapped: bool
    seen: Seen
    near: Sequence[Near] = ()
    refused: Sequence[Near] = ()
    ruled_out: Sequence[Near] = ()
    printed: Sequence[float] = ()
    compared: int = 0
    is_as_shown: bool = True
    is_by_network: bool = False

    @property
    def is_by_votes(self) -> bool:
        return self.way is Way.VOTE

    @property
    def first(self) -> Near | None:
        """Whoever it is; else who comes first."""
        named = [one for one in self.near if one.reasoned.answer]
        return next(iter(named or self.near), None)

    @property
    def answer(self) -> Answer | None:
        return self.first.reasoned.answer if self.first else None


def why(face: Face) -> Explanation:
    """Return why the face has its name, a question or neither; it comes with its photo.

    It is computed as names are guessed, from what is stored now; of a face that a human named it is what
    would be said without that word. However many people there are, the queries are as many.
    """
    there = _read(face)
    seen = there.seen()
    near = explain(
        seen,
        there.at,
        there.limits,
        there.taken,
        there.rules.way,
        is_each_alone=there.rules.is_plain or face.photo.is_collage,
    )
    apart = there.apart()
    outside = there.outside(apart, seen[there.at])
    people = [one.likeness.person for one in [*near, *outside.refused, *outside.ruled_out]]
    shown = _Shown.of(there, apart, people, seen[there.at])
    found = Explanation(
        face=face,
        limits=there.limits,
        people=there.roster.counted,
        way=there.rules.way,
        is_plain=there.rules.is_plain,
        is_mapped=there.calibration is not None,
        seen=seen[there.at],
        near=[*map(shown.near, near)],
        refused=[*map(shown.near, outside.refused)],
        ruled_out=[*map(shown.near, outside.ruled_out)],
        printed=apart.plain[:PRINTED].tolist(),
        compared=len(apart.plain),
        is_by_network=there.told is not None,
    )
    return replace(found, is_as_shown=face.is_named or _is_shown(face, found))


class _Apart(NamedTuple):
    """A face's distances (k,) to all that is known: plain, normalised, what counts; who can't be it.

    `weakness` is what of these counts because a known face is a poor one beside others of its person.
    """

    plain: Array
    fair: Array
    counted: Array
    never: NDArray[np.bool_]
    weakness: Array


class _Outside(NamedTuple):
    """Who is out of the question for a face, nearest first."""

    refused: Sequence[Reasoned]
    ruled_out: Sequence[Reasoned]


@dataclass(frozen=True, slots=True)
class _Read:
    """What is read to explain a face: its photo's faces as `rows`, itself `at`, and what is known."""

    face: Face
    roster: Roster
    numbers: dict[int, int]
    rows: list[Row]
    at: int
    taken: set[int]
    known: list[Leveled]
    refused: Mapping[int, Set[int]]
    matcher: Matcher
    limits: Limits
    calibration: Calibration | None
    told: Mapping[int, float] | None

    @property
    def rules(self) -> Rules:
        return self.matcher.rules

    @property
    def people(self) -> NDArray[np.int64]:
        """Whose each known encoding is, (k,)."""
        return np.array([one.person_id for one in self.known], np.int64)

    def seen(self) -> list[Seen]:
        """Return the photo's faces as naming takes them; of this one the nearest people, however far."""
        near = self.matcher.near(self.rows, self.refused)
        if self.known:
            row, known = self.rows[self.at], self.matcher.known[self.face.encoder]
            near[row.pk] = self.matcher.ranking([row], known, self.face.encoder, self.refused).of(0)
        return [self.rules.seen(row, near[row.pk]) for row in self.rows]

    def apart(self) -> _Apart:
        if not self.known:
            nothing = np.empty(0, np.float32)
            return _Apart(nothing, nothing, nothing, np.empty(0, np.bool_), nothing)
        row, known = self.rows[self.at], self.matcher.known[self.face.encoder]
        plain, counted, never = self.matcher.apart([row], known)
        fair = self.matcher.fair(plain, [row], known)
        is_never = np.zeros(len(plain[0]), np.bool_) if never is None else never[0]
        weakness = np.zeros_like(fair[0]) if self.rules.is_plain else known.weakness
        return _Apart(plain[0], fair[0], counted[0], is_never, weakness)

    def outside(self, apart: _Apart, mine: Seen) -> _Outside:
        """Return whom a human refused for the face, and whom dates rule out though they look like it."""
        people = self.people
        is_refused = np.isin(people, list(self.refused.get(self.face.pk, ())))
        is_near = apart.never & ~is_refused & (apart.fair <= self.limits.maybe)

        def ranked(which: NDArray[np.bool_]) -> list[Reasoned]:
            plain, fair = apart.plain[None, which], apart.fair[None, which]
            found = rank(plain, fair, people[which], self.limits.maybe)
            return [Reasoned(one, self.limits.score(mine, one), None) for one in found.of(0)]

        return _Outside(ranked(is_refused), ranked(is_near))


@dataclass(frozen=True, slots=True)
class _Shown:
    """What pages show of people near a face."""

    there: _Read
    mine: Seen
    people: dict[int, Person]
    known: dict[int, KnownEncoding]
    grown: dict[int, float]
    poorer: dict[int, float]

    @classmethod
    def of(cls, there: _Read, apart: _Apart, people: list[int], mine: Seen) -> _Shown:
        """Read the people with these keys, told apart, and the nearest encoding of each."""
        nearest: dict[int, int] = {}
        for at in np.argsort(apart.counted, kind="stable").tolist():
            if there.known[at].person_id in people:
                nearest.setdefault(there.known[at].person_id, at)
        keys = [there.known[at].pk for at in nearest.values()]
        encodings = KnownEncoding.objects.filter(pk__in=keys).select_related("face")
        further = apart.counted - apart.fair
        return cls(
            there,
            mine,
            Person.objects.filter(pk__in=nearest).told_apart().in_bulk(),
            {one.person_id or 0: one for one in encodings.defer("vector", "face__encoding")},
            {pk: float(further[at] - apart.weakness[at]) for pk, at in nearest.items()},
            {pk: float(apart.weakness[at]) for pk, at in nearest.items()},
        )

    def near(self, one: Reasoned) -> Near:
        there, pk = self.there, one.likeness.person
        found = Near(
            person=self.people[pk],
            known=self.known[pk],
            reasoned=one,
            number=there.numbers[there.rows[one.face].pk] if one.face is not None else 0,
            grown=self.grown[pk],
            poorer=self.poorer[pk],
        )
        if there.told and pk in there.told:
            found = replace(found, told=there.told[pk])
        if there.calibration is None:
            return found
        # What a distance means for a child is what a larger one means for others.
        distance = one.likeness.normalised + there.limits.for_child(self.mine)
        return replace(
            found,
            share=there.calibration.share_of_strangers(distance),
            probability=there.calibration.probability(distance, there.roster.counted)
            if found.told is None
            else found.told,
        )


def _read(face: Face) -> _Read:
    roster = Roster.objects.of(face.photo.owner_id)
    on_photo = Face.objects.filter(photo=face.photo_id)
    keys = on_photo.left_to_right().values_list("pk", flat=True)
    numbers = {pk: number for number, pk in enumerate(keys, start=1)}
    face.number = numbers.get(face.pk, 0)
    may_be = Q(mark=Mark.NONE) & ~Q(named_by=NamedBy.HUMAN)
    some = on_photo.filter(may_be | Q(pk=face.pk), encoder=face.encoder)
    rows = matching.read(some.order_by("pk"))
    named = on_photo.filter(named_by=NamedBy.HUMAN).exclude(pk=face.pk)
    # A face is no evidence for itself.
    comparable = KnownEncoding.objects.of(roster).filter(encoder=face.encoder)
    known = levels.of_known(comparable.exclude(face=face.pk))
    rules = Rules.of(roster)
    born = lives.of(KnownEncoding.objects.of(roster))
    found = installed.population()
    is_mapped = found is not None and found.encoder == face.encoder and not roster.is_plain
    return _Read(
        face=face,
        roster=roster,
        numbers=numbers,
        rows=rows,
        at=[row.pk for row in rows].index(face.pk),
        taken=set(named.values_list("person", flat=True)),
        known=known,
        refused=nearest.refused([row.pk for row in rows]),
        matcher=Matcher(rules, {face.encoder: knowledge.stacked(known, born)} if known else {}),
        limits=rules.limits(face.encoder),
        calibration=found.calibration if found and is_mapped else None,
        told=told.of(0) if (told := rules.told(face.encoding[None], face.encoder)) else None,
    )


def _is_shown(face: Face, found: Explanation) -> bool:
    """Return whether the photo's page says the same of the face."""
    answer = found.answer
    who = found.first.person.pk if found.first and answer else None
    shown = face.suggestion_id, face.person_id
    return shown == ((who, None) if answer is Answer.MAYBE else (None, who))
