"""Large WebPs and AVIFs are reduced as they are decoded, to the same picture that Pillow makes of them."""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image

from analysis import avif, images, large, pillow
from analysis.images import decode
from analysis.limits import COPY_PIXELS, copy_factor
from analysis.sentences import say
from tests.analysis.heif_files import QUICK, cropped, turned, with_boxes
from tests.analysis.test_images import assert_quadrants, quadrants


@pytest.fixture(autouse=True)
def _everything_is_large(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MANY_PIXELS", 1)


# It is reduced for its width alone, so no more height than that of a photo that is no panorama.
LARGE = (4001, 1303)


def picture(width: int, height: int) -> Image.Image:
    """Return quadrants of which the last is transparent, with a smooth ramp over them."""
    ramp = np.linspace(0, 30, width)[None, :, None]
    pixels = np.asarray(quadrants(width, height)) + ramp
    image = Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).convert("RGBA")
    image.paste((0, 0, 0, 0), (width // 2, height // 2, width, height))
    return image


SAVED: dict[str, dict[str, Any]] = {
    "lossy": {"quality": 90},
    "lossless": {"lossless": True},
    "animated": {"save_all": True, "quality": 90},
}


@pytest.mark.parametrize("mode", ["RGB", "RGBA"])
@pytest.mark.parametrize("kind", SAVED)
@pytest.mark.parametrize("size", [LARGE, (640, 480)])
def test_a_webp_comes_out_as_pillow_reduces_it(
    tmp_path: Path, kind: str, mode: str, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    image = picture(*size).convert(mode)
    options = SAVED[kind] | ({"append_images": [image.rotate(90)]} if kind == "animated" else {})
    image.save(tmp_path / "photo", "WEBP", method=0, **options)
    assert_as_pillow_reduces(tmp_path / "photo", monkeypatch)


def assert_as_pillow_reduces(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reduced = Mock(side_effect=large.reduced)
    monkeypatch.setattr(large, "reduced", reduced)
    ours = decode(path)
    reduced.assert_called_once()
    reduced.side_effect = lambda *_: None
    pillows = decode(path)
    assert (ours.width, ours.height, ours.scale) == (pillows.width, pillows.height, pillows.scale)
    assert ours.pixels.shape == pillows.pixels.shape
    assert np.abs(ours.pixels.astype(int) - pillows.pixels).mean() < 1.5


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
@pytest.mark.parametrize("subsampling", ["4:2:0", "4:4:4"])
@pytest.mark.parametrize("size", [LARGE, (640, 480)])
def test_an_avif_comes_out_as_pillow_reduces_it(
    tmp_path: Path,
    subsampling: str,
    mode: str,
    size: tuple[int, int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    image = picture(*size).convert(mode)
    options = {"speed": 10, "quality": 90} | ({} if mode == "L" else {"subsampling": subsampling})
    image.save(tmp_path / "photo", "AVIF", **options)
    assert avif.reduced((tmp_path / "photo").read_bytes(), "RGB", size, 2)
    assert_as_pillow_reduces(tmp_path / "photo", monkeypatch)


def test_a_large_avif_is_cropped_and_turned_as_its_boxes_want(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = io.BytesIO()
    picture(4200, 1400).convert("RGB").save(made, "AVIF", speed=10, quality=90)
    boxes = cropped(4001, 1301, (13, 2), (-31, 2)), turned(1)
    (tmp_path / "photo").write_bytes(with_boxes(made.getvalue(), *boxes))
    assert_as_pillow_reduces(tmp_path / "photo", monkeypatch)
    photo = decode(tmp_path / "photo")
    assert (photo.width, photo.height, photo.scale) == (1301, 4001, 0.5)


@pytest.mark.parametrize("damage", ["cut", "empty", "another size"])
def test_an_avif_that_is_not_whole_is_left_to_pillow(damage: str) -> None:
    made = io.BytesIO()
    picture(640, 480).convert("RGB").save(made, "AVIF", speed=10)
    content, size = made.getvalue(), (640, 480)
    if damage == "another size":
        size = (640, 470)
    else:
        content = content[: len(content) // 2 if damage == "cut" else 0]
    assert avif.reduced(content, "RGB", size, 2) is None


def test_without_libavif_an_avif_goes_pillows_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quadrants(*LARGE).save(tmp_path / "photo", "AVIF", speed=10)
    monkeypatch.setattr(avif, "_libavif", lambda: None)
    assert_quadrants(decode(tmp_path / "photo").pixels)


def test_a_transparent_heic_is_handed_over_reduced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(*LARGE).save(tmp_path / "photo", "HEIF", quality=90, enc_params=QUICK)
    ours = decode(tmp_path / "photo")
    monkeypatch.setattr(pillow.ReducedHeif, "draft", lambda *_: None)
    pillows = decode(tmp_path / "photo")
    assert (ours.width, ours.height, ours.scale) == (*LARGE, 0.5)
    assert ours.pixels.shape == pillows.pixels.shape
    assert np.abs(ours.pixels.astype(int) - pillows.pixels).max() <= 2


def test_a_first_frame_smaller_than_its_canvas_lies_where_it_belongs(tmp_path: Path) -> None:
    blank = Image.new("RGBA", (400, 300))
    patch = blank.copy()
    patch.paste((200, 0, 0, 255), (200, 100, 300, 200))
    patch.save(tmp_path / "photo", "WEBP", save_all=True, append_images=[blank], lossless=True)
    pixels = decode(tmp_path / "photo").pixels
    assert pixels[150, 250].tolist() == [200, 0, 0]
    assert pixels[50, 50].tolist() == pixels[250, 350].tolist() == [255, 255, 255]


def test_a_webp_of_many_chunks_costs_no_memory(tmp_path: Path) -> None:
    picture(64, 48).save(
        tmp_path / "photo", "WEBP", save_all=True, append_images=[picture(64, 48).rotate(90)]
    )
    content = (tmp_path / "photo").read_bytes()
    start = content.index(b"ANIM")
    crafted = content[:start] + (b"junk" + bytes(4)) * 100_000 + content[start:]
    tracemalloc.start()
    try:
        frame, _, size = large._first_frame(crafted)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (frame[:4], size) == (b"RIFF", (64, 48))
    assert peak < 2**20


def test_a_webp_cut_short_goes_pillows_way(tmp_path: Path, portrait: Path) -> None:
    with Image.open(portrait) as image:
        image.save(tmp_path / "photo", "WEBP", quality=90)
    content = (tmp_path / "photo").read_bytes()
    (tmp_path / "photo").write_bytes(content[: len(content) * 7 // 10])
    assert decode(tmp_path / "photo").note == say("truncated")


def test_colours_and_turns_apply_to_large_webps_too(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = quadrants(*LARGE).transpose(Image.Transpose.ROTATE_90)
    stored.save(tmp_path / "photo", "WEBP", exif=exif.tobytes(), quality=90)
    photo = decode(tmp_path / "photo")
    assert (photo.width, photo.height, photo.scale) == (*LARGE, 0.5)
    assert_quadrants(photo.pixels)


PEAK = """
import sys
import tracemalloc
from pathlib import Path
from analysis.images import decode
decode(Path(sys.argv[1]))
status = Path("/proc/self/status").read_text()
print(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM")))
"""


def peak(path: Path) -> float:
    """Return the most MB that a process had which decoded a photo."""
    command = [sys.executable, "-c", PEAK, f"{path}"]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return int(done.stdout) / 1024


def test_forty_megapixels_of_webp_take_no_more_than_their_reduced_pixels(tmp_path: Path) -> None:
    """Pillow's own decoding took 700 MB."""
    Image.new("RGB", (8000, 5000), (90, 120, 60)).save(tmp_path / "photo", "WEBP", method=0)
    assert peak(tmp_path / "photo") < 250


def test_forty_megapixels_of_avif_take_no_more_than_their_planes(tmp_path: Path) -> None:
    """Pillow's own decoding took 390 MB."""
    image = Image.new("RGB", (8000, 5000), (90, 120, 60))
    image.save(tmp_path / "photo", "AVIF", speed=10)
    assert peak(tmp_path / "photo") < 250


def test_a_float_tiff_is_measured_in_strips(tmp_path: Path) -> None:
    """30 megapixels are 120 MB; whole, their copies took 480."""
    ramp = np.tile(np.linspace(0, 1, 6000, dtype=np.float32).round(2), (5000, 1))
    Image.fromarray(ramp).save(tmp_path / "photo", "TIFF", compression="tiff_adobe_deflate")
    assert peak(tmp_path / "photo") < 350


@pytest.mark.parametrize(
    ("size", "factor"),
    [((8000, 6000), 1), ((8160, 6144), 1), ((12000, 8300), 2), ((20000, 12500), 2), ((0, 0), 1)],
)
def test_the_largest_photos_are_drawn_on_at_half_their_size(
    size: tuple[int, int], factor: int
) -> None:
    assert copy_factor(*size) == factor
    assert size[0] * size[1] / factor**2 <= COPY_PIXELS
