"""Finds a Chromium for the browser tests: `python -m tests.browser.chromium --install` gets one.

An installed browser is used if there is one, else Debian's package when root, else Playwright's own.
Of those on the PATH the headless shell is preferred: the same Chromium without windows, menus and
extensions, which took half of the processor time in tests that open hundreds of contexts.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
Commands = tuple[tuple[str, ...], ...]
DEBIAN: Commands = (
    ("apt-get", "update"),
    ("apt-get", "install", "--yes", "--no-install-recommends", "chromium-headless-shell"),
)
PLAYWRIGHT: Commands = ((sys.executable, "-m", "playwright", "install", "chromium"),)


class NoChromium(Exception):
    """There's no Chromium and none could be installed; the message is a sentence."""


def find(environ: Mapping[str, str] = os.environ) -> str | None:
    """Return the path of a Chromium: $CHROMIUM, one on the PATH, or Playwright's own; None without.

    Raises NoChromium if $CHROMIUM names nothing that can be run.
    """
    if named := environ.get("CHROMIUM"):
        path = shutil.which(named, path=environ.get("PATH", ""))
        if path is None:
            raise NoChromium(f"CHROMIUM is '{named}', which is no program: name one or unset it.")
        return path
    for name in NAMES:
        if path := shutil.which(name, path=environ.get("PATH", "")):
            return path
    return _of_playwright()


def arguments(*, root: bool | None = None) -> list[str]:
    """Return the arguments for a Chromium that keeps to itself; Playwright gives a fresh profile."""
    root = os.geteuid() == 0 if root is None else root
    return [
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        *(["--no-sandbox"] if root else []),  # As root, Chromium refuses to start with its sandbox.
    ]


def install() -> str:
    """Return the path of a Chromium, installing one if there's none; NoChromium if that fails."""
    if path := find():
        return path
    ways = [PLAYWRIGHT]
    if os.geteuid() == 0 and shutil.which("apt-get"):
        ways.insert(0, DEBIAN)
    for commands in ways:
        if all(_succeeds(command) for command in commands) and (path := find()):
            return path
    raise NoChromium(
        "No Chromium could be installed for the browser tests: install Debian's package "
        "(apt install chromium-headless-shell), or name one with CHROMIUM=/path/to/chromium."
    )


def _succeeds(command: tuple[str, ...]) -> bool:
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode == 0


def _of_playwright() -> str | None:
    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).is_file() else None


def main() -> None:
    parser = argparse.ArgumentParser(description="Find a Chromium for the browser tests.")
    parser.add_argument("--install", action="store_true", help="install one if there is none")
    try:
        path = install() if parser.parse_args().install else find()
    except NoChromium as error:
        sys.exit(str(error))
    sys.stdout.write(f"Chromium: {path or 'none'}\n")


if __name__ == "__main__":
    main()
