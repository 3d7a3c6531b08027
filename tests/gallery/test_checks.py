"""System checks that need no settings of their own."""

from __future__ import annotations

import pytest
from django.conf import LazySettings

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


def test_a_part_of_a_path_is_no_folder_to_take_photos_from(settings: LazySettings) -> None:
    settings.IMPORT_FOLDERS = ["/srv/photos"]
    assert checks.folders_are_whole_paths() == []
    settings.IMPORT_FOLDERS = ["/srv/photos", "photos"]
    [error] = checks.folders_are_whole_paths()
    assert (error.id, error.msg) == (
        "gallery.E004",
        "IMPORT_FOLDERS names photos, which is no whole path.",
    )
