"""Which known faces count for less."""

from __future__ import annotations

import numpy as np
import pytest

from analysis.references import WORSE, weakness

UNKNOWN = float("nan")


def weak(*known: tuple[int, float]) -> list[float]:
    people, scores = zip(*known, strict=True)
    return [float(one) for one in weakness(np.array(people, np.int64), np.array(scores))]


def test_a_poor_face_counts_for_less_beside_a_better_one_of_the_same_person() -> None:
    assert weak((1, 0.9), (2, 1.0), (1, 0.4)) == pytest.approx([0.0, 0.0, 0.5 * WORSE])


def test_whoever_is_known_by_a_poor_face_alone_is_known_by_it() -> None:
    assert weak((1, 0.1), (2, 1.0)) == [0.0, 0.0]


def test_of_what_has_no_quality_nothing_is_taken_and_nobody_is_worse_for_it() -> None:
    assert weak((1, UNKNOWN), (1, 0.5), (1, 0.7), (2, UNKNOWN)) == pytest.approx(
        [0.0, 0.2 * WORSE, 0.0, 0.0]
    )


def test_it_says_the_same_in_any_order_and_nothing_of_nobody() -> None:
    random = np.random.default_rng(4)
    people, scores = random.integers(5, size=40), random.random(40)
    order = random.permutation(40)

    found = weakness(people, scores)

    assert weakness(people[order], scores[order]) == pytest.approx(found[order])
    assert found.min() == 0.0
    assert found.max() <= WORSE
    assert len(weakness(np.empty(0, np.int64), np.empty(0))) == 0


def test_others_change_nothing_of_a_persons_faces() -> None:
    assert weak((1, 0.9), (1, 0.4)) == weak((1, 0.9), (1, 0.4), (2, 1.0), (2, 0.0))[:2]
