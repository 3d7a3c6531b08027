"""Real photographs to upload: the public-domain samples, re-encoded into as many files as needed."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

SAMPLES = Path(__file__).resolve().parents[2] / "gallery" / "samples"


def samples() -> list[Path]:
    return sorted([*SAMPLES.glob("*.jpg"), *SAMPLES.glob("*.png")])


def variants(folder: Path, count: int) -> list[Path]:
    """Write `count` different JPEG files of the samples and return their paths."""
    sources = samples()
    paths = []
    for index in range(count):
        source = sources[index % len(sources)]
        path = folder / f"{source.stem}-{index}.jpg"
        with Image.open(source) as photo:
            photo.convert("RGB").save(path, quality=92 - index // len(sources))
        paths.append(path)
    return paths
