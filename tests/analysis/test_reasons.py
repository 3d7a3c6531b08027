"""Why somebody is a name, a question or neither: reasons that agree with the naming and are true."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.naming import Answer, Limits, Seen, Way, has_rival, name_each, name_photo
from analysis.reasons import Reason, Reasoned, explain
from tests.analysis.test_naming import LIMITS, like, seen

NARROW = Limits(sure=0.5, maybe=0.6, children=0.05, expected=(0.55, 0.6, 0.62, 0.64), close=0.02)


def only(face: Seen, limits: Limits = LIMITS) -> tuple[Answer | None, tuple[Reason, ...]]:
    """Return what the best of a face alone on its photo is, and why."""
    [first, *_] = explain([face], 0, limits)
    return first.answer, first.reasons


def test_who_is_surely_it_needs_no_reason() -> None:
    assert only(seen(0.4)) == (Answer.SURE, ())


@pytest.mark.parametrize(
    ("face", "answer", "reasons"),
    [
        (seen(0.55), Answer.MAYBE, (Reason.BETWEEN,)),
        (seen(0.4, is_doubtful=True), Answer.MAYBE, (Reason.DOUBTFUL,)),
        (seen(0.55, is_doubtful=True), Answer.MAYBE, (Reason.BETWEEN, Reason.DOUBTFUL)),
        (seen(0.47, is_child=True), Answer.MAYBE, (Reason.CHILD,)),
        (seen(0.57, is_child=True), None, (Reason.CHILD,)),
        (seen(0.7), None, (Reason.FAR,)),
    ],
)
def test_a_face_alone_says_what_is_in_the_way(
    face: Seen, answer: Answer | None, reasons: tuple[Reason, ...]
) -> None:
    assert only(face) == (answer, reasons)


def test_others_who_are_nearly_as_near_are_named_as_a_reason() -> None:
    limits = Limits(sure=0.5, maybe=0.7, expected=(0.7, 0.75))

    assert only(seen(0.48, 0.50, 0.55), limits) == (Answer.MAYBE, (Reason.MARGIN,))


def test_somebody_as_near_is_a_reason_to_ask() -> None:
    limits = Limits(sure=0.5, maybe=0.7, close=0.02)

    assert only(seen(0.45, 0.46), limits) == (Answer.MAYBE, (Reason.RIVAL,))


def test_who_is_on_another_face_of_the_photo_is_said_to_be_there() -> None:
    [nearest, given] = explain([seen(0.40, 0.42), seen(0.41, 0.9)], 0, LIMITS)

    assert (nearest.answer, nearest.reasons, nearest.face) == (None, (Reason.ELSEWHERE,), 1)
    assert (given.answer, given.reasons, given.face) == (Answer.MAYBE, (Reason.RIVAL,), None)


def test_whom_a_human_named_on_the_photo_is_taken_however_far() -> None:
    for distance in (0.2, 0.9):
        [one] = explain([seen(distance)], 0, LIMITS, taken={0})
        assert (one.answer, one.reasons) == (None, (Reason.TAKEN,))


def test_where_each_face_stands_alone_only_the_first_of_its_people_counts() -> None:
    faces = [seen(0.40, 0.42), seen(0.41, 0.9)]

    [first, second] = explain(faces, 0, LIMITS, taken={0}, is_each_alone=True)

    assert (first.answer, second.answer) == (Answer.SURE, None)
    assert second.reasons == (Reason.ANOTHER,)


def random_photo(number: int) -> tuple[list[Seen], set[int], Way]:
    """Return a photo of six faces near eight people; each lists its five nearest, as `rank` does."""
    random = np.random.default_rng(number)
    way = (Way.NEAREST, Way.VOTE)[number % 2]
    faces = []
    for _ in range(6):
        people = [
            like(p, float(d), int(random.integers(3)))
            for p, d in enumerate(random.uniform(0.3, 0.8, 8))
        ]
        people.sort(key=lambda one: (-one.votes if way is Way.VOTE else 0, one.normalised))
        is_doubtful, is_child = random.random(2) < 0.3
        faces.append(Seen(people[:5], bool(is_doubtful), bool(is_child)))
    return faces, {int(random.integers(8))}, way


def is_true(one: Reasoned, faces: list[Seen], number: int, taken: set[int], way: Way) -> bool:
    """Return whether each reason holds, by what naming does without what it blames."""
    face, person = faces[number], one.likeness.person
    named = name_photo(faces, NARROW, taken, way)
    limit = NARROW.maybe if one.answer is None else NARROW.sure
    mine = named[number]
    near = one.likeness.normalised
    holds = {
        Reason.FAR: near >= NARROW.maybe,
        Reason.TAKEN: person in taken,
        Reason.ELSEWHERE: one.face is not None
        and one.face != number
        and (there := named[one.face]) is not None
        and there.likeness.person == person,
        Reason.ANOTHER: mine is not None
        and (way is Way.VOTE or NARROW.score(face, mine.likeness) <= one.score),
        Reason.CHILD: face.is_child and near <= limit < one.score,
        Reason.MARGIN: NARROW.margin(face, one.likeness) > 0 and near <= limit < one.score,
        Reason.BETWEEN: NARROW.sure < near and NARROW.sure < one.score <= NARROW.maybe,
        Reason.RIVAL: has_rival(face, one.likeness, NARROW, way),
        Reason.DOUBTFUL: face.is_doubtful,
    }
    return all(holds[reason] for reason in one.reasons)


@pytest.mark.parametrize("number", range(60))
def test_the_reasons_agree_with_the_naming_and_are_true(number: int) -> None:
    faces, taken, way = random_photo(number)
    named = name_photo(faces, NARROW, taken, way)

    for at, face in enumerate(faces):
        found = explain(faces, at, NARROW, taken, way)
        mine = named[at]
        assert [one.likeness for one in found] == list(face.nearest)
        answers = {one.likeness.person: one.answer for one in found if one.answer}
        assert answers == ({mine.likeness.person: mine.answer} if mine else {})
        for one in found:
            # Only who is surely it has nothing in the way.
            assert bool(one.reasons) == (one.answer is not Answer.SURE)
            assert is_true(one, faces, at, taken, way)


@pytest.mark.parametrize("number", range(20))
def test_where_each_stands_alone_they_agree_too(number: int) -> None:
    faces, _, way = random_photo(number)
    named = name_each(faces, NARROW, way)

    for at, mine in enumerate(named):
        found = explain(faces, at, NARROW, way=way, is_each_alone=True)
        answers = {one.likeness.person: one.answer for one in found if one.answer}
        assert answers == ({mine.likeness.person: mine.answer} if mine else {})
        assert all(one.reasons for one in found if one.answer is not Answer.SURE)


def test_a_face_that_nobody_is_near_has_nobody_to_explain() -> None:
    assert explain([Seen([])], 0, LIMITS) == []
