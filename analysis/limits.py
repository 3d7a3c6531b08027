"""Which photos are accepted: limits are about what a photo costs, so they differ by format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.errors import PhotoTooLarge
from analysis.sentences import Sentence, say

if TYPE_CHECKING:
    from analysis.headers import Header

MEGABYTE = 2**20
# What a photo to draw on may have; a larger one is halved. At full size, 100 megapixels took a child
# 760 MB and 250 took 1.8 GB. Phones of 48, 50 and 64 megapixels keep theirs.
COPY_PIXELS = 65_000_000
# What a progressive JPEG of more megapixels than others may have is held in while it is decoded: 200
# megapixels whose colours are halved both ways, or 100 in full. A child has then had 819 MB.
MOST_HELD = 600_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The bytes of a file and the pixels of a photo, checked before decoding.

    JPEGs, which are made smaller while they are decoded, may have `max_jpeg_pixels`, and as many more
    bytes as pixels; of a RAW file only the preview is decoded.
    """

    max_bytes: int = 50 * MEGABYTE
    max_pixels: int = 100_000_000
    max_jpeg_pixels: int = 250_000_000
    max_raw_bytes: int = 150 * MEGABYTE

    @property
    def most_bytes(self) -> int:
        """The bytes of the largest file that any format may have."""
        return max(self.max_raw_bytes, self._jpeg_bytes(self._jpeg_pixels))

    def check(self, header: Header, size: int) -> None:
        """Raise PhotoTooLarge for a file of `size` bytes, or for pixels, that exceed the limits."""
        most = self._bytes_of(header)
        if size > most:
            raise PhotoTooLarge(too_many_bytes(size, most))
        pixels = header.pixels or 0
        if pixels > self.pixels_of(header):
            raise PhotoTooLarge(too_many_pixels(self.pixels_of(header)))
        if pixels > self.max_pixels and header.held > MOST_HELD:
            raise PhotoTooLarge(say("too_many_progressive", limit=self.max_pixels / 1e6))

    def pixels_of(self, header: Header) -> int:
        """Return the most pixels that a photo of this format may have."""
        scaled = header.format == "JPEG" or header.is_raw
        return self._jpeg_pixels if scaled else self.max_pixels

    @property
    def _jpeg_pixels(self) -> int:
        return max(self.max_pixels, self.max_jpeg_pixels)

    def _bytes_of(self, header: Header) -> int:
        if header.is_raw:
            return max(self.max_bytes, self.max_raw_bytes)
        if header.format == "JPEG":
            return self._jpeg_bytes(min(header.pixels or 0, self._jpeg_pixels))
        return self.max_bytes

    def _jpeg_bytes(self, pixels: int) -> int:
        return self.max_bytes * max(pixels, self.max_pixels) // self.max_pixels


DEFAULT_LIMITS = Limits()


def too_many_bytes(size: int, limit: int) -> Sentence:
    """Return the refusal of a file of `size` bytes where `limit` are accepted."""
    return say("too_many_bytes", size=round(size / 2**20), limit=round(limit / 2**20))


def too_many_pixels(limit: int) -> Sentence:
    """Return the refusal of a photo of more pixels than `limit`."""
    return say("too_many_pixels", limit=limit / 1e6)


def copy_factor(width: int, height: int) -> int:
    """Return by how much, a power of two, the sides of a photo are divided for its annotated copy."""
    factor = 1
    while (width // factor) * (height // factor) > COPY_PIXELS:
        factor *= 2
    return factor
