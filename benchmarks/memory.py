"""What the largest photos of each format take of a child: memory at its most, and processor time.

    python -m benchmarks.memory [FOLDER]

The photos are made, once, in FOLDER (default: data/benchmarks); they take 1 GB of disk and, to make, ten
minutes. Each is analysed, and drawn on, by a child that has analysed before, as most have.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from analysis.limits import Limits
from analysis.processes import Child, Request
from benchmarks.photos import SAMPLES
from gallery.children.requests import Analyse, Annotate

MOST_MB, MOST_SECONDS = 900, 15
LIMITS = Limits(max_bytes=500 * 2**20)  # What files of noise take says little; pixels count.
CHILD_MEMORY = 4000 * 2**20
TIMEOUT = 300.0
HUNDRED, SIXTY_FOUR, THIRTY_SIX = (12000, 8300), (8000, 8000), (7360, 4912)
# A HEIC of 100 megapixels takes minutes to make; those of phones have 48 at most.
PHOTOS: dict[str, tuple[str, tuple[int, int], str, dict[str, Any]]] = {
    "JPEG": ("JPEG", HUNDRED, "RGB", {}),
    "JPEG, 250 megapixels": ("JPEG", (18000, 13800), "RGB", {}),
    "JPEG, progressive": ("JPEG", HUNDRED, "RGB", {"progressive": True}),
    "JPEG, progressive 4:4:4": ("JPEG", HUNDRED, "RGB", {"progressive": True, "subsampling": 0}),
    "PNG": ("PNG", HUNDRED, "RGB", {"compress_level": 1}),
    "PNG, transparent": ("PNG", HUNDRED, "RGBA", {"compress_level": 1}),
    "WebP": ("WEBP", HUNDRED, "RGB", {"method": 0}),
    "WebP, lossless": ("WEBP", HUNDRED, "RGB", {"method": 0, "quality": 0, "lossless": True}),
    "WebP, animated": ("WEBP", SIXTY_FOUR, "RGB", {"method": 0, "save_all": True}),
    "TIFF": ("TIFF", HUNDRED, "RGB", {"compression": "tiff_lzw"}),
    "TIFF, float": ("TIFF", HUNDRED, "F", {"compression": "tiff_adobe_deflate"}),
    "AVIF": ("AVIF", HUNDRED, "RGB", {"speed": 10}),
    "HEIC, 36 megapixels": ("HEIF", THIRTY_SIX, "RGB", {}),
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=Path("data/benchmarks"))
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    print(f"{'':26}  analysed          annotated")
    for title in PHOTOS:
        path = made(folder, title)
        requests: list[Callable[[], Request[Any]]] = [
            lambda path=path: Analyse(path, LIMITS),  # type: ignore[misc]
            lambda path=path: Annotate(path, LIMITS, ()),  # type: ignore[misc]
        ]
        figures = [measured(request()) for request in requests]
        words = "   ".join(f"{mb:5.0f} MB {seconds:5.1f} s" for mb, seconds in figures)
        over = any(mb > MOST_MB or seconds > MOST_SECONDS for mb, seconds in figures)
        print(f"{title:26}{words}{'   over the limit' if over else ''}", flush=True)


def made(folder: Path, title: str) -> Path:
    """Return the photo of a title in PHOTOS, made of a sample portrait if it is not there yet."""
    image_format, size, mode, options = PHOTOS[title]
    path = folder / title.replace(" ", "-").replace(",", "").replace(":", "")
    if not path.is_file():
        import pillow_heif

        pillow_heif.register_heif_opener()
        Image.MAX_IMAGE_PIXELS = None
        with Image.open(SAMPLES / "astronaut.jpg") as sample:
            image = sample.convert("RGB").resize(size)
        if "save_all" in options:
            options = options | {"append_images": [image.rotate(180)]}
        if mode == "F":
            image = Image.fromarray(np.asarray(image.convert("L"), dtype=np.float32) / 255)
        (image if mode == "F" else image.convert(mode)).save(path, image_format, **options)
    return path


def measured(request: Request[Any]) -> tuple[float, float]:
    """Return the most MB of a child that answers, and its seconds of processor time for it.

    It has analysed a small photo before, except where it only draws: the site draws in new children.
    """
    child = Child(CHILD_MEMORY)
    try:
        if isinstance(request, Analyse):
            asked(child, Analyse(SAMPLES / "astronaut.jpg", LIMITS))
        before = seconds_of(child)
        asked(child, request)
        status = Path(f"/proc/{child.pid}/status").read_text()
        most = next(line for line in status.splitlines() if line.startswith("VmHWM"))
        return int(most.split()[1]) / 1024, seconds_of(child) - before
    finally:
        child.stop()


def asked(child: Child, request: Request[Any]) -> None:
    reply = child.ask(request, TIMEOUT)
    if isinstance(reply, Exception):
        raise reply


def seconds_of(child: Child) -> float:
    fields = Path(f"/proc/{child.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
