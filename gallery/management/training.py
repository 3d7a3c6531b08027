"""Trains what a command needs, in a program of its own: TensorFlow takes 0.9 GB, which end with it."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management.base import CommandError

from analysis import roster_network
from analysis.roster_network import RosterNetwork
from analysis.training.wanted import Wanted, program
from gallery import installed


def of_roster(wanted: Wanted) -> RosterNetwork:
    """Return a network of the known people; raises CommandError where none can be trained of them."""
    with tempfile.TemporaryDirectory(prefix="facesite-") as place:
        known, out = Path(place) / "known.npz", Path(place) / "roster.onnx"
        wanted.write(known)
        run = [sys.executable, *program(known, installed.weights().population, out)]
        done = subprocess.run(  # noqa: S603  (a program of ours)
            run, cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL, capture_output=True, text=True
        )
        if done.returncode:
            lines = done.stderr.strip().splitlines() or ["The training ended without a word."]
            raise CommandError(lines[-1])
        return roster_network.read(out)
