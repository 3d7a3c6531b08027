"""What Pillow is told for the whole process: decoders, their threads, and what they may take."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pillow_heif
from PIL import AvifImagePlugin, Image, ImageFile, PngImagePlugin

STRIP = 64  # rows of the reduced photo
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


class ReducedHeif(pillow_heif.HeifImageFile):
    """A HEIF that can be reduced as it is handed over, as a JPEG can while it is decoded.

    Beside libheif's own pixels Pillow would hold all of them, at four bytes each: of 36 megapixels
    that is 310 MB for 219.
    """

    factor = 1

    def draft(self, mode: str | None, size: tuple[int, int] | None) -> None:
        """Have `load` give the photo at the smallest size that is not below `size`."""
        if size and self.mode in {"RGB", "RGBA"}:
            self.factor = max(1, min(self.width // size[0], self.height // size[1]))
            self._size = self._reduced(self.size)

    def load(self) -> Any:
        if self.factor > 1 and self._heif_file:
            frame = self._heif_file[self.tell()]
            width, height = frame.size  # It may be known only now.
            # Not np.asarray(frame): it takes a row for a whole number of pixels, and libheif pads rows to a
            # multiple of bytes.
            rows_of_bytes = np.frombuffer(frame.data, np.uint8).reshape(height, frame.stride)
            depth = len(self.mode)
            self._size = self._reduced(frame.size)
            photo = Image.new(self.mode, self._size)
            rows = STRIP * self.factor
            for top in range(0, height, rows):
                part = rows_of_bytes[top : min(top + rows, height), : width * depth]
                strip = part.reshape(-1, width, depth)
                # Pillow reduces colours with their opacity, or what is transparent would show.
                photo.paste(Image.fromarray(strip).reduce(self.factor), (0, top // self.factor))
            self.im, self._heif_file = photo.im, None
        return super().load()  # type: ignore[no-untyped-call]

    def _reduced(self, size: tuple[int, int]) -> tuple[int, int]:
        return -(-size[0] // self.factor), -(-size[1] // self.factor)


Image.register_open("HEIF", ReducedHeif, Image.OPEN["HEIF"][1])


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
