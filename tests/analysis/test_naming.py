"""From distances to names: limits, margins, votes, and nobody twice on a photo."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from analysis.assignment import best_assignment
from analysis.naming import (
    NEAREST,
    Answer,
    Likeness,
    Limits,
    Named,
    Seen,
    Way,
    name_each,
    name_photo,
    rank,
)
from tests.analysis.test_matching import CALIBRATION

LIMITS = Limits(sure=0.5, maybe=0.6, children=0.05)
RANDOM = np.random.default_rng(4)


def like(person: int, normalised: float, votes: int = 1) -> Likeness:
    return Likeness(person, normalised + 0.01, normalised, votes)


def seen(*distances: float, **fields: bool) -> Seen:
    """Return a face that is so far from the people 0, 1, 2 and so on."""
    nearest = sorted(map(like, range(len(distances)), distances), key=lambda one: one.normalised)
    return Seen(nearest, **fields)


def said(named: Named | None) -> tuple[int, str] | None:
    return (named.likeness.person, named.answer.value) if named else None


def test_near_is_sure_further_is_asked_and_far_is_nobody() -> None:
    faces = [seen(0.45), seen(0.55), seen(0.65)]

    assert [*map(said, name_each(faces, LIMITS))] == [(0, "sure"), (0, "maybe"), None]


def test_a_doubtful_face_is_asked_about_however_near_it_is() -> None:
    assert [*map(said, name_photo([seen(0.1, is_doubtful=True)], LIMITS))] == [(0, "maybe")]


def test_a_child_has_to_be_nearer() -> None:
    assert [*map(said, name_photo([seen(0.47, is_child=True)], LIMITS))] == [(0, "maybe")]
    assert [*map(said, name_photo([seen(0.44, is_child=True)], LIMITS))] == [(0, "sure")]


def test_a_person_is_once_on_a_photo_the_best_way_and_not_the_first() -> None:
    """The first face is nearest to person 0, but then the second would be nobody: the next is asked."""
    first, second = seen(0.40, 0.42), seen(0.41, 0.9)

    assert [*map(said, name_photo([first, second], LIMITS))] == [(1, "maybe"), (0, "sure")]
    assert [*map(said, name_each([first, second], LIMITS))] == [(0, "sure"), (0, "sure")]


def test_whom_a_human_named_on_the_photo_is_nobody_else_there() -> None:
    assert [*map(said, name_photo([seen(0.2, 0.55)], LIMITS, taken={0}))] == [(1, "maybe")]


@pytest.mark.parametrize("number", range(40))
def test_nobody_is_twice_on_any_photo_nor_anybody_who_is_taken(number: int) -> None:
    random = np.random.default_rng(number)
    faces = [seen(*random.uniform(0.2, 0.8, 6)) for _ in range(8)]

    named = name_photo(faces, LIMITS, taken={2})

    people = [one.likeness.person for one in named if one]
    assert len(people) == len(set(people))
    assert people
    assert 2 not in people


def best_sum(gains: NDArray[np.float64]) -> float:
    """Return the largest sum by trying everything."""
    rows, columns = gains.shape
    sums = [0.0]
    for chosen in product(range(-1, columns), repeat=rows):
        taken = [column for column in chosen if column >= 0]
        if len(taken) == len(set(taken)):
            sums.append(sum(gains[row, c] for row, c in enumerate(chosen) if c >= 0))
    return max(sums)


@pytest.mark.parametrize("number", range(60))
def test_an_assignment_is_the_best_of_all(number: int) -> None:
    random = np.random.default_rng(number)
    shape = random.integers(1, 6, 2)
    gains = np.where(random.random(shape) < 0.6, random.random(shape), 0.0)

    pairs = best_assignment(gains)

    assert len({row for row, _ in pairs}) == len({column for _, column in pairs}) == len(pairs)
    assert sum(gains[pair] for pair in pairs) == pytest.approx(best_sum(gains))
    assert all(gains[pair] > 0 for pair in pairs)


def test_next_people_who_are_as_near_make_a_face_less_sure() -> None:
    limits = Limits(sure=0.5, maybe=0.7, expected=(0.7, 0.75))
    alone, between = seen(0.48, 0.72, 0.78), seen(0.48, 0.50, 0.55)

    assert said(name_photo([alone], limits)[0]) == (0, "sure")
    assert said(name_photo([between], limits)[0]) == (0, "maybe")


def test_others_who_are_far_away_make_nobody_much_surer() -> None:
    limits = Limits(sure=0.5, maybe=0.7, expected=(0.6,))

    assert limits.score(seen(0.53, 2.0), like(0, 0.53)) == pytest.approx(0.51)


def test_the_more_people_are_known_the_nearer_one_has_to_be() -> None:
    """One stranger in a thousand is nearer than 0.5, one in a hundred nearer than 0.6."""
    one, two, ten, many = (Limits.of(CALIBRATION, people, 0.01) for people in (1, 2, 10, 100))

    assert 0.5 < one.sure == two.sure < 0.6
    assert ten.sure == pytest.approx(0.5)
    assert many.sure == pytest.approx(0.4)
    assert one.maybe == ten.maybe == pytest.approx(0.6)
    assert ten.sure < many.maybe < ten.maybe
    assert Limits.of(CALIBRATION, 100, 0.001).sure < many.sure
    assert len(many.expected) == NEAREST - 1
    assert one.expected == ten.expected == ()


def test_of_two_people_who_are_as_near_neither_is_sure() -> None:
    limits = Limits(sure=0.5, maybe=0.6, close=0.02)

    assert said(name_photo([seen(0.4, 0.41)], limits)[0]) == (0, "maybe")
    assert said(name_photo([seen(0.4, 0.43)], limits)[0]) == (0, "sure")


def test_the_nearest_people_are_ranked_by_their_nearest_encoding() -> None:
    plain = np.array([[0.9, 0.3, 0.5, 0.4]], np.float32)
    fair = plain + np.float32(0.1)

    nearest = rank(plain, fair, np.array([7, 3, 3, 7]), limit=0.55).of(0)

    assert [one.person for one in nearest] == [3, 7]
    assert [one.plain for one in nearest] == pytest.approx([0.3, 0.4])
    assert [one.normalised for one in nearest] == pytest.approx([0.4, 0.5])
    assert [one.votes for one in nearest] == [1, 1]


def test_by_votes_it_is_who_has_most_within_the_limit_then_the_nearest() -> None:
    """The study's loop: every known encoding below the tolerance votes."""
    apart = np.array([[0.30, 0.5, 0.5, 0.9, 0.45]], np.float32)
    people = np.array([1, 2, 2, 1, 3])

    by_votes = rank(apart, apart, people, 0.6, Way.VOTE).of(0)
    by_nearest = rank(apart, apart, people, 0.6).of(0)

    assert [one.person for one in by_votes] == [2, 1, 3]
    assert [one.person for one in by_nearest] == [1, 3, 2]
    [named] = name_photo([Seen(by_votes)], LIMITS, way=Way.VOTE)
    assert said(named) == (2, "sure")


