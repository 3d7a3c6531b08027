"""Unknown faces put together: against plain definitions, and in stories told by chance."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.grouping import groups as finding
from analysis.grouping import neighbours
from analysis.grouping.apart import Apart
from analysis.grouping.carrying import WAITING, carried
from analysis.grouping.groups import Faces
from analysis.grouping.limits import Limits, fair_levels
from analysis.grouping.units import SPREAD, Numbers, Units, gathered
from analysis.images import decode
from analysis.matching import MAP, Calibration, Population, distances, normalised, read, stretched
from analysis.pipeline import Pipeline
from analysis.results import Array
from analysis.weights import DEFAULT_DIRECTORY
from tests.factories import whole

Random = np.random.Generator
LIMITS = Limits.by(0.46)
# Of `bald_guys.jpg`, from left to right: which of its four men each face is.
MEN = "011212120211002203033333"


def people(random: Random, count: int, apart: float = 0.9) -> Array:
    """Return where the faces of `count` people lie, that far from the middle of all."""
    ways = random.normal(size=(count, 128))
    return np.asarray(apart * ways / np.linalg.norm(ways, axis=1)[:, None], np.float32)


def faces_of(random: Random, centres: Array, away: float = 0.25) -> Array:
    steps = random.normal(size=centres.shape)
    return np.asarray(centres + away * steps / np.linalg.norm(steps, axis=1)[:, None], np.float32)


def group(faces: Faces) -> Numbers:
    return finding.group(faces, LIMITS)


def join(faces: Faces, new: Numbers) -> Numbers:
    return finding.join(faces, new, LIMITS)


def unknown(encodings: Array, photos: Numbers | None = None, levels: Array | None = None) -> Faces:
    """Return faces that are in no group yet, each on a photo of its own unless `photos` says otherwise."""
    count = len(encodings)
    return Faces(
        encodings,
        np.zeros(count, np.float32) if levels is None else levels,
        np.full(count, WAITING),
        np.zeros(count, np.bool_),
        Apart.on_photos(np.arange(count) if photos is None else photos),
    )


def together(groups: Numbers) -> set[frozenset[int]]:
    """Return who is in a group with whom, whatever the groups are called."""
    return {
        frozenset(np.flatnonzero(groups == number).tolist())
        for number in np.unique(groups)
        if number != WAITING
    }


def test_faces_with_both_networks_numbers_are_put_together_by_these() -> None:
    """Two who look alike to dlib's network, and not to the other."""
    random = np.random.default_rng(1)
    alike = faces_of(random, np.repeat(people(random, 1), 8, axis=0), 0.3)
    seeds = [1, 1, 1, 1, 2, 2, 2, 2]
    both = np.stack([whole(one, seed) for one, seed in zip(alike, seeds, strict=True)])

    assert len(np.unique(group(unknown(alike)))) == 1
    found = group(unknown(both))
    assert found.tolist() == [found[0]] * 4 + [found[4]] * 4
    assert found[0] != found[4]


def test_limits_by_both_networks_mean_what_they_mean_by_one() -> None:
    by_both = LIMITS.before_stretching()

    assert stretched(np.array([by_both.alone]))[0] == pytest.approx(LIMITS.alone)
    assert stretched(np.array([by_both.merging]))[0] == pytest.approx(LIMITS.merging)


def test_the_link_of_two_units_is_how_far_their_means_are_and_their_faces_spread() -> None:
    random = np.random.default_rng(1)
    encodings = faces_of(random, people(random, 7))
    levels = random.normal(0, 0.05, 7).astype(np.float32)
    units = gathered(Units.of_faces(encodings, levels), np.array([0, 0, 0, 1, 1, 1, 1]), 2)
    sides = encodings[:3].astype(np.float64), encodings[3:].astype(np.float64)
    means = [side.mean(axis=0) for side in sides]
    spread = sum(((side - side.mean(axis=0)) ** 2).sum(axis=1).mean() for side in sides)
    plain = np.sqrt(((means[0] - means[1]) ** 2).sum() + SPREAD * spread)
    expected = plain - (levels[:3].mean() + levels[3:].mean()) / 2

    assert units.links(np.array([0]), np.array([1]))[0] == pytest.approx(expected, abs=1e-5)
    single = Units.of_faces(encodings, levels)
    single.join(np.array([0, 3]), np.array([1, 4]))
    single.join(np.array([0, 3]), np.array([2, 5]))
    single.join(np.array([3]), np.array([6]))
    assert single.links(np.array([0]), np.array([3]))[0] == pytest.approx(expected, abs=1e-5)


