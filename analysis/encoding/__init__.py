"""Encodings: 128 numbers a face, near for one person and far for two. One file per way to compute them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from analysis.alignment import AlignedFace
from analysis.results import Array
from analysis.versions import SPACE

# The one network behind all ways there are, and the chips that it was trained on.
DLIB_RESNET = SPACE
CHIP_SIZE = 150
CHIP_PADDING = 0.25


class Encoder(Protocol):
    """Turns faces into vectors.

    `name` tells how; `space` names the network whose vectors these are: vectors of one space (and one
    alignment) may be compared, whatever computed them.
    """

    name: str
    space: str

    def encode(self, faces: Sequence[AlignedFace]) -> Array:
        """Return float32 (n, 128) for n faces, at least one."""
        ...
