"""Colours that tell the people on a photo apart, the same on pages and in annotated copies."""

from __future__ import annotations

import re
from pathlib import Path

from analysis.palette import COLOURS, OWN, assign

STYLES = Path(__file__).resolve().parents[2] / "static" / "css" / "palette.css"


def test_pages_have_the_colours_that_copies_are_drawn_with() -> None:
    css = STYLES.read_text(encoding="utf-8")

    rules = re.findall(r'\[data-colour="(\d+)"\] {\s+--colour: #([0-9a-f]{6});', css)

    assert rules == [(f"{n}", bytes(colour).hex()) for n, colour in enumerate(COLOURS)]


def test_no_two_people_of_a_photo_have_one_colour() -> None:
    own = [number % OWN for number in range(len(COLOURS))]

    assert sorted(assign(own)) == [*range(len(COLOURS))]


def test_everybody_whose_colour_is_free_has_their_own() -> None:
    assert assign([3, 1, 6]) == [3, 1, 6]
    given = assign([0, 0, 2, 5])
    assert (given[0], *given[2:]) == (0, 2, 5)
    assert given[1] >= OWN


def test_whose_colour_is_taken_gets_one_that_looks_like_it() -> None:
    for own in range(OWN):
        _first, second = assign([own, own])
        apart = sum(abs(a - b) for a, b in zip(COLOURS[own], COLOURS[second], strict=True))
        assert apart < 200, (own, second)


def test_more_people_than_there_are_colours_are_still_given_one_each() -> None:
    given = assign([4] * (len(COLOURS) + 2))

    assert set(given) == {*range(len(COLOURS))}
    assert given[-2:] == [4, 4]
