"""Every way to store pixels comes out as the colours that it means; lossless ones to the value."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from analysis.images import Pixels, decode, reduced
from tests.analysis.broken_files import marked

LOSSLESS: dict[str, dict[str, Any]] = {
    "PNG": {},
    "TIFF": {"compression": "tiff_lzw"},
    "WEBP": {"lossless": True, "exact": True},
    "BMP": {},
}
# How a camera that was held another way stores the same scene.
STORED = {
    1: lambda scene: scene,
    2: lambda scene: scene[:, ::-1],
    3: lambda scene: scene[::-1, ::-1],
    4: lambda scene: scene[::-1],
    5: lambda scene: scene.transpose(1, 0, 2),
    6: lambda scene: np.rot90(scene, 1),
    7: lambda scene: np.rot90(scene, 2).transpose(1, 0, 2),
    8: lambda scene: np.rot90(scene, -1),
}


def read(path: Path, image: Image.Image, image_format: str = "PNG", **options: Any) -> Pixels:
    image.save(path / "photo", image_format, **options)
    return decode(path / "photo").pixels


@pytest.mark.parametrize("image_format", ["PNG", "TIFF", "WEBP"])
@pytest.mark.parametrize("orientation", STORED)
def test_each_pixel_comes_out_upright(tmp_path: Path, image_format: str, orientation: int) -> None:
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](marked())))
    exif = Image.Exif()
    exif[0x0112] = orientation
    seen = read(tmp_path, stored, image_format, exif=exif, **LOSSLESS[image_format])
    np.testing.assert_array_equal(seen, marked())


@pytest.mark.parametrize("orientation", STORED)
def test_each_pixel_of_a_jpeg_comes_out_upright(tmp_path: Path, orientation: int) -> None:
    scene = np.kron(marked(), np.ones((16, 16, 1), dtype=np.uint8))  # Whole blocks lose little.
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](scene)))
    seen = read(tmp_path, stored, "JPEG", quality=100, subsampling=0, exif=exif)
    assert np.abs(seen.astype(int) - scene).max() <= 3


@pytest.mark.parametrize("orientation", STORED)
def test_a_large_photo_is_halved_and_turned_pixel_by_pixel(
    tmp_path: Path, orientation: int
) -> None:
    small = np.tile(marked(), (40, 80, 1))
    scene = np.kron(small, np.ones((2, 2, 1), dtype=np.uint8))
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(STORED[orientation](scene)))
    np.testing.assert_array_equal(read(tmp_path, stored, exif=exif, compress_level=1), small)
    whole = decode(tmp_path / "photo", full_size=True)
    np.testing.assert_array_equal(whole.pixels, scene)
    np.testing.assert_array_equal(reduced(whole).pixels, small)


@pytest.mark.parametrize("image_format", LOSSLESS)
@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_opaque_modes_keep_their_values(tmp_path: Path, image_format: str, mode: str) -> None:
    image = Image.fromarray(marked()).convert(mode)
    if image_format == "WEBP":
        image = image.convert("RGB")  # It stores nothing else.
    seen = read(tmp_path, image, image_format, **LOSSLESS[image_format])
    np.testing.assert_array_equal(seen, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("bits", [1, 2, 4, 8])
def test_palettes_of_few_bits_keep_their_colours(tmp_path: Path, bits: int) -> None:
    image = Image.fromarray(marked()).quantize(2**bits)
    for image_format in ("PNG", "GIF", "BMP", "TIFF"):
        options = {"bits": bits} if image_format == "PNG" else {}
        seen = read(tmp_path, image, image_format, **options)
        np.testing.assert_array_equal(seen, np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("mode", ["LA", "RGBA"])
@pytest.mark.parametrize("image_format", ["PNG", "TIFF", "WEBP"])
def test_half_transparent_parts_let_white_through(
    tmp_path: Path, image_format: str, mode: str
) -> None:
    alpha = np.tile(np.linspace(0, 255, 24).astype(np.uint8), (16, 1))
    image = Image.fromarray(marked()).convert(mode[:-1])
    image.putalpha(Image.fromarray(alpha))
    stored = image.convert("RGBA") if image_format == "WEBP" else image
    options = LOSSLESS[image_format]
    opaque = np.asarray(image.convert(mode[:-1]).convert("RGB"), dtype=float)
    share = alpha[..., None] / 255
    expected = opaque * share + 255 * (1 - share)
    assert np.abs(read(tmp_path, stored, image_format, **options) - expected).max() <= 1


def test_a_palette_may_be_transparent_by_entry(tmp_path: Path) -> None:
    image = Image.new("P", (4, 1))
    image.putpalette([200, 0, 0, 0, 200, 0, 0, 0, 200, 9, 9, 9])
    image.putdata([0, 1, 2, 3])
    seen = read(tmp_path, image, transparency=bytes([255, 128, 0, 255]))
    assert (
        np.abs(seen[0].astype(int) - [[200, 0, 0], [127, 227, 127], [255] * 3, [9] * 3]).max() <= 1
    )
    seen = read(tmp_path, image, "GIF", transparency=2)
    assert seen[0].tolist() == [[200, 0, 0], [0, 200, 0], [255] * 3, [9] * 3]


def deep_png(path: Path, values: NDArray[np.uint16], colour_type: int, interlaced: bool) -> None:
    """Write a PNG of 16 bits a channel, which Pillow reads and cannot write."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checked = name + data
        return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))

    def rows(part: NDArray[np.uint16]) -> bytes:
        return b"".join(b"\0" + row.astype(">u2").tobytes() for row in part)

    height, width = values.shape[:2]
    passes = [(0, 0, 8, 8), (0, 4, 8, 8), (4, 0, 8, 4), (0, 2, 4, 4), (2, 0, 4, 2), (0, 1, 2, 2)]
    starts = [*passes, (1, 0, 2, 1)] if interlaced else [(0, 0, 1, 1)]
    content = b"".join(rows(values[top::down, left::across]) for top, left, down, across in starts)
    header = struct.pack(">IIBBBBB", width, height, 16, colour_type, 0, 0, interlaced)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(content))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("interlaced", [False, True])
