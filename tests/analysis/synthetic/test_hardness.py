"""Made people are as hard to tell apart as LFW's, and how that is measured."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.matching import Population, distances, population
from analysis.results import Array
from analysis.synthetic import judging
from analysis.synthetic.judging import LFW, LIKE_LFW, average_link, judge, sample
from analysis.synthetic.spreads import Numbers, Space
from analysis.weights import DEFAULT_DIRECTORY


@pytest.fixture(scope="module")
def space() -> Space:
    found = population(DEFAULT_DIRECTORY / "population")
    assert found is not None
    return Space(found)


def drawn(space: Space, age: float, seed: int = 1) -> tuple[Array, Numbers]:
    """Return clear faces of people of one age, as many of each as of LFW's."""
    random = np.random.default_rng(seed)
    counts = np.repeat([*LIKE_LFW], [*LIKE_LFW.values()])
    homes = random.integers(space.homes, size=len(counts))
    places = space.places(random, homes).astype(np.float32)
    people = np.repeat(np.arange(len(counts)), counts)
    ages, quality = np.full(len(people), age), np.ones(len(people))
    return space.faces(random, homes[people], places[people], ages, quality), people


def test_grown_people_are_as_hard_to_tell_apart_as_those_of_lfw(space: Space) -> None:
    faces, people = drawn(space, 40)
    found = judge(faces, space.population.levels(faces), people)

    assert found.faces == LFW.faces
    assert found.accepted == pytest.approx(LFW.accepted, abs=0.02)
    assert found.nearest == pytest.approx(LFW.nearest, abs=0.02)
    assert found.purity == pytest.approx(LFW.purity, abs=0.015)
    assert found.completeness == pytest.approx(LFW.completeness, abs=0.03)


def test_children_lie_nearer_to_each_other_and_are_harder_to_tell_apart(space: Space) -> None:
    grown, people = drawn(space, 40)
    children, _ = drawn(space, 4)

    assert np.median(distances(children, children)) < 0.85 * np.median(distances(grown, grown))
    levels = space.population.levels
    found = judge(children, levels(children), people)
    assert found.accepted < judge(grown, levels(grown), people).accepted - 0.05


def test_each_encoding_is_as_long_as_real_ones(space: Space) -> None:
    faces, _ = drawn(space, 10)

    assert np.linalg.norm(faces, axis=1) == pytest.approx(1.46, abs=1e-5)


def test_a_map_of_one_centre_makes_people_too(space: Space) -> None:
    whole = space.population
    one = Population(
        "one",
        whole.encoder,
        whole.centres[:1],
        whole.spreads[:1],
        0.0,
        1.0,
        3,
        0.5,
        whole.calibration,
    )

    faces, people = drawn(Space(one), 5)
    assert np.isfinite(faces).all()
    assert len(faces) == len(people)


def test_average_link_joins_what_joining_the_nearest_again_and_again_does() -> None:
    random = np.random.default_rng(3)
    points = random.normal(size=(60, 3))
    apart = np.linalg.norm(points[:, None] - points[None, :], axis=2).astype(np.float32)
    groups = average_link(apart, 1.2)

    expected = joined(apart, 1.2)
    assert 5 < len(expected) < 50
    for group in expected:
        assert len({int(groups[number]) for number in group}) == 1
    assert len(np.unique(groups)) == len(expected)


def joined(apart: Array, limit: float) -> list[list[int]]:
    groups = [[number] for number in range(len(apart))]
    while len(groups) > 1:
        pairs = [(one, other) for one in range(len(groups)) for other in range(one)]
        means = [apart[np.ix_(groups[one], groups[other])].mean() for one, other in pairs]
        one, other = pairs[int(np.argmin(means))]
        if min(means) > limit:
            break
        groups[other] += groups.pop(one)
    return groups


def test_what_is_told_apart_without_fault_is_judged_so() -> None:
    people = np.repeat(np.arange(30), 2)
    faces = np.eye(128, dtype=np.float32)[people]

    found = judge(faces, np.zeros(60, np.float32), people)
    assert (found.accepted, found.nearest, found.purity, found.completeness) == (1, 1, 1, 1)


def test_faces_of_one_person_alone_cannot_be_judged() -> None:
    with pytest.raises(ValueError, match="no two faces"):
        judge(np.zeros((2, 128), np.float32), np.zeros(2, np.float32), np.array([1, 1]))


def test_a_sample_has_as_many_people_of_each_number_of_faces_as_lfw() -> None:
    people = np.random.default_rng(1).permutation(
        np.concatenate([np.repeat(np.arange(400), 20), np.arange(400, 2000)])
    )

    chosen = people[sample(np.random.default_rng(1), people)]
    _, counts = np.unique(chosen, return_counts=True)
    assert dict(zip(*np.unique(counts, return_counts=True), strict=True)) == LIKE_LFW
    assert (chosen >= 400).sum() == LIKE_LFW[1]


def test_a_sample_of_too_few_has_what_there_is() -> None:
    assert len(sample(np.random.default_rng(1), np.array([1, 1, 1, 2]))) == 4
    assert len(sample(np.random.default_rng(1), np.zeros(0, np.int64))) == 0
    assert judging.STRANGERS == 0.001