def test_neighbours_are_the_pairs_within_the_limit() -> None:
    random = np.random.default_rng(2)
    encodings = faces_of(random, people(random, 20)[random.integers(20, size=200)], 0.35)
    levels = random.normal(0, 0.05, 200).astype(np.float32)
    apart = normalised(distances(encodings, encodings), levels, levels)
    expected = {(one, other) for one, other in np.argwhere(apart <= 0.5).tolist() if one < other}

    first, second = neighbours.near(Units.of_faces(encodings, levels), np.arange(200), 0.5)
    found = {(one, other) for one, other in zip(first.tolist(), second.tolist(), strict=True)}

    assert {(one, other) for one, other in found if one < other} == expected
    assert len(expected) > 300


def test_of_a_face_in_a_crowd_its_nearest_neighbours_are_kept() -> None:
    random = np.random.default_rng(3)
    encodings = faces_of(random, people(random, 1).repeat(90, axis=0))
    first, second = neighbours.near(
        Units.of_faces(encodings, np.zeros(90, np.float32)), np.arange(90), 0.6
    )
    apart = distances(encodings, encodings)

    for face in range(90):
        found = set(second[first == face].tolist())
        assert found == set(apart[face].argsort()[: neighbours.MOST + 1].tolist())


def test_among_many_faces_nearly_all_neighbours_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(4)
    whose = random.integers(1500, size=6000)
    units = Units.of_faces(
        faces_of(random, people(random, 1500)[whose]), np.zeros(6000, np.float32)
    )
    everybody = np.arange(6000)
    expected = set(
        zip(*map(np.ndarray.tolist, neighbours.near(units, everybody, 0.5)), strict=True)
    )
    monkeypatch.setattr(neighbours, "FEW", 100)
    found = set(zip(*map(np.ndarray.tolist, neighbours.near(units, everybody, 0.5)), strict=True))

    assert found <= expected
    assert len(found) > 0.95 * len(expected)


def test_a_group_keeps_the_number_of_the_one_with_which_it_has_most_in_common() -> None:
    nobody = np.zeros(9, np.bool_)
    before = np.array([4, 4, 4, 4, 7, 7, 9, WAITING, WAITING])

    split = carried(np.array([0, 0, 0, 1, 1, 1, 2, 3, 3]), before, nobody)
    assert split.tolist() == [4, 4, 4, 7, 7, 7, WAITING, 10, 10]
    merged = carried(np.array([0, 0, 0, 0, 0, 0, 1, 1, 2]), before, nobody)
    assert merged.tolist() == [4, 4, 4, 4, 4, 4, 9, 9, WAITING]


def test_a_held_group_keeps_its_number_whatever_joins_it() -> None:
    before = np.array([3, 5, 5, 5, WAITING])
    held = np.array([True, False, False, False, False])

    assert carried(np.zeros(5, np.int64), before, held).tolist() == [3] * 5
    assert carried(np.array([0, 1, 1, 1, 2]), before, held).tolist() == [3, 5, 5, 5, WAITING]


