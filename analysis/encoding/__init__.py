"""Encodings: 128 numbers a face or twice that, near for one person and far for two. One file per way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from analysis.alignment import AlignedFace
from analysis.matching import SHARE
from analysis.results import Array
from analysis.versions import SPACE

# The network behind all ways there are, one of them with a second beside it, and the chips that it was
# trained on.
DLIB_RESNET = SPACE
CHIP_SIZE = 150
CHIP_PADDING = 0.25
# How long the second network's numbers are, where there are two. By its own, of length 1, two strangers of
# LFW are 1.357 apart (median); by dlib's 0.818, 0.603 times that.
SECOND_LENGTH = (SHARE / (1 - SHARE)) ** 0.5 * 0.603


class Encoder(Protocol):
    """Turns faces into vectors.

    `name` tells how; `space` names the network whose vectors these are: vectors of one space (and one
    alignment) may be compared, whatever computed them.
    """

    name: str
    space: str

    def encode(self, faces: Sequence[AlignedFace]) -> Array:
        """Return float32 (n, 128) for n faces, at least one; (n, 256) by two networks."""
        ...
