"""The photos to measure on: those of a folder, or made here of the sample portraits."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from analysis.batch import files_of

SAMPLES = Path(__file__).resolve().parents[1] / "gallery" / "samples"
SIZES = ((4000, 3000), (6000, 4000), (7360, 4912))  # 12, 24 and 36 megapixels
QUALITY = 92
NOISE = 3.0  # of 255: what a camera adds in daylight


def grouped(paths: Sequence[Path]) -> dict[str, list[Path]]:
    """Return photos by their size, the smallest first; empty groups are left out."""
    groups: dict[str, list[Path]] = {
        "under 1 megapixel": [],
        "1 to 12 megapixels": [],
        "12 megapixels and more": [],
    }
    for path in paths:
        with Image.open(path) as image:
            megapixels = image.width * image.height / 1e6
        small, middle, large = groups.values()
        (small if megapixels < 1 else middle if megapixels < 11.9 else large).append(path)
    return {title: photos for title, photos in groups.items() if photos}


def found(folder: Path) -> list[Path]:
    return [task.path for task in files_of([folder])]


def make(folder: Path) -> list[Path]:
    """Write photos of one to four of the sample portraits, six large and seven small; return them."""
    portraits = [Image.open(path).convert("RGB") for path in sorted(SAMPLES.glob("*.jpg"))]
    paths = []
    for number, size in enumerate(size for size in SIZES for _ in range(2)):
        people = [
            portraits[(number + i) % len(portraits)] for i in range(1 + number // 2 + number % 2)
        ]
        paths.append(_written(folder / f"large-{number}.jpg", _scene(size, people, seed=number)))
    for number, portrait in enumerate(portraits):
        size = (round(900 * portrait.width / portrait.height), 900)
        paths.append(
            _written(folder / f"small-{number}.jpg", _scene(size, [portrait], seed=number))
        )
    crowd = _scene((1200, 800), portraits[:4], seed=9)
    return [*paths, _written(folder / "small-crowd.jpg", crowd)]


def _written(path: Path, image: Image.Image) -> Path:
    image.save(path, "JPEG", quality=QUALITY)
    return path


def _scene(size: tuple[int, int], people: Sequence[Image.Image], seed: int) -> Image.Image:
    """Return people side by side before a textured wall, with a camera's noise over all."""
    random = np.random.default_rng(seed)
    blots = random.integers(60, 200, (size[1] // 40, size[0] // 40, 3), dtype=np.uint8)
    scene = Image.fromarray(blots).resize(size, Image.Resampling.BICUBIC)
    column = size[0] // len(people)
    for number, person in enumerate(people):
        ratio = min(0.9 * column / person.width, 0.95 * size[1] / person.height)
        there = person.resize((round(person.width * ratio), round(person.height * ratio)))
        left = number * column + (column - there.width) // 2
        scene.paste(there, (left, size[1] - there.height))
    grain = random.normal(0, NOISE, (size[1], size[0], 1)).astype(np.float32)
    return Image.fromarray((np.asarray(scene) + grain).clip(0, 255).astype(np.uint8))
