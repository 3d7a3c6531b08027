"""What the templates' own filters write."""

from __future__ import annotations

import pytest

from gallery.templatetags import facesite


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
