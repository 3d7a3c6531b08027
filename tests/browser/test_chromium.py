"""Which Chromium the browser tests use."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.browser import chromium


def program(directory: Path, name: str) -> Path:
    path = directory / name
    path.touch(mode=0o755)
    return path


def test_the_named_chromium_wins(tmp_path: Path) -> None:
    program(tmp_path, "chromium")
    mine = program(tmp_path, "my-browser")
    assert chromium.find({"CHROMIUM": str(mine), "PATH": str(tmp_path)}) == str(mine)


def test_one_on_the_path_is_found(tmp_path: Path) -> None:
    chrome = program(tmp_path, "google-chrome")
    assert chromium.find({"PATH": str(tmp_path)}) == str(chrome)


def test_the_headless_shell_is_preferred(tmp_path: Path) -> None:
    program(tmp_path, "chromium")
    shell = program(tmp_path, "chromium-headless-shell")
    assert chromium.find({"PATH": str(tmp_path)}) == str(shell)


def test_a_named_chromium_that_is_not_there_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(chromium.NoChromium, match="CHROMIUM is '/no/browser'"):
        chromium.find({"CHROMIUM": "/no/browser", "PATH": str(tmp_path)})


def test_only_root_goes_without_the_sandbox() -> None:
    assert "--no-sandbox" in chromium.arguments(root=True)
    assert "--no-sandbox" not in chromium.arguments(root=False)
