"""Facial landmarks. One file per predictor, all behind the `LandmarkPredictor` protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from analysis.alignment import AlignedFace
from analysis.results import Array


class LandmarkPredictor(Protocol):
    """Finds the landmarks of faces."""

    name: str

    def find(self, faces: Sequence[AlignedFace]) -> list[Array]:
        """Return for each face its points as float32 (n, 2), x and y in pixels of its photo."""
        ...
