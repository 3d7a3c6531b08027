"""Rosters are taken back from each library of when people belonged to accounts, on either database."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.test_upgrades import BY_FACES, Library, database

__all__ = ["database"]
pytestmark = pytest.mark.long


@pytest.mark.parametrize("name", BY_FACES)
def test_the_rosters_can_be_taken_back(name: str, database: str, tmp_path: Path) -> None:
    library = Library(name, tmp_path / "data", database)

    assert library.told(back=True)["owners"] == library.words_then["people"]
