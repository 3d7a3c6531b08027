"""Real photographs to upload: the public-domain samples, as many different files of them as needed."""

from __future__ import annotations

import io
from functools import cache
from pathlib import Path

from PIL import Image

SAMPLES = Path(__file__).resolve().parents[2] / "gallery" / "samples"


def samples() -> list[Path]:
    return sorted([*SAMPLES.glob("*.jpg"), *SAMPLES.glob("*.png")])


@cache
def jpeg_of(source: Path) -> bytes:
    with Image.open(source) as photo:
        photo.convert("RGB").save(out := io.BytesIO(), "JPEG", quality=92)
    return out.getvalue()


def variants(folder: Path, count: int) -> list[Path]:
    """Write `count` JPEG files of the samples that are different files and return their paths."""
    sources = samples()
    paths = []
    for index in range(count):
        source = sources[index % len(sources)]
        path = folder / f"{source.stem}-{index}.jpg"
        photo, remark = jpeg_of(source), b"%d" % index
        comment = b"\xff\xfe" + (2 + len(remark)).to_bytes(2, "big") + remark
        path.write_bytes(photo[:2] + comment + photo[2:])
        paths.append(path)
    return paths


def pair_of(path: Path, left: str, right: str) -> Path:
    """Write a photo of two people, side by side, of the samples called so; return its path."""
    photo = Image.new("RGB", (800, 500))
    for index, name in enumerate([left, right]):
        with Image.open(SAMPLES / name) as half:
            photo.paste(half.convert("RGB").resize((400, 500)), (400 * index, 0))
    photo.save(path, quality=92)
    return path
