"""What the templates' own filters write."""

from __future__ import annotations

import pytest

from gallery.templatetags import facesite, networks


@pytest.mark.parametrize(
    ("angle", "written"),
    [(12.4, "+12°"), (-12.6, "\N{MINUS SIGN}13°"), (0.2, "0°"), (-0.2, "0°"), (10.0, "+10°")],
)
def test_an_angle_has_its_sign(angle: float, written: str) -> None:
    assert facesite.degrees(angle) == written


@pytest.mark.parametrize(
    ("name", "written"), [("detector", "Detector"), ("age_gender", "Age and gender")]
)
def test_a_stage_has_the_name_that_people_read(name: str, written: str) -> None:
    assert facesite.stage(name) == written


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.29, "29.0"),  # which is 28.999999999999996 times a hundredth
        (2 / 3, "66.7"),
        (0.99949, "99.9"),
        (0.99999, "99.9"),
        (1.0, "100.0"),
        (0, "0.0"),
        (1, "100.0"),
    ],
)
def test_a_share_is_rounded_and_all_only_if_it_is_all(share: float, written: str) -> None:
    assert networks.share(share) == f"{written}\N{NO-BREAK SPACE}%"


@pytest.mark.parametrize("nothing", [None, ""])
def test_a_share_that_nobody_knows_is_a_dash(nothing: str | None) -> None:
    assert networks.share(nothing) == "\N{EN DASH}"


def test_an_icon_brings_its_lines_and_needs_no_other_file() -> None:
    svg = facesite.icon("check")

    assert '<path d="M20 6 9 17l-5-5" />' in svg
    assert "href" not in svg
