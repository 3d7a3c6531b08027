"""Which photos are accepted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """The bytes of a file and the pixels of a photo, checked before decoding."""

    max_bytes: int = 50 * 2**20
    max_pixels: int = 100_000_000


DEFAULT_LIMITS = Limits()