class Story:
    """A library of a few people, in which photos come, groups are found, and humans say things."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.centres = people(self.random, 12, 0.45)
        self.encodings = np.zeros((0, 128), np.float32)
        self.whose, self.photos, self.groups = (np.zeros(0, np.int64) for _ in range(3))
        self.held = np.zeros(0, np.bool_)
        self.parts: list[tuple[int, int, int]] = []  # face, split, part

    def photo(self) -> None:
        """Have a photo come with some people on it, now and then a collage with one several times."""
        is_collage = self.random.random() < 0.15
        on = self.random.choice(12, self.random.integers(1, 5), replace=is_collage)
        number = -1 if is_collage else int(self.photos.max(initial=-1)) + 1
        away = self.random.choice([0.15, 0.25, 0.4])
        self.encodings = np.concatenate(
            [self.encodings, faces_of(self.random, self.centres[on], away)]
        )
        self.whose = np.concatenate([self.whose, on])
        self.photos = np.concatenate([self.photos, np.full(len(on), number)])
        self.groups = np.concatenate([self.groups, np.full(len(on), WAITING)])
        self.held = np.concatenate([self.held, np.zeros(len(on), np.bool_)])

    def a_group(self) -> Numbers:
        """Return the faces of one of the groups, or none."""
        numbers = np.setdiff1d(self.groups, [WAITING])
        return (
            np.flatnonzero(self.groups == self.random.choice(numbers)) if len(numbers) else numbers
        )

    def take_out(self) -> None:
        """Say that one face is not of its group, which is held from then on."""
        if len(faces := self.a_group()) > 1:
            out = self.random.choice(faces)
            split = len(self.parts)
            self.parts += [(int(face), split, int(face == out)) for face in faces]
            self.held[faces] = True
            self.groups[out], self.held[out] = WAITING, False

    def hold(self) -> None:
        self.held[self.a_group()] = True

    def split(self) -> None:
        """Say that a group is not one person but two."""
        faces = self.a_group()
        sides = self.random.integers(2, size=len(faces))
        if 0 < sides.sum() < len(faces):
            split = len(self.parts)
            self.parts += [
                (int(face), split, int(side)) for face, side in zip(faces, sides, strict=True)
            ]
            self.groups[faces[sides == 1]] = self.groups.max() + 1
            self.held[faces] = True

    @property
    def faces(self) -> Faces:
        parts = Apart(*np.array(self.parts, np.int64).reshape(-1, 3).T)
        apart = Apart.of([Apart.on_photos(self.photos), parts])
        levels = np.zeros(len(self.groups), np.float32)
        return Faces(self.encodings, levels, self.groups, self.held, apart)

    def find(self) -> None:
        """Have new faces join, or now and then all found anew."""
        before, held = self.groups.copy(), self.held.copy()
        if self.random.random() < 0.3:
            self.groups = group(self.faces)
        else:
            self.groups = join(self.faces, np.flatnonzero(before == WAITING))
        # No human's group is moved, and who joins it is held no less than the others.
        assert (self.groups[held] == before[held]).all()
        self.check()

    def check(self) -> None:
        for group in together(self.groups):
            some = np.array(sorted(group))
            on = self.photos[some][self.photos[some] >= 0]
            assert len(on) == len(set(on.tolist()))
        for split in {split for _, split, _ in self.parts}:
            sides: dict[int, set[int]] = {0: set(), 1: set()}
            for face, of, part in self.parts:
                if of == split:
                    sides[part].add(int(self.groups[face]))
            assert not (sides[0] & sides[1]) - {WAITING}


@pytest.mark.parametrize("seed", range(12))
def test_whatever_comes_and_is_said_groups_are_sound(seed: int) -> None:
    story = Story(seed)
    acts = [*[story.photo] * 5, *[story.find] * 2, story.take_out, story.hold, story.split]
    for _ in range(60):
        acts[story.random.integers(len(acts))]()
    story.find()
    assert story.held.any()
    assert len(story.parts)


def library(seed: int) -> tuple[Faces, Numbers]:
    """Return faces of people who are far enough from each other, and whose they are."""
    random = np.random.default_rng(seed)
    whose = random.integers(25, size=160)
    return unknown(faces_of(random, people(random, 25)[whose])), whose


def of_people(whose: Numbers) -> set[frozenset[int]]:
    found = together(whose)
    return {some for some in found if len(some) > 1}


@pytest.mark.parametrize("seed", range(4))
def test_the_same_faces_in_any_order_give_the_same_groups(seed: int) -> None:
    faces, whose = library(seed)
    order = np.random.default_rng(seed + 100).permutation(len(whose))
    found, mixed = group(faces), np.empty_like(whose)
    mixed[order] = group(unknown(faces.encodings[order]))

    assert together(found) == together(mixed) == of_people(whose)


@pytest.mark.parametrize("seed", range(4))
def test_faces_that_come_some_at_a_time_give_the_groups_of_all_at_once(seed: int) -> None:
    faces, whose = library(seed)
    groups = np.full(len(whose), WAITING)
    for start in range(0, len(whose), 30):
        some = unknown(faces.encodings[: start + 30])
        before = groups[: start + 30]
        now = join(replace(some, groups=before), np.arange(start, len(before)))
        stayed = before != WAITING
        assert (now[stayed] == before[stayed]).all()
        groups[: start + 30] = now

    assert together(groups) == of_people(whose)


def test_two_faces_of_one_photo_are_two_people_unless_it_is_a_collage() -> None:
    random = np.random.default_rng(5)
    twins = faces_of(random, people(random, 1).repeat(6, axis=0), 0.1)
    photos = np.array([0, 0, 1, 1, 2, 2])

    apart = group(unknown(twins, photos))
    assert sorted(map(len, together(apart))) == [3, 3]
    assert all(len(set(photos[list(group)])) == 3 for group in together(apart))
    assert together(group(unknown(twins, np.full(6, -1)))) == {frozenset(range(6))}


def test_more_than_a_face_can_have_neighbours_end_in_one_group(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Two bunches whose faces are so near each other that no neighbour is of the other one."""
    monkeypatch.setattr(neighbours, "MOST", 3)
    random = np.random.default_rng(6)
    centre = people(random, 1)
    bunches = faces_of(random, centre.repeat(2, axis=0), 0.1)
    faces = faces_of(random, bunches.repeat(10, axis=0), 0.05)

    assert together(group(unknown(faces))) == {frozenset(range(20))}