def test_sixteen_bits_a_channel_become_eight(tmp_path: Path, interlaced: bool) -> None:
    path = tmp_path / "deep.png"
    scene = marked()
    deep = scene.astype(np.uint16) * 257
    deep_png(path, deep, 2, interlaced)
    np.testing.assert_array_equal(decode(path).pixels, scene)
    clear = np.dstack([deep, np.full(deep.shape[:2], 65535, dtype=np.uint16)])
    clear[:8, :, 3] = 0
    deep_png(path, clear, 6, interlaced)
    np.testing.assert_array_equal(decode(path).pixels[8:], scene[8:])
    assert (decode(path).pixels[:8] == 255).all()
    deep_png(path, deep[..., :1], 0, interlaced)
    np.testing.assert_array_equal(decode(path).pixels, np.repeat(scene[..., :1], 3, axis=2))


def test_grey_of_many_bits_is_the_same_in_strips_and_reduced(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 4000).astype(np.uint16), (1400, 1))
    ramp[700:] //= 2  # What is brightest must be known before the first strip.
    image = Image.fromarray(ramp)
    for stored in (image, Image.fromarray(ramp.astype(np.float32) / 2)):
        seen = read(tmp_path, stored, "TIFF").astype(int)
        assert seen.shape == (700, 2000, 3)
        expected = np.linspace(0, 255, 2000)
        scale = 1 if stored is image else 0.5
        assert np.abs(seen[100, :, 0] - expected * scale).max() <= 1
        assert np.abs(seen[600, :, 0] - expected * scale / 2).max() <= 1


@pytest.mark.parametrize("image_format", ["JPEG", "TIFF"])
@pytest.mark.parametrize("mode", ["CMYK", "YCbCr"])
def test_other_colour_spaces_come_out_in_their_colours(
    tmp_path: Path, image_format: str, mode: str
) -> None:
    scene = np.kron(marked(), np.ones((16, 16, 1), dtype=np.uint8))
    options = {"quality": 100, "subsampling": 0} if image_format == "JPEG" else {}
    seen = read(tmp_path, Image.fromarray(scene).convert(mode), image_format, **options)
    assert np.abs(seen.astype(int) - scene).max() <= 5


@pytest.mark.parametrize("image_format", ["PNG", "GIF", "WEBP", "AVIF"])
def test_the_first_frame_is_what_is_seen(tmp_path: Path, image_format: str) -> None:
    frames = [Image.new("RGB", (32, 24), colour) for colour in ((250, 0, 0), (0, 0, 250))]
    first, *later = frames
    options = {"save_all": True, "append_images": later, "duration": 100, "loop": 0}
    seen = read(tmp_path, first, image_format, **options)
    assert seen.shape == (24, 32, 3)
    assert np.abs(seen.astype(int) - [250, 0, 0]).max() <= 12
