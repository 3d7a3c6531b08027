"""A roster's network as the site asks it: by NumPy, on the scale of distances."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

from analysis import dense, roster_network
from analysis.convert.command import ConversionError
from analysis.dense import Dense
from analysis.naming import Way, rank
from analysis.protobuf import fields
from analysis.roster_network import Told
from analysis.training import dense_onnx
from tests import roster_networks
from tests.analysis.test_matching import CALIBRATION
from tests.factories import near, vector

ALICE, BOB = vector(1), vector(2)
NETWORK = roster_networks.network([7, 9], np.stack([ALICE, BOB]))


def random_network(seed: int) -> Dense:
    random = np.random.default_rng(seed)
    shapes = (128, 16), (16,), (144, 5), (5,)
    return Dense(*(random.normal(size=shape).astype(np.float32) for shape in shapes))


@pytest.mark.parametrize("seed", range(3))
def test_what_is_read_from_the_file_answers_as_a_runtime_that_runs_it(
    tmp_path: Path, seed: int
) -> None:
    path, network = tmp_path / "one.onnx", random_network(seed)
    faces = np.stack([vector(number) for number in range(40)])
    expected = shares(network.logits(faces))

    dense_onnx.write(path, network, "about it: 안녕", faces, expected)

    found, about = dense.read(path)
    assert about == "about it: 안녕"
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    [ran] = session.run(None, {"encodings": faces})
    assert shares(found.logits(faces)) == pytest.approx(ran, abs=1e-5)
    assert 1 / (1 + np.exp(-found.odds(faces))) == pytest.approx(ran, abs=1e-5)


def shares(logits: np.ndarray) -> np.ndarray:
    found = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(found / found.sum(axis=1, keepdims=True), np.float32)


def test_a_network_that_answers_otherwise_than_it_did_is_not_written(tmp_path: Path) -> None:
    network, faces = random_network(0), np.stack([ALICE, BOB])

    with pytest.raises(ConversionError):
        dense_onnx.write(tmp_path / "one.onnx", network, "", faces, np.zeros((2, 5), np.float32))

    assert [*tmp_path.iterdir()] == []


def test_odds_keep_their_digits_where_a_probability_is_all_but_one() -> None:
    nearly = NETWORK.dense.odds(np.stack([ALICE, near(ALICE, 0.1)]))[:, 0]

    assert nearly[0] > nearly[1] > 4
    sure = Dense(
        np.zeros((128, 1), np.float32),
        np.zeros(1, np.float32),
        np.zeros((129, 3), np.float32),
        np.array([200, 0, 0], np.float32),
    )
    assert sure.odds(ALICE[None])[0, 0] == pytest.approx(200 - np.log(2))


@pytest.mark.parametrize(
    "broken", [b"no network", b"\x3a\xff\xff\x01ab", b"", b"\x0b" * 9, b"\xff" * 20]
)
def test_a_broken_file_is_refused_whatever_it_holds(tmp_path: Path, broken: bytes) -> None:
    path = tmp_path / "one.onnx"
    path.write_bytes(broken)

    with pytest.raises(ValueError, match=r"."):
        roster_network.read(path)


def test_a_cut_off_file_is_refused_wherever_it_ends(tmp_path: Path) -> None:
    whole = tmp_path / "whole.onnx"
    roster_networks.write(whole, NETWORK)
    data = whole.read_bytes()
    for end in range(0, len(data) - 1, 997):
        (tmp_path / "cut.onnx").write_bytes(data[:end])
        with pytest.raises(ValueError, match=r"."):
            roster_network.read(tmp_path / "cut.onnx")


def test_fields_are_read_of_every_wire_type() -> None:
    message = b"\x08\x96\x01\x12\x02ab\x1d\x01\x02\x03\x04\x21" + bytes(8)

    assert [*fields(message)] == [(1, 150), (2, b"ab"), (3, b"\1\2\3\4"), (4, bytes(8))]


def test_a_network_is_the_same_when_it_is_read_again(tmp_path: Path) -> None:
    path = tmp_path / "roster.onnx"
    roster_networks.write(path, NETWORK)

    found = roster_network.read(path)

    faces = np.stack([near(ALICE, 0.3), near(BOB, 0.6)])
    for one, other in zip(
        found.tell(faces, CALIBRATION), NETWORK.tell(faces, CALIBRATION), strict=True
    ):
        assert np.array_equal(np.asarray(one), np.asarray(other))
    assert found.encoder == NETWORK.encoder


def test_the_likelier_somebody_is_the_nearer_they_count() -> None:
    odds = np.linspace(-20, 20, 200)

    apart = NETWORK.apart(odds, CALIBRATION)

    assert (np.diff(apart) <= 0).all()
    assert (np.diff(apart[60:140]) < 0).all()


def test_as_many_strangers_are_within_a_distance_as_the_calibration_says() -> None:
    for share in (0.01, 0.05):
        # Of two people, so half as many of each.
        limit = CALIBRATION.distance_of_strangers(share / 2)
        within = NETWORK.apart(NETWORK.odds, CALIBRATION) <= limit + 1e-6
        assert NETWORK.shares[within].max() == pytest.approx(share, rel=0.3)


def test_the_probability_of_a_limit_is_the_one_that_counts_as_far() -> None:
    probability = NETWORK.probability_at(0.5, CALIBRATION)

    odds = np.log(probability / (1 - probability))
    assert NETWORK.apart(np.array([odds]), CALIBRATION)[0] == pytest.approx(0.5, abs=1e-3)


def told(people: list[int], apart: list[float]) -> Told:
    numbers = np.array([apart], np.float32)
    return Told(np.array(people), np.full_like(numbers, 0.5), numbers, furthest=0.7)


def test_all_known_faces_of_somebody_move_together_to_where_the_network_has_them() -> None:
    fair = np.array([[0.4, 0.6, 0.5]], np.float32)
    people = np.array([9, 7, 7])

    counted = told([7, 9], [0.3, 0.6]).counted(fair, people)

    assert counted == pytest.approx(np.array([[0.6, 0.4, 0.3]]))
    [first, second] = rank(fair, counted, people, 0.6, Way.CLASSIFIER).of(0)
    # The plain distance stays that of the nearest known face.
    assert (first.person, first.plain, first.normalised) == pytest.approx((7, 0.5, 0.3))
    assert second.person == 9


def test_people_whom_a_network_does_not_know_stay_where_their_faces_are() -> None:
    fair = np.array([[0.4, 0.5]], np.float32)

    counted = told([7, 8], [0.3, 0.1]).counted(fair, np.array([9, 7]))

    assert counted == pytest.approx(np.array([[0.4, 0.3]]))


def test_nobody_comes_near_by_a_network_who_is_out_of_the_question_or_far_from_all_it_learnt() -> (
    None
):
    fair = np.array([[np.inf, 0.9]], np.float32)

    counted = told([7, 9], [0.1, 0.1]).counted(fair, np.array([7, 9]))

    assert counted == pytest.approx(np.array([[np.inf, 0.9]]))