def test_whoever_knows_nobody_names_nobody() -> None:
    nothing = np.empty((2, 0), np.float32)
    ranking = rank(nothing, nothing, np.array([], int), 0.6)
    assert [ranking.of(row) for row in range(2)] == [[], []]
    assert not ranking.within(LIMITS).any()
    assert name_photo([Seen([]), Seen([])], LIMITS) == [None, None]
    assert name_each([Seen([])], LIMITS) == [None]


def test_the_studys_way_names_whoever_is_within_the_tolerance() -> None:
    faces = [seen(0.6), seen(0.601), seen(0.2)]

    named = name_each(faces, Limits.plain(0.6))

    assert [*map(said, named)] == [(0, "sure"), None, (0, "sure")]


def test_without_a_map_nobody_is_sure() -> None:
    [named] = name_photo([seen(0.1)], Limits.unsure(0.6))

    assert named is not None
    assert named.answer is Answer.MAYBE


def test_whoever_a_face_cant_be_is_nobody_of_its_nearest() -> None:
    apart = np.array([[np.inf, 0.3, np.inf], [np.inf, np.inf, np.inf]], np.float32)

    ranking = rank(apart, apart, np.array([1, 2, 3]), 0.6)

    assert [one.person for one in ranking.of(0)] == [2]
    assert ranking.of(1) == []
    assert ranking.within(LIMITS).tolist() == [True, False]


@pytest.mark.parametrize("way", Way)
@pytest.mark.parametrize("number", range(10))
def test_the_nearest_of_many_are_those_that_sorting_all_finds(number: int, way: Way) -> None:
    random = np.random.default_rng(number)
    people = random.integers(0, 12, 40)
    fair = random.uniform(0.3, 1.0, (6, 40)).astype(np.float32)

    ranking = rank(fair + 1, fair, people, 0.6, way)

    for row in range(6):
        each = [
            (
                one,
                float(fair[row, people == one].min()),
                int((fair[row, people == one] <= 0.6).sum()),
            )
            for one in sorted({*people.tolist()})
        ]
        each.sort(key=lambda one: (-one[2], one[1]) if way is Way.VOTE else (one[1],))
        assert [(one.person, one.votes) for one in ranking.of(row)] == [
            (one, votes) for one, _, votes in each[:NEAREST]
        ]


@pytest.mark.parametrize("number", range(20))
def test_faces_that_are_not_within_the_limits_change_nothing(number: int) -> None:
    random = np.random.default_rng(number)
    limits = Limits.of(CALIBRATION, 9, 0.01)
    apart = random.uniform(0.55, 0.9, (5, 9)).astype(np.float32)
    apart[0] += 0.5
    ranking = rank(apart, apart, np.arange(9), limits.maybe)
    faces = [Seen(ranking.of(row)) for row in range(5)]

    named = name_photo(faces, limits)

    assert all(
        one is None for one, near in zip(named, ranking.within(limits), strict=True) if not near
    )


def test_both_distances_are_to_the_same_known_face() -> None:
    """Of one person's two the first is nearer by the plain distance, the second by the normalised one."""
    plain = np.array([[0.35, 0.40]], np.float32)
    fair = np.array([[0.50, 0.42]], np.float32)

    [one] = rank(plain, fair, np.array([1, 1]), 0.6).of(0)

    assert (one.plain, one.normalised) == pytest.approx((0.40, 0.42))


def test_by_votes_whoever_has_fewer_is_never_sure() -> None:
    face = Seen([Likeness(1, 0.4, 0.4, 3), Likeness(2, 0.3, 0.3, 1)])

    [named] = name_photo([face], LIMITS, taken={1}, way=Way.VOTE)

    assert said(named) == (2, "maybe")


def test_the_margin_goes_by_how_near_others_are_in_whatever_order_they_come() -> None:
    limits = Limits(sure=0.5, maybe=0.7, expected=(0.6,))
    nearest = [Likeness(1, 0.4, 0.45, 5), Likeness(2, 0.7, 0.7, 4), Likeness(3, 0.4, 0.5, 1)]

    assert limits.score(Seen(nearest), nearest[0]) == pytest.approx(0.45 + 0.4 * 0.1)
