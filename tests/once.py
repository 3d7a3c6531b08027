"""Makes what many tests need one time, however many workers run them."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

import pytest


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return the folder `name` that `make` has filled; the workers share it, so nobody changes it.

    Whoever asks first makes it while the others wait; if it fails, the next one tries again and
    fails by itself.
    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent  # Each worker has a folder of its own in that of the run.
    folder, made = base / f"once-{name}", base / f"once-{name}.made"
    # The kernel lets go of the lock when its holder dies: no worker waits for one that was killed.
    with (base / f"once-{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not made.exists():
            folder.mkdir(exist_ok=True)
            make(folder)
            made.touch()
    return folder
