"""Rosters that examine themselves: by vectors made by hand, and against the naming itself."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest

from analysis.closest import Closest
from analysis.health import EDGES, Health, References, Tally, examine
from analysis.matching import distances
from analysis.naming import BY_DISTANCE, Answer, Limits, Seen, Way, name_each, rank
from analysis.results import Array
from tests.factories import near, vector

LIMITS = Limits(sure=0.5, maybe=0.6, close=0.02)


def references(*faces: tuple[int, Array], levels: tuple[float, ...] = ()) -> References:
    """Return known faces, whose each is and its encoding, in the order of their people."""
    people = np.array([person for person, _ in faces], np.int64)
    assert sorted(people) == people.tolist()
    return References(
        people,
        np.stack([encoding for _, encoding in faces]),
        np.array(levels or (0.0,) * len(faces), np.float32),
        np.zeros(len(faces), np.bool_),
    )


# 1 looks alike on two photos and otherwise on a third; 2 is near the first two; 3 is far from all.
FIRST, SECOND, ODD = vector(1), near(vector(1), 0.3, 1), near(vector(3), 0.9, 4)
LIKE_FIRST, LIKE_SECOND = near(vector(1), 0.45, 2), near(vector(1), 0.45, 3)
EXAMPLE = references(
    (1, FIRST),
    (1, SECOND),
    (1, ODD),
    (2, LIKE_FIRST),
    (2, near(LIKE_FIRST, 0.2, 5)),
    (3, vector(3)),
)


@pytest.fixture(scope="module")
def example() -> Health:
    return examine(EXAMPLE, LIMITS)


def test_each_face_is_told_by_the_others(example: Health) -> None:
    assert example.several[Way.NEAREST] == Tally(faces=5, first=4, right=4, nobody=1)
    assert example.alone[Way.NEAREST] == Tally(faces=1, nobody=1)


def test_a_face_far_from_its_persons_others_stands_out(example: Health) -> None:
    assert example.own[:2] == pytest.approx([0.3, 0.3], abs=1e-3)
    assert example.own[2] > 1
    assert np.isinf(example.own[5])


def test_people_near_each_other_are_mixed_up_by_their_nearest_faces(example: Health) -> None:
    [mixed] = example.mixed

    assert example.mixed_up == 1
    assert (mixed.first, mixed.second, mixed.faces) == (1, 2, (0, 3))
    assert mixed.distance == pytest.approx(0.45, abs=1e-3)


def test_a_face_that_several_others_are_near_attracts_strangers() -> None:
    known = references((1, FIRST), (2, LIKE_FIRST), (3, LIKE_SECOND), (4, vector(4)))

    assert examine(known, LIMITS).attracted.tolist() == [2, 1, 1, 0]


def test_the_face_of_another_that_is_nearer_names_wrongly() -> None:
    known = references((1, FIRST), (1, ODD), (2, near(FIRST, 0.1)))

    found = examine(known, LIMITS)

    several = found.several[Way.NEAREST]
    assert (several.faces, several.wrong, several.nobody) == (2, 1, 1)
    # A person with one face is a stranger once that is taken out.
    assert found.alone[Way.NEAREST] == Tally(faces=1, wrong=1)


def test_by_votes_two_further_faces_outdo_a_nearer_one() -> None:
    known = references(
        (1, FIRST), (1, near(FIRST, 0.4, 1)), (1, near(FIRST, 0.4, 2)), (2, near(FIRST, 0.2, 3))
    )

    found = examine(known, LIMITS)

    assert found.several[Way.NEAREST].wrong >= 1
    assert found.several[Way.VOTE].wrong == 0
    assert found.several[Way.VOTE].first == 3


def test_levels_count_unless_it_is_the_studys_way() -> None:
    levels = (-0.4, -0.4)
    known = references((1, FIRST), (2, LIKE_FIRST), levels=levels)
    plain = References(known.people, known.vectors, known.levels, known.children, is_plain=True)

    assert examine(known, LIMITS).mixed == []
    assert len(examine(plain, LIMITS).mixed) == 1


def test_a_childs_face_has_to_be_nearer() -> None:
    known = references((1, FIRST), (1, near(FIRST, 0.48)))
    children = References(known.people, known.vectors, known.levels, np.ones(2, np.bool_))
    limits = Limits(sure=0.5, maybe=0.6, children=0.05)

    assert examine(known, limits).several[Way.NEAREST].right == 2
    assert examine(children, limits).several[Way.NEAREST].asked == 2


def test_the_histograms_hold_every_pair_once_where_they_are_few(example: Health) -> None:
    assert (example.same.pairs, example.same.counted) == (4, 4)
    assert (example.different.pairs, example.different.counted) == (11, 11)
    assert example.same.counts.sum() == 4
    assert example.different.counts.sum() == 11
    at = np.searchsorted(EDGES, 0.3 - 1e-3) - 1
    assert example.same.counts[at : at + 2].sum() >= 1
    # What is farther than the last edge is in the last.
    assert example.different.counts[-1] > 0


def random_roster(seed: int, people: int = 12, faces: int = 60) -> References:
    random = np.random.default_rng(seed)
    whose = np.sort(random.integers(people, size=faces)) * 3 + 1
    found = [
        (int(one), near(vector(int(one) // 6), float(random.uniform(0.1, 0.6)), int(one)))
        for one in whose
    ]
    known = references(*found, levels=tuple(random.uniform(-0.1, 0.1, faces)))
    return References(known.people, known.vectors, known.levels, random.random(faces) < 0.3)


def counted(known: References, way: Way) -> tuple[Tally, Tally]:
    """Return the tallies by asking the naming itself, one face at a time."""
    tallies = Tally(), Tally()
    for at, person in enumerate(known.people.tolist()):
        rest = np.delete(np.arange(len(known.people)), at)
        plain = distances(known.vectors[[at]], known.vectors[rest])
        fair = plain - (known.levels[at] + known.levels[rest])[None, :] / 2
        nearest = rank(plain, fair, known.people[rest], LIMITS.maybe, way).of(0)
        [named] = name_each([Seen(nearest, is_child=bool(known.children[at]))], LIMITS, way)
        tally = tallies[0 if person in known.people[rest] else 1]
        tally.faces += 1
        if nearest[0].person == person:
            tally.first += 1
        if named is None:
            tally.nobody += 1
        elif named.likeness.person == person:
            tally.right += named.answer is Answer.SURE
            tally.asked += named.answer is Answer.MAYBE
        else:
            tally.wrong += named.answer is Answer.SURE
            tally.asked_wrongly += named.answer is Answer.MAYBE
    return tallies


@pytest.mark.parametrize("way", BY_DISTANCE)
@pytest.mark.parametrize("seed", range(5))
def test_what_becomes_of_each_face_is_what_naming_says(seed: int, way: Way) -> None:
    known = random_roster(seed)

    found = examine(known, LIMITS)

    assert (found.several[way], found.alone[way]) == counted(known, way)


@pytest.mark.parametrize("faces_at_a_time", [1, 7, 60])
@pytest.mark.parametrize("seed", range(3))
def test_in_blocks_it_is_what_the_whole_matrix_says(seed: int, faces_at_a_time: int) -> None:
    known = random_roster(seed)
    whole = examine(known, LIMITS)

    found = examine(known, LIMITS, at_a_time=faces_at_a_time * len(known.people))

    assert (found.several, found.alone) == (whole.several, whole.alone)
    apart = known.apart(slice(None), slice(None))
    np.fill_diagonal(apart, np.inf)
    is_own = known.people[:, None] == known.people[None, :]
    assert found.own == pytest.approx(np.where(is_own, apart, np.inf).min(axis=1), abs=1e-3)
    ids = np.unique(known.people).tolist()
    away = np.stack([apart[:, known.people == one].min(axis=1) for one in ids], axis=1)
    near = (away <= LIMITS.maybe) & (known.people[:, None] != np.array(ids))
    assert found.attracted.tolist() == near.sum(axis=1).tolist()
    between = np.stack([away[known.people == one].min(axis=0) for one in ids])
    pairs = {
        (ids[first], ids[second]): between[first, second]
        for first, second in zip(*np.nonzero(np.triu(between <= LIMITS.maybe, k=1)), strict=True)
    }
    assert found.mixed_up == len(pairs) > 3
    assert {(one.first, one.second): one.distance for one in found.mixed} == pytest.approx(
        pairs, abs=1e-3
    )
    assert [one.distance for one in found.mixed] == sorted(one.distance for one in found.mixed)
    for one in found.mixed:
        assert known.people[list(one.faces)].tolist() == [one.first, one.second]
        assert apart[one.faces] == pytest.approx(one.distance, abs=1e-3)


def test_of_more_pairs_than_are_listed_the_closest_are() -> None:
    apart = np.random.default_rng(3).random((9, 9)).astype(np.float32)
    closest = Closest(limit=0.5, most=4)

    for start in range(0, 9, 2):
        closest.add(np.arange(start, min(start + 2, 9)), apart[start : start + 2].copy())
    closest.finish()

    first, second = np.nonzero(np.triu(apart <= 0.5, k=1))
    order = np.argsort(apart[first, second])[:4]
    assert closest.count == len(first)
    assert closest.first.tolist() == first[order].tolist()
    assert closest.second.tolist() == second[order].tolist()


def test_memory_grows_neither_with_pairs_of_faces_nor_of_people() -> None:
    faces = 2500
    random = np.random.default_rng(1)
    known = References(
        np.arange(faces),
        random.normal(size=(faces, 128)).astype(np.float32),
        np.zeros(faces, np.float32),
        np.zeros(faces, np.bool_),
    )
    tracemalloc.start()
    try:
        examine(known, LIMITS, at_a_time=50 * faces, sampled=1000)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert (
        peak < faces * faces
    )  # a quarter of the distances of all to all, or bytes of whether they are near


def test_a_sample_of_pairs_has_the_shares_of_all() -> None:
    known = random_roster(7, people=5, faces=120)
    whole = examine(known, LIMITS)

    found = examine(known, LIMITS, sampled=1000)

    for part, all_of_it in ((found.same, whole.same), (found.different, whole.different)):
        assert part.pairs == all_of_it.pairs > 1000 > part.counted - 1
        shares = part.counts / part.counts.sum()
        assert shares == pytest.approx(all_of_it.counts / all_of_it.counts.sum(), abs=0.06)


def test_one_face_alone_says_nothing() -> None:
    found = examine(references((1, FIRST)), LIMITS)

    assert found.alone[Way.NEAREST] == Tally(faces=1, nobody=1)
    assert (found.mixed, found.same.pairs, found.different.pairs) == ([], 0, 0)