def calibration() -> Calibration:
    """Return one by which ten times fewer strangers are nearer by 0.05."""
    at = np.array([0.1, 0.6])
    return Calibration(at, np.array([-12.0, -2.0]), at, 0.0, 0.0, children=0.1)


def test_the_more_faces_there_are_the_nearer_two_have_to_be() -> None:
    few, many = Limits.of(calibration(), 9_000), Limits.of(calibration(), 900_000)

    assert few.alone == pytest.approx(0.4)
    assert many.alone == pytest.approx(0.3)
    assert few.joining - many.joining == pytest.approx(0.05)
    assert Limits.of(calibration(), 2).alone == Limits.of(calibration(), 100).alone


def test_two_large_groups_have_to_be_nearer_than_a_face_and_one_of_them() -> None:
    many = Limits.by(0.36)
    sizes = np.array([1.0, 1.0, 1.0, 2.0, 9.0], np.float32), np.array([1.0, 2.0, 9.0, 2.0, 9.0])
    alone, pair, group, pairs, groups = many.between(sizes[0], sizes[1].astype(np.float32)).tolist()

    assert alone == pytest.approx(many.alone)
    assert alone < pair < group < many.joining == many.widest
    assert many.merging < groups < pairs < pair
    assert Limits.by(0.48).widest == 0.48


def test_a_face_waits_for_its_own_to_become_a_group_before_it_goes_with_others() -> None:
    """It is too far from either of its own, but not from both together, who are nearer than the others."""
    encodings = np.zeros((5, 128), np.float32)
    encodings[0, :2], encodings[1, :2] = (0.2, 0.42), (-0.2, 0.42)
    encodings[3, [1, 2]], encodings[4, [1, 2]] = (-0.43, 0.15), (-0.43, -0.15)

    assert distances(encodings[:2], encodings[2:3]).min() > LIMITS.alone
    assert distances(encodings[3:], encodings[2:3]).max() < LIMITS.alone
    assert together(group(unknown(encodings))) == {frozenset({0, 1, 2}), frozenset({3, 4})}


def test_children_have_to_be_nearer() -> None:
    levels, years = np.zeros(2, np.float32), np.array([5.0, 30.0])
    nowhere = np.zeros((1, 128), np.float32)
    found = Population("", "", nowhere, np.zeros(1, np.float32), 0, 0, 1, 1, calibration())

    assert fair_levels(found, levels, years).tolist() == pytest.approx([-0.1, 0])
    assert fair_levels(None, levels, years).tolist() == [0, 0]


def test_four_men_who_are_six_times_on_a_photo_are_four_groups(
    pipeline: Pipeline, shared_photos: Path
) -> None:
    faces = pipeline.analyse(decode(shared_photos / "dlib_faces" / "bald_guys.jpg")).faces
    population = read(DEFAULT_DIRECTORY / "population" / MAP)
    encodings = np.stack([face.encoding for face in faces])
    years = np.array([face.age.years for face in faces])
    levels = fair_levels(population, population.levels(encodings), years)
    limits = Limits.of(population.calibration, len(faces), by_both=True)

    groups = finding.group(unknown(encodings, np.full(24, -1), levels), limits)

    men = np.array([int(man) for man in MEN])
    assert together(groups) == together(men)
    # As it comes nobody is on it twice.
    alone = finding.group(unknown(encodings, np.zeros(24, np.int64), levels), limits)
    assert (alone == WAITING).all()
