"""Distances: plain as face_recognition's, normalised by a map, and what they mean."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis.matching import (
    MAP,
    NEAREST,
    SHARE,
    SHIFT,
    SLOPE,
    Calibration,
    Population,
    are_whole,
    distances,
    in_common,
    joined,
    nearest_people,
    normalised,
    population,
    read,
    stacked,
    stretched,
)
from analysis.results import Array
from tests.factories import near, vector, whole

# One stranger in 10,000, 1,000 and so on is nearer than each.
CALIBRATION = Calibration(
    at=np.array([0.0, 0.4, 0.5, 0.6, 0.7, 1.0]),
    strangers=np.array([-8.0, -4.0, -3.0, -2.0, -1.0, 0.0]),
    same=np.array([0.0, 0.2, 0.8, 0.95, 1.0, 1.0]),
    intercept=30.0,
    slope=50.0,
)


def crowd(seed: int, count: int, away: float) -> Array:
    """Return faces that all are as far as `away` from one of a kind."""
    return np.stack([near(vector(seed), away, seed=number) for number in range(count)])


def some_map(centres: Array, usual: float = 0.5) -> Population:
    return Population(
        name="some-1",
        encoder="some",
        centres=centres,
        spreads=np.zeros(len(centres), np.float32),
        usual=usual,
        roomiest=0.1,
        neighbours=3,
        weight=0.5,
        calibration=CALIBRATION,
    )


def test_distances_are_those_of_face_recognition() -> None:
    """`face_recognition.face_distance` is numpy.linalg.norm of the difference, in float64."""
    known = np.stack([vector(seed) for seed in range(40)])
    probes = np.concatenate(
        [known, np.stack([near(vector(seed), 0.03 * seed + 0.05) for seed in range(40)])]
    )

    found = distances(probes, known)

    exact = np.linalg.norm(
        probes.astype(np.float64)[:, None] - known.astype(np.float64)[None], axis=2
    )
    assert exact.min() == 0
    assert np.abs(found - exact).max() < 1e-5


def test_faces_are_compared_by_what_both_have() -> None:
    alone, other = vector(1), near(vector(1), 0.5)
    faces = stacked([alone, whole(alone, 1), whole(other, 1), whole(other, 2)])

    found = distances(faces, faces)

    assert faces.shape == (4, 256)
    assert found[0].tolist() == pytest.approx([0, 0, 0.5, 0.5], abs=1e-5)
    by_both = np.sqrt((1 - SHARE) * 0.5**2)
    assert found[1, 2] == pytest.approx(max(NEAREST * by_both, SLOPE * by_both - SHIFT), abs=1e-5)
    assert found[1, 1] == pytest.approx(0, abs=1e-5)
    assert found[1, 2] < 0.5 < found[1, 3]
    assert np.array_equal(found, found.T)
    assert distances(alone[None], faces)[0].tolist() == pytest.approx(found[0].tolist(), abs=1e-6)


def test_what_differs_more_by_both_is_further_away() -> None:
    at = np.linspace(0, 1.5, 100)

    assert (np.diff(stretched(at)) > 0).all()
    assert stretched(at)[0] == 0


def test_encodings_are_put_together_whatever_they_have() -> None:
    alone, both = vector(1)[None], whole(vector(2))[None]

    assert np.array_equal(joined([alone, both]), stacked([vector(1), whole(vector(2))]))
    assert are_whole(joined([alone, both])).tolist() == [False, True]
    assert np.array_equal(in_common(joined([alone, both]))[1], vector(2))
    assert np.array_equal(in_common(both), both)
    assert joined([alone, alone]).shape == (2, 128)


def test_whole_encodings_have_the_levels_of_their_own_map() -> None:
    crowded = crowd(1, 4, 0.3)
    both = np.stack([whole(one, 1) for one in crowded])
    far = some_map(np.stack([whole(one, 2) for one in crowded]), usual=0.2)
    found = replace(some_map(crowded), whole=far)
    faces = stacked([vector(1), whole(vector(1), 1), whole(vector(1), 2)])

    levels = found.levels(faces)

    assert levels[0] == found.levels(vector(1)[None])[0] == pytest.approx(0.3 - 0.5, abs=1e-5)
    assert levels[1] == pytest.approx(0.1)
    assert levels[2] < levels[1]
    assert far.levels(both[:0]).shape == (0,)


def test_each_person_is_as_near_as_the_nearest_of_their_encodings() -> None:
    known = np.stack([vector(1), vector(2), near(vector(1), 0.5)])

    ids, found = nearest_people(distances(vector(1)[None], known), np.array([7, 3, 3]))

    assert ids.tolist() == [3, 7]
    assert found[0].tolist() == pytest.approx([0.5, 0.0], abs=1e-3)


def test_nobody_known_means_no_distances() -> None:
    ids, found = nearest_people(np.empty((1, 0), np.float32), np.array([], int))

    assert (ids.size, found.shape) == (0, (1, 0))


@pytest.mark.parametrize("count", [0, 1])
def test_normalised_by_a_map_of_one_centre_or_none_is_the_plain_distance(count: int) -> None:
    faces = np.concatenate([crowd(1, 20, 0.3), crowd(2, 20, 0.5)])
    levels = some_map(vector(1)[None][:count]).levels(faces)

    plain = distances(faces, faces)

    assert np.array_equal(normalised(plain, levels, levels), plain)


def test_in_a_crowd_the_same_distance_means_less() -> None:
    """Four centres lie 0.3 from the faces of the crowd, all others are further than usual."""
    found = some_map(np.concatenate([crowd(1, 4, 0.3), crowd(3, 4, 0.5)]), usual=0.5)
    crowded, lonely = vector(1)[None], vector(3)[None]

    levels, of_lonely = found.levels(crowded), found.levels(lonely)

    assert levels[0] == pytest.approx(0.3 - 0.5, abs=1e-5)
    assert of_lonely[0] == pytest.approx(0, abs=1e-5)
    apart = np.array([[0.5]], np.float32)
    assert normalised(apart, levels, levels)[0, 0] == pytest.approx(0.7, abs=1e-5)
    assert normalised(apart, levels, of_lonely)[0, 0] == pytest.approx(0.6, abs=1e-5)


def test_what_is_far_from_all_faces_is_not_nearer_to_any_for_that() -> None:
    found = some_map(crowd(1, 5, 0.3))

    assert found.levels(vector(7)[None])[0] == pytest.approx(0.1)


def test_levels_do_not_depend_on_how_many_are_asked_for_at_a_time() -> None:
    found = some_map(crowd(1, 12, 0.4))
    faces = np.concatenate([crowd(1, 1500, 0.2), crowd(5, 1500, 0.4)])

    alone = np.concatenate([found.levels(faces[number : number + 1]) for number in (0, 1999, 2999)])

    np.testing.assert_allclose(found.levels(faces)[[0, 1999, 2999]], alone, atol=1e-6)
    assert found.levels(faces[:0]).shape == (0,)


@pytest.mark.parametrize("share", [1e-7, 1e-4, 3e-4, 1e-2, 0.5])
def test_a_share_of_strangers_has_one_distance_and_that_one_share(share: float) -> None:
    distance = CALIBRATION.distance_of_strangers(share)

    assert CALIBRATION.share_of_strangers(distance) == pytest.approx(share)


def test_nearer_is_surer_and_among_more_people_less_sure() -> None:
    near_by, further = CALIBRATION.probability(0.4), CALIBRATION.probability(0.6)

    assert 0.99 < near_by < 1
    assert further == pytest.approx(0.5)
    assert CALIBRATION.probability(0.4, people=500) < near_by
    assert CALIBRATION.share_of_same(0.45) == pytest.approx(0.5)


def test_a_map_of_whole_encodings_is_read_as_it_was_written(tmp_path: Path) -> None:
    both = np.stack([whole(one, 1) for one in crowd(1, 4, 0.3)])
    written = replace(some_map(crowd(1, 5, 0.3)), whole=some_map(both, usual=0.4))
    written.save(tmp_path / MAP)

    found = read(tmp_path / MAP)

    faces = stacked([vector(1), whole(vector(1), 1)])
    assert np.array_equal(found.levels(faces), written.levels(faces))


def test_a_map_is_read_as_it_was_written(tmp_path: Path) -> None:
    found = replace(some_map(crowd(1, 5, 0.3)), spreads=np.full(5, 0.1, np.float32))

    found.save(tmp_path / "a" / MAP)
    again = population(tmp_path / "a")

    assert again is not None
    assert (again.name, again.encoder) == ("some-1", "some")
    faces = crowd(2, 3, 0.5)
    assert np.array_equal(again.levels(faces), found.levels(faces))
    assert again.calibration.probability(0.5) == found.calibration.probability(0.5)
    assert population(tmp_path) is None


def test_a_map_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    some_map(crowd(1, 5, 0.3)).save(tmp_path / MAP)
    whole = (tmp_path / MAP).read_bytes()
    (tmp_path / MAP).write_bytes(whole[:-100])

    with pytest.raises(ValueError, match="no whole map"):
        read(tmp_path / MAP)


def test_a_map_that_is_a_pickle_is_not_opened(tmp_path: Path) -> None:
    np.savez(tmp_path / MAP, name=np.array([object()]))

    with pytest.raises(ValueError, match="allow_pickle"):
        read(tmp_path / MAP)
