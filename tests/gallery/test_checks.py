"""System checks that need no settings of their own."""

from __future__ import annotations

import pytest

from gallery import checks, installed


def test_a_population_map_that_cannot_be_read_is_said_before_the_site_starts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert checks.the_map_can_be_read() == []

    def broken() -> None:
        raise ValueError("map.npz is no whole map.")

    monkeypatch.setattr(installed, "population", broken)

    [error] = checks.the_map_can_be_read()
    assert error.id == "gallery.E003"
    assert "map.npz is no whole map." in error.msg
