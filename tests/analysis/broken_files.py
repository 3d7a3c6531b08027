"""Photos of every format with something wrong, and what asks a real child to read many of them."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PosixPath
from typing import Any

import numpy as np
from PIL import Image

from analysis.errors import AnalysisError
from analysis.processes import Loaded
from analysis.sentences import Sentence

ROOT = Path(__file__).resolve().parents[2]
# The name of each kind, its format and how it is written.
KINDS: dict[str, tuple[str, dict[str, Any]]] = {
    "jpeg": ("JPEG", {}),
    "progressive jpeg": ("JPEG", {"progressive": True}),
    "jpeg with restarts": ("JPEG", {"restart_marker_rows": 2, "subsampling": 0}),
    "png": ("PNG", {}),
    "webp": ("WEBP", {}),
    "lossless webp": ("WEBP", {"lossless": True}),
    "gif": ("GIF", {}),
    "tiff": ("TIFF", {}),
    "lzw tiff": ("TIFF", {"compression": "tiff_lzw"}),
    "jpeg tiff": ("TIFF", {"compression": "jpeg"}),
    "bmp": ("BMP", {}),
    "heic": ("HEIF", {}),
    "avif": ("AVIF", {"speed": 10}),
}


@dataclass(frozen=True)
class Verdict:
    """What came of a file: the shape of its pixels, or the sentence that refused it."""

    shape: tuple[int, ...] = ()
    note: Sentence | None = None
    refusal: str = ""


@dataclass(frozen=True)
class DecodeEach:
    """Decode each of `contents` as a file in `folder`; one that kills the child is left there.

    The reply has a verdict for each, and the most memory that the child ever had, in bytes.
    """

    folder: Path
    contents: tuple[bytes, ...]
    name: str = "photo"

    def answer(self, loaded: Loaded) -> tuple[list[Verdict], int]:
        verdicts = [self._verdict(content) for content in self.contents]
        # Not ru_maxrss: that counts what the parent had when it forked.
        status = Path("/proc/self/status").read_text()
        return verdicts, int(status.partition("VmHWM:")[2].split()[0]) * 1024

    def _verdict(self, content: bytes) -> Verdict:
        from analysis.images import decode

        path = self.folder / self.name
        path.write_bytes(content)
        try:
            photo = decode(path)
        except AnalysisError as error:
            return Verdict(refusal=str(error))
        return Verdict(photo.pixels.shape, photo.note)


@dataclass(frozen=True)
class Remark:
    """Write as native libraries do, on the descriptors, and as Python does of an error."""

    def answer(self, loaded: Loaded) -> None:
        for descriptor in (1, 2):
            os.write(descriptor, b"TIFFReadDirectory: Warning, Unknown field.\n")
        sys.stderr.write("Traceback of an error\n")


@dataclass(frozen=True)
class AnalyseEach:
    """Analyse files in one child; the reply has the number of faces of each."""

    paths: tuple[Path, ...]

    def answer(self, loaded: Loaded) -> list[int]:
        from analysis.images import decode
        from analysis.methods import DEFAULT

        pipeline = loaded.pipeline(DEFAULT)
        return [len(pipeline.analyse(decode(path)).faces) for path in self.paths]


@cache
def portrait() -> Image.Image:
    """Return a face of 128 x 160 px."""
    with Image.open(ROOT / "gallery" / "samples" / "obama.jpg") as image:
        return image.resize((128, 160))


def written(image: Image.Image, kind: str, **options: Any) -> bytes:
    """Return `image` as a file of one of KINDS."""
    image_format, kinds_options = KINDS[kind]
    out = io.BytesIO()
    image.save(out, image_format, **kinds_options, **options)
    return out.getvalue()


@cache
def portrait_as(kind: str) -> bytes:
    return written(portrait(), kind)


def cut_at_every_percent(content: bytes) -> Iterator[bytes]:
    for percent in range(100):
        yield content[: len(content) * percent // 100]


def with_flipped_bytes(content: bytes, copies: int, seed: int) -> Iterator[bytes]:
    """Give copies with one to eight bytes changed; in every second one near the start, in headers."""
    random = np.random.default_rng(seed)
    for number in range(copies):
        damaged = bytearray(content)
        reach = min(len(content), 400) if number % 2 else len(content)
        for place in random.integers(0, reach, random.integers(1, 9)):
            damaged[place] ^= int(random.integers(1, 256))
        yield bytes(damaged)


def marked() -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    """Return a picture in which no two pixels are alike, 24 x 16, so that each turn shows."""
    rows, columns = np.mgrid[:16, :24]
    return np.stack([rows * 16, columns * 10, (rows * 24 + columns) % 251], axis=2).astype(np.uint8)


class DeadlyPath(PosixPath):
    """A file that kills who reads it, as a fault in native code does."""

    def stat(self, *, follow_symlinks: bool = True) -> os.stat_result:
        os.kill(os.getpid(), signal.SIGSEGV)
        return super().stat(follow_symlinks=follow_symlinks)
