"""Training a roster's network: what it learns from, and what it then says. TensorFlow stays in a child."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from analysis import roster_network
from analysis.matching import distances, normalised
from analysis.naming import Answer, Limits, Seen, Way, name_each, rank
from analysis.results import Array
from analysis.roster_network import RosterNetwork
from analysis.training.checkpoint import TrainingError
from analysis.training.held_out import folds
from analysis.training.made_faces import Known, MadeFaces
from analysis.training.wanted import MOST_PEOPLE, Wanted, usable
from tests.analysis import roster_trainings
from tests.analysis.roster_trainings import ACCEPTED, ALONE, FACES, PEOPLE, installed, known_by
from tests.once import once

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        run = [sys.executable, "-m", "tests.analysis.roster_trainings", f"{folder}"]
        subprocess.run(run, cwd=ROOT, check=True, capture_output=True)

    return once(tmp_path_factory, "roster-networks", make)


@pytest.fixture(scope="module")
def network(trained: Path) -> RosterNetwork:
    return roster_network.read(trained / "tried.onnx")


def answers(
    network: RosterNetwork, faces: Array, strangers: float
) -> list[tuple[int, Answer] | None]:
    """Return who each face is by the network and the limits for so many strangers."""
    known, found = roster_trainings.wanted(), installed()
    plain = distances(faces, known.vectors)
    fair = normalised(plain, found.levels(faces), found.levels(known.vectors))
    counted = network.tell(faces, found.calibration).counted(fair, known.people)
    limits = Limits.of(found.calibration, PEOPLE, strangers).without_margin()
    ranking = rank(plain, counted, known.people, limits.maybe, Way.CLASSIFIER)
    seen = [Seen(ranking.of(row)) for row in range(len(faces))]
    named = name_each(seen, limits, Way.CLASSIFIER)
    return [(one.likeness.person, one.answer) if one else None for one in named]


def test_other_photos_of_known_people_get_their_names_and_strangers_none(
    network: RosterNetwork,
) -> None:
    faces, strangers = roster_trainings.people()
    mine = np.repeat(10 + 3 * np.arange(PEOPLE), FACES // 2)

    found = answers(network, faces[:, FACES // 2 :].reshape(-1, 128), 0.01)
    others = answers(network, strangers, 0.01)

    right = [one == (who, Answer.SURE) for one, who in zip(found, mine.tolist(), strict=True)]
    assert np.mean(right) > 0.7
    wrong = [one for one, who in zip(found, mine.tolist(), strict=True) if one and one[0] != who]
    assert not [one for one in wrong if one[1] is Answer.SURE]
    assert np.mean([one is not None and one[1] is Answer.SURE for one in others]) <= 0.01


def test_the_same_seed_makes_the_same_network(trained: Path, network: RosterNetwork) -> None:
    again = roster_network.read(trained / "again.onnx")

    assert np.array_equal(again.dense.weights, network.dense.weights)
    assert np.array_equal(again.odds, network.odds)
    assert again.people.tolist() == [10 + 3 * one for one in range(PEOPLE)]
    assert (again.held_out, set(network.held_out)) == ({}, {f"{one}" for one in ACCEPTED})


def test_each_known_face_is_left_out_once_and_told_by_a_network_without_it(
    network: RosterNetwork,
) -> None:
    for accepted in ACCEPTED:
        tried = network.held_out[f"{accepted}"]
        several, alone = tried["several"], tried["alone"]
        assert several["faces"] == (PEOPLE - ALONE) * FACES // 2
        assert alone["faces"] == ALONE
        for tally in (several, alone):
            ends = ("right", "asked", "asked_wrongly", "wrong", "nobody")
            assert sum(tally[end] for end in ends) == tally["faces"]
        # To a network without them whoever has one face is a stranger.
        assert alone["right"] == alone["asked"] == alone["first"] == 0
        assert several["first"] > 0.7 * several["faces"]
        assert tried["strangers"] <= 1 / accepted


def test_one_person_by_one_face_is_not_tried_out() -> None:
    assert not [kept for kept in folds(np.array([0])) if kept.any() and not kept.all()]


def test_made_faces_lie_as_far_from_their_people_as_two_photos_of_one_person_do() -> None:
    found = installed()
    known = known_by(roster_trainings.people()[0][:, 0])

    made, whose = MadeFaces(known, found, seed=5).of_people(200)

    plain = np.linalg.norm(made - known.vectors[whose], axis=1)
    apart = plain - (found.levels(made) + known.levels[whose]) / 2
    for distance in (0.35, 0.45, 0.55):
        said = found.calibration.share_of_same(distance)
        assert (apart < distance).mean() == pytest.approx(said, abs=0.05)
    assert np.ptp(np.linalg.norm(made, axis=1)) < 1e-3


def test_made_strangers_are_as_near_to_the_roster_as_real_ones() -> None:
    found = installed()
    known = known_by(roster_trainings.people()[0][:, 0])

    made = MadeFaces(known, found, seed=6).strangers(4000, anywhere=0.0)

    plain = distances(made, known.vectors)
    nearest = normalised(plain, found.levels(made), known.levels).min(axis=1)
    for distance in (0.55, 0.6, 0.65):
        said = 1 - (1 - found.calibration.share_of_strangers(distance)) ** PEOPLE
        assert (nearest < distance).mean() == pytest.approx(said, rel=0.4, abs=0.01)


@pytest.mark.parametrize("seed", range(5))
def test_trying_out_leaves_each_face_out_once_and_nobodys_faces_out_at_once(seed: int) -> None:
    whose = np.random.default_rng(seed).integers(6, size=15)
    whose = np.unique(whose, return_inverse=True)[1]
    first, second = folds(whose)

    assert (first ^ second).all()
    counts = np.bincount(whose)
    for kept in (first, second):
        assert all((whose[kept] == one).any() for one in np.flatnonzero(counts > 1))


def test_what_is_wanted_is_read_as_it_was_written(tmp_path: Path) -> None:
    wanted = roster_trainings.wanted()
    wanted.write(tmp_path / "known.npz")

    found = Wanted.read(tmp_path / "known.npz")

    assert found.encoder == wanted.encoder
    for name in ("vectors", "people", "children"):
        assert np.array_equal(getattr(found, name), getattr(wanted, name))


def test_too_many_people_or_another_encoder_are_refused_in_a_sentence() -> None:
    found = installed()

    assert usable(MOST_PEOPLE, found.encoder, found) is found
    for people, by, code in (
        (MOST_PEOPLE + 1, found, "roster_of_many"),
        (2, replace(found, encoder="other"), "roster_without_map"),
        (2, None, "roster_without_map"),
    ):
        with pytest.raises(TrainingError) as refused:
            usable(people, found.encoder, by)
        assert refused.value.sentence.code == code


def test_faces_of_some_people_are_numbered_from_nothing_again() -> None:
    known = Known(
        np.zeros((4, 128), np.float32), np.arange(4, dtype=np.float32), np.array([0, 1, 2, 2])
    )

    some = known[np.array([True, False, True, True])]

    assert (some.whose.tolist(), some.levels.tolist(), some.people) == ([0, 1, 1], [0, 2, 3], 2)
