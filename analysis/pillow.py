"""What Pillow is told for the whole process: decoders, their threads, and what they may take."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import pillow_heif
from PIL import AvifImagePlugin, Image, ImageFile, PngImagePlugin

FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "ICO", "AVIF", "HEIF")

# One thread each, as for all that a child runs.
pillow_heif.register_heif_opener(
    thumbnails=False, depth_images=False, aux_images=False, decode_threads=1
)
AvifImagePlugin.DEFAULT_MAX_THREADS = 1
# A colour profile with tables has megabytes, and Pillow takes no PNG that has more than one of them.
PngImagePlugin.MAX_TEXT_CHUNK = 32 * 2**20


class ChunksOfPng(PngImagePlugin.PngStream):
    """Passes over text, which nobody asks for and of which Pillow takes no PNG with much.

    Nor need the checksums of text, profile and EXIF be right: browsers show such photos.
    """

    def _pass_over(self, pos: int, length: int) -> bytes:
        if self.fp is not None:
            self.fp.seek(length, io.SEEK_CUR)
        return b""

    chunk_tEXt = chunk_zTXt = chunk_iTXt = _pass_over  # noqa: N815

    def crc(self, cid: bytes, data: bytes) -> None:
        if cid[0] & 0x20:  # Lower case: a chunk that the picture does not need.
            self.crc_skip(cid, data)
        else:
            super().crc(cid, data)


PngImagePlugin.PngStream = ChunksOfPng  # type: ignore[misc]


@contextmanager
def told(most: int, tolerant: bool = False) -> Iterator[None]:
    """Allow `most` pixels, and if `tolerant` files that lack their end; then put back what was before."""
    before = Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES
    # Pillow raises above twice this number, also for a frame that is larger than its header said.
    Image.MAX_IMAGE_PIXELS = -(-most // 2)
    ImageFile.LOAD_TRUNCATED_IMAGES = tolerant  # face_recognition sets it for all who import it.
    try:
        # It warns of oddities (broken EXIF, many pixels) that are judged by the result.
        with warnings.catch_warnings(action="ignore"):
            yield
    finally:
        Image.MAX_IMAGE_PIXELS, ImageFile.LOAD_TRUNCATED_IMAGES = before
