"""Which photos are accepted."""

from __future__ import annotations

from dataclasses import dataclass

from analysis.sentences import Sentence, say


@dataclass(frozen=True, slots=True)
class Limits:
    """The bytes of a file and the pixels of a photo, checked before decoding."""

    max_bytes: int = 50 * 2**20
    max_pixels: int = 100_000_000


DEFAULT_LIMITS = Limits()


def too_many_bytes(size: int, limit: int) -> Sentence:
    """Return the refusal of a file of `size` bytes where `limit` are accepted."""
    return say("too_many_bytes", size=round(size / 2**20), limit=round(limit / 2**20))


def too_many_pixels(limit: int) -> Sentence:
    """Return the refusal of a photo of more pixels than `limit`."""
    return say("too_many_pixels", limit=limit / 1e6)
