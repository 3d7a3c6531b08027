"""Why somebody is a face's name, is only asked about, or is neither although near: what `naming` went by.

The answers are those of `naming.name_photo`, by asking it; the reasons are taken from the same limits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from analysis.naming import (
    Answer,
    Likeness,
    Limits,
    Named,
    Seen,
    Way,
    has_rival,
    name_each,
    name_photo,
)


class Reason(Enum):
    """What stands between somebody and being surely whom a face shows."""

    # No name, nor a question.
    FAR = "far"
    TAKEN = "taken"  # A human named another face of the photo so.
    ELSEWHERE = "elsewhere"  # They are another face of the photo, if all faces together fit best.
    ANOTHER = "another"  # Somebody else is nearer, or has more votes.
    # A question instead of a name, or not even that.
    CHILD = "child"
    MARGIN = "margin"  # Others are nearly as near.
    # A question instead of a name.
    RIVAL = "rival"  # Somebody else is as near, or nearer.
    BETWEEN = "between"  # Within the limit of questions, not of names.
    DOUBTFUL = "doubtful"


@dataclass(frozen=True, slots=True)
class Reasoned:
    """Somebody near a face: what they are to it, and what stands in the way of more.

    `score` is the distance that counted, `face` the other face of the photo whom they are given to.
    """

    likeness: Likeness
    score: float
    answer: Answer | None
    reasons: tuple[Reason, ...] = ()
    face: int | None = None


def explain(
    faces: Sequence[Seen],
    number: int,
    limits: Limits,
    taken: Collection[int] = (),
    way: Way = Way.NEAREST,
    *,
    is_each_alone: bool = False,
) -> list[Reasoned]:
    """Return everybody near the face of that number among those of its photo, best first, and why.

    `taken`, `way` and `limits` are those of `naming.name_photo`; with `is_each_alone` it is as `name_each`
    does.
    """
    face = faces[number]
    if is_each_alone:
        named, given = name_each(faces, limits, way), {}
    else:
        named = name_photo(faces, limits, taken, way)
        given = {one.likeness.person: at for at, one in enumerate(named) if one}
    found = []
    for one in face.nearest:
        hindrance = None
        if one.person in taken and not is_each_alone:
            hindrance = Reason.TAKEN
        elif one.person in given:
            hindrance = Reason.ELSEWHERE
        elif named[number] or (is_each_alone and one is not face.nearest[0]):
            hindrance = Reason.ANOTHER
        reasoned = _reasoned(face, one, named[number], limits, way, hindrance)
        is_elsewhere = Reason.ELSEWHERE in reasoned.reasons
        found.append(replace(reasoned, face=given[one.person]) if is_elsewhere else reasoned)
    return found


def _reasoned(
    face: Seen,
    one: Likeness,
    named: Named | None,
    limits: Limits,
    way: Way,
    hindrance: Reason | None,
) -> Reasoned:
    """Return the reasons of one, whom `hindrance` keeps from being it, however near."""
    score = limits.score(face, one)
    if named and named.likeness.person == one.person:
        reasons = _unsure(face, one, limits, way) if named.answer is Answer.MAYBE else ()
        return Reasoned(one, score, named.answer, reasons)
    if hindrance and (score <= limits.maybe or hindrance is Reason.TAKEN):
        return Reasoned(one, score, None, (hindrance,))
    if one.normalised >= limits.maybe:
        return Reasoned(one, score, None, (Reason.FAR,))
    return Reasoned(one, score, None, _further(face, one, limits))


def _unsure(face: Seen, one: Likeness, limits: Limits, way: Way) -> tuple[Reason, ...]:
    """Return why one who may be it is not surely it."""
    reasons: list[Reason] = []
    if limits.score(face, one) > limits.sure:
        is_near = one.normalised <= limits.sure
        reasons += _further(face, one, limits) if is_near else [Reason.BETWEEN]
    if has_rival(face, one, limits, way):
        reasons.append(Reason.RIVAL)
    if face.is_doubtful:
        reasons.append(Reason.DOUBTFUL)
    return tuple(reasons)


def _further(face: Seen, one: Likeness, limits: Limits) -> tuple[Reason, ...]:
    """Return why one counts as further away than they are."""
    by = {Reason.CHILD: limits.for_child(face), Reason.MARGIN: limits.margin(face, one)}
    return tuple(reason for reason, further in by.items() if further > 0)
