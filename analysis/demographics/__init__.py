"""Apparent age and gender. One file per pair of networks, all behind the `AgeGender` protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from analysis.alignment import AlignedFace
from analysis.results import AgeEstimate, GenderEstimate


class AgeGender(Protocol):
    """Estimates apparent age and gender together."""

    name: str

    def estimate(self, faces: Sequence[AlignedFace]) -> list[tuple[AgeEstimate, GenderEstimate]]:
        """Return an estimate of both for each of at least one face."""
        ...
