"""The browser tests pass five times in a row while two other processes keep the machine busy."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest

from tests.site.process import ROOT

pytestmark = pytest.mark.long
BUSY = [sys.executable, "-c", "while True: pass"]
# This process has the settings of the site in its environment, which would win.
SUITE = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--ds=tests.settings"]
# As `make test` runs them on two cores.
WORKERS = ["--numprocesses=2", "--dist=loadfile", "--no-loadscope-reorder"]


@pytest.fixture
def busy() -> Iterator[None]:
    processes = [subprocess.Popen(BUSY) for _ in range(2)]
    yield
    for process in processes:
        process.kill()
        process.wait()


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("time", range(1, 6))
def test_the_browser_tests_pass_beside_two_busy_processes(time: int) -> None:
    done = subprocess.run(
        [*SUITE, *WORKERS, "tests/browser"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout
