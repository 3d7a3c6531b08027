"""Making a population map: centres that hold nobody, and what distances mean by it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from analysis import versions
from analysis.matching import MAP, distances, population, read
from analysis.population import calibrating, make
from analysis.population.clusters import APART, LEAST, centres_of, distinct
from analysis.population.judging import cross_fitted
from analysis.population.report import Report
from analysis.population.sets import Floats, People, Strangers
from analysis.weights import DEFAULT_DIRECTORY

SHIPPED = DEFAULT_DIRECTORY / "population"


def group(seed: int, count: int, spread: float) -> Floats:
    """Return faces of length 1.46 round one of their group."""
    random = np.random.default_rng(seed)
    middle = random.normal(size=128)
    middle *= 1.2 / np.linalg.norm(middle)
    faces = middle + random.normal(size=(count, 128)) * spread / np.sqrt(128)
    return np.asarray(faces * (1.46 / np.linalg.norm(faces, axis=1, keepdims=True)))


def strangers(counts: dict[str, tuple[int, float]]) -> Strangers:
    parts = [group(seed, *part) for seed, part in enumerate(counts.values())]
    names = np.repeat(list(counts), [len(part) for part in parts])
    return Strangers(np.concatenate(parts).astype(np.float32), np.full(len(names), 30.0), names)


def people(seed: int, count: int, spread: float) -> People:
    """Return two photos each of people of one group."""
    once = group(seed, count, spread)
    again = once + np.random.default_rng(seed + 100).normal(size=once.shape) * 0.3 / np.sqrt(128)
    names = np.array([f"{number}" for number in range(count)])
    return People(np.concatenate([once, again]).astype(np.float32), np.tile(names, 2))


WORLD = strangers({"wide": (300, 0.8), "narrow": (300, 0.5), "few": (12, 0.6)})
KNOWN = people(0, 120, 0.8)


def test_no_centre_holds_a_face_or_gives_one_away() -> None:
    centres, spreads = centres_of(WORLD, seed=1)

    assert len(centres) == len(spreads) > 60
    assert distances(centres, WORLD.encodings).min() > APART
    assert (spreads > 0).all()


def test_a_group_of_which_there_are_few_has_a_centre_too() -> None:
    few = WORLD[WORLD.groups == "few"]
    centres, _ = centres_of(WORLD, seed=1)

    assert distances(few.encodings, centres).min(axis=1).max() < 0.7


def test_a_photo_that_is_there_twice_counts_once() -> None:
    faces = WORLD.encodings[:20]

    assert len(distinct(np.concatenate([faces, faces]))) == 20


def test_a_group_of_fewer_faces_than_a_centre_needs_has_none() -> None:
    with pytest.raises(ValueError, match="8 faces"):
        centres_of(WORLD[np.arange(len(WORLD)) < LEAST - 1], seed=1)


def test_the_same_faces_make_the_same_map() -> None:
    one, other = (make("some-1", "some", WORLD, [KNOWN], seed=3) for _ in range(2))

    assert np.array_equal(one.centres, other.centres)
    assert one.calibration.slope == other.calibration.slope


def test_distances_mean_more_alike_by_a_map_than_without() -> None:
    judged = {one.title: one for one in cross_fitted(WORLD, {"known": KNOWN}) if not one.is_same}

    narrow = judged["narrow, 13 and older"]
    assert judged["known"].plain == pytest.approx(0.001, abs=5e-4)
    assert narrow.plain > 0.2
    assert narrow.normalised < 0.1 * narrow.plain


def test_the_calibration_says_how_many_strangers_and_pairs_of_one_person_are_nearer() -> None:
    found = make("some-1", "some", WORLD, [KNOWN])
    pairs = calibrating.pairs(found, KNOWN)
    said = found.calibration

    at = said.distance_of_strangers(0.01)
    assert (pairs.strangers < at).mean() == pytest.approx(0.01, abs=0.003)
    assert (pairs.same < at).mean() == pytest.approx(said.share_of_same(at), abs=0.05)
    assert said.probability(float(np.median(pairs.same))) > 0.9
    assert said.probability(float(np.median(pairs.strangers))) < 0.1
    assert said.share_of_strangers(0.0) < 1e-5


def test_too_few_people_calibrate_nothing() -> None:
    with pytest.raises(ValueError, match="100 people"):
        make("some-1", "some", WORLD, [people(0, 99, 0.8)])
    with pytest.raises(ValueError, match="several photos"):
        make("some-1", "some", WORLD, [])


def test_the_report_says_what_a_map_was_made_of(tmp_path: Path) -> None:
    found = make("some-1", "some", WORLD, [KNOWN])
    judged = cross_fitted(WORLD, {"known": KNOWN})

    Report(found, WORLD, {"known": KNOWN}, judged, [], {"encoder": "some"}, 3, 1).write(tmp_path)

    facts = json.loads((tmp_path / "report.json").read_text())
    assert facts["faces"] == 612
    assert facts["cells"]["few, 13 to 59"] == 12
    assert facts["people"] == {"known": {"photos": 240, "people": 120}}
    assert facts["nearest_face_to_a_centre"] > APART
    text = (tmp_path / "report.md").read_text()
    assert "| narrow, 13 and older | 300 | two people |" in text


def test_the_map_that_ships_is_the_one_that_its_report_is_about() -> None:
    found = read(SHIPPED / MAP)
    facts = json.loads((SHIPPED / "report.json").read_text())

    assert (found.name, found.encoder) == (facts["name"], facts["encoder"])
    assert found.encoder == f"{versions.SPACE}/{versions.ALIGNMENT}"
    assert len(found.centres) == facts["centres"] > 500
    assert facts["fewest_faces_of_a_centre"] >= 8
    assert facts["nearest_face_to_a_centre"] > APART
    assert population(SHIPPED) is population(SHIPPED)


def test_the_map_that_ships_means_about_the_same_for_everybody() -> None:
    """What its report says of the faces that a map was not made of."""
    judged = json.loads((SHIPPED / "report.json").read_text())["cross_fitted"]
    strangers_of = {one["title"]: one["normalised"] for one in judged if not one["is_same"]}

    grown = {title: share for title, share in strangers_of.items() if "13 and older" in title}
    assert len(grown) == 5
    assert max(grown.values()) < 0.003
    assert strangers_of["all up to 12"] < 0.005
