"""Whom faces show by known encodings alone: the map's way, the study's, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analysis.known.known import KnownRefused
from analysis.matching import Population
from analysis.naming import Answer, Way
from analysis.recognition import Recogniser, known_by
from analysis.results import FaceResult, PhotoResult
from tests.analysis.test_matching import CALIBRATION, some_map
from tests.factories import CLEAR, ENCODER, POOR, analysed, found_face, near, vector

ADA, GRACE = vector(1), vector(2)
NAMES = ("Ada", "Grace", "Ada")
KNOWN = np.stack([ADA, GRACE, near(ADA, 0.45, seed=3)])
# By which all levels are 0: of one centre.
FLAT = replace(some_map(np.zeros((1, 128), np.float32)), encoder=ENCODER, calibration=CALIBRATION)


def seen(distance: float, seed: int = 0, **fields: Any) -> FaceResult:
    """Return a face so far from Ada's first encoding."""
    return replace(found_face(near(ADA, distance, seed), quality=CLEAR), **fields)


def photo(*faces: FaceResult, encoder: str = ENCODER) -> PhotoResult:
    return analysed(*faces, encoder=encoder).result


def answers(recogniser: Recogniser, *faces: FaceResult) -> list[tuple[str, str] | None]:
    found = recogniser.recognise(photo(*faces))
    return [(one.one.name, one.answer.value) if one.answer else None for one in found]


def test_a_face_is_surely_or_maybe_somebody_or_nobody() -> None:
    recogniser = Recogniser.of(NAMES, KNOWN, FLAT)

    assert answers(recogniser, seen(0.4)) == [("Ada", "sure")]
    assert answers(recogniser, seen(0.58)) == [("Ada", "maybe")]
    assert answers(recogniser, seen(0.9)) == [None]
    assert answers(recogniser) == []


def test_whoever_is_named_comes_with_all_distances_in_the_order_of_what_is_known() -> None:
    [found] = Recogniser.of(NAMES, KNOWN, FLAT).recognise(photo(seen(0.3)))

    assert found.distances == pytest.approx(
        [float(np.linalg.norm(near(ADA, 0.3) - one)) for one in KNOWN], abs=1e-6
    )
    assert [one.name for one in found.ranked] == ["Ada", "Grace"]
    assert found.one == found.ranked[0]
    assert found.one.plain == found.one.normalised == pytest.approx(0.3, abs=1e-6)
    assert found.one.votes == 2


def test_a_stranger_is_nobody_and_comes_with_whoever_is_nearest() -> None:
    [found] = Recogniser.of(NAMES, KNOWN, FLAT).recognise(photo(seen(1.1)))

    assert found.answer is None
    assert found.one == found.ranked[0]


def test_nobody_is_twice_on_a_photo_but_in_the_studys_way() -> None:
    faces = seen(0.3, seed=1), seen(0.31, seed=2)

    assert answers(Recogniser.of(NAMES, KNOWN, FLAT), *faces) == [("Ada", "sure"), None]
    plain = Recogniser.of(NAMES, KNOWN, FLAT, is_plain=True)
    assert answers(plain, *faces) == [("Ada", "sure"), ("Ada", "sure")]


def test_a_doubtful_face_is_never_sure_but_in_the_studys_way() -> None:
    face = seen(0.2, quality=POOR)

    assert answers(Recogniser.of(NAMES, KNOWN, FLAT), face) == [("Ada", "maybe")]
    assert answers(Recogniser.of(NAMES, KNOWN, FLAT, is_plain=True), face) == [("Ada", "sure")]


def test_the_studys_way_goes_by_the_plain_distance_and_shows_the_other_too() -> None:
    crowded = seen(0.55, level=-0.4)
    plain = Recogniser.of(NAMES, KNOWN, FLAT, is_plain=True, tolerance=0.56)

    [found] = plain.recognise(photo(crowded))

    assert found.answer is Answer.SURE
    assert (found.one.plain, found.one.normalised) == pytest.approx((0.55, 0.75), abs=1e-5)
    nearer = Recogniser.of(NAMES, KNOWN, FLAT, is_plain=True, tolerance=0.54)
    assert answers(nearer, crowded) == [None]
    assert answers(Recogniser.of(NAMES, KNOWN, FLAT), crowded) == [None]


@pytest.mark.parametrize(("is_plain", "shown"), [(True, (0.3, 0.5)), (False, (0.4, 0.35))])
def test_both_distances_are_of_the_one_known_face_that_is_nearest_by_what_counts(
    is_plain: bool, shown: tuple[float, float]
) -> None:
    known = np.stack([near(ADA, 0.3, 1), near(ADA, 0.4, 2)])
    recogniser = replace(
        Recogniser.of(("Ada", "Ada"), known, FLAT, is_plain=is_plain),
        levels=np.array([-0.4, 0.1], np.float32),
    )

    [found] = recogniser.recognise(photo(seen(0.0)))

    assert (found.one.plain, found.one.normalised) == pytest.approx(shown, abs=1e-5)


def test_by_votes_it_is_who_has_most_known_faces_within_the_limit() -> None:
    names = ("Ada", "Grace", "Grace")
    known = np.stack([near(ADA, 0.30, 1), near(ADA, 0.4, 2), near(ADA, 0.45, 3)])

    nearest = Recogniser.of(names, known, FLAT, is_plain=True)
    votes = Recogniser.of(names, known, FLAT, is_plain=True, way=Way.VOTE)

    [by_nearest], [by_votes] = (way.recognise(photo(seen(0.0))) for way in (nearest, votes))

    assert [by_nearest.one.name, by_votes.one.name] == ["Ada", "Grace"]
    assert [one.name for one in by_votes.ranked] == ["Grace", "Ada"]
    assert by_votes.one.votes == 2


@pytest.mark.parametrize("found", [None, replace(FLAT, encoder="another")])
def test_where_no_map_says_what_a_distance_means_nobody_is_sure(found: Population | None) -> None:
    recogniser = Recogniser.of(NAMES, KNOWN, found, tolerance=0.5)

    assert answers(recogniser, seen(0.2)) == [("Ada", "maybe")]
    assert answers(recogniser, seen(0.7, seed=5)) == [None]


def test_faces_of_another_encoder_are_refused_by_its_name() -> None:
    with pytest.raises(KnownRefused, match="other-net/5"):
        Recogniser.of(NAMES, KNOWN, None, encoder="other-net/5").recognise(photo(seen(0.1)))


def test_a_picture_makes_somebody_known_by_its_one_face_alone() -> None:
    face = seen(0.1)

    assert known_by(photo(face)) is face
    for faces, code in (((), "picture_without_face"), ((face, face), "picture_of_several")):
        with pytest.raises(KnownRefused) as refused:
            known_by(photo(*faces))
        assert refused.value.sentence.code == code
