"""Every accepted format comes out upright and in true colours; the rest is refused in a sentence."""

from __future__ import annotations

import io
import os
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFile

from analysis.errors import PhotoTooLarge, UnreadablePhoto
from analysis.headers import read_header
from analysis.images import LEAST_SIDE, Pixels, decode, reduced
from analysis.limits import Limits
from tests.analysis.heif_files import QUICK, turned, with_boxes

RED, GREEN, BLUE, GREY = (220, 30, 30), (30, 180, 30), (30, 30, 220), (128, 128, 128)


def quadrants(width: int = 64, height: int = 48) -> Image.Image:
    """Red top left, green top right, blue bottom left, grey bottom right."""
    image = Image.new("RGB", (width, height), GREY)
    image.paste(RED, (0, 0, width // 2, height // 2))
    image.paste(GREEN, (width // 2, 0, width, height // 2))
    image.paste(BLUE, (0, height // 2, width // 2, height))
    return image


def assert_quadrants(pixels: Pixels, tolerance: int = 12) -> None:
    height, width = pixels.shape[:2]
    for colour, (x, y) in zip(
        (RED, GREEN, BLUE, GREY), ((1, 1), (3, 1), (1, 3), (3, 3)), strict=True
    ):
        seen = pixels[y * height // 4, x * width // 4].astype(int)
        assert np.abs(seen - colour).max() <= tolerance, (colour, seen)


def saved(path: Path, image: Image.Image, image_format: str, **options: Any) -> Path:
    image.save(path, image_format, **options)
    return path


@pytest.mark.parametrize(
    "image_format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF"]
)
def test_each_format_is_told_by_content_and_decoded(tmp_path: Path, image_format: str) -> None:
    path = saved(tmp_path / "photo.txt", quadrants(), image_format)
    photo = decode(path)
    assert photo.format == image_format
    assert (photo.width, photo.height, photo.scale, photo.note) == (64, 48, 1.0, None)
    assert photo.pixels.shape == (48, 64, 3)
    assert photo.pixels.dtype == np.uint8
    assert photo.pixels.flags.c_contiguous
    assert_quadrants(photo.pixels)


# What a camera stores for each EXIF orientation of the same scene.
STORED = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_90,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_270,
}


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "TIFF", "WEBP", "HEIF", "AVIF"])
@pytest.mark.parametrize("orientation", STORED)
def test_exif_orientation_is_applied_once(
    tmp_path: Path, image_format: str, orientation: int
) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = quadrants().transpose(STORED[orientation])
    # Given bytes, pillow_heif writes HEIF's own turn too, as cameras do: EXIF does not count there.
    photo = decode(saved(tmp_path / "photo", stored, image_format, exif=exif.tobytes()))
    assert (photo.width, photo.height) == (64, 48)
    assert photo.pixels.shape == (48, 64, 3)
    assert_quadrants(photo.pixels)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_a_large_photo_is_halved_but_knows_its_own_size(tmp_path: Path, image_format: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    stored = quadrants(5001, 1350).transpose(Image.Transpose.ROTATE_90)
    path = saved(tmp_path / "large", stored, image_format, exif=exif)
    photo = decode(path)
    assert (photo.width, photo.height, photo.scale) == (5001, 1350, 0.5)
    assert photo.pixels.shape == (675, 2501, 3)
    assert_quadrants(photo.pixels)
    whole = decode(path, full_size=True)
    assert whole.pixels.shape == (1350, 5001, 3)
    again = reduced(whole)
    assert (again.width, again.height, again.scale) == (5001, 1350, 0.5)
    assert np.abs(again.pixels.astype(int) - photo.pixels).mean() < 0.1


def test_a_large_heif_is_reduced_as_it_is_read_to_the_same_pixels(tmp_path: Path) -> None:
    blots = np.random.default_rng(0).integers(0, 90, (163, 501, 3), dtype=np.uint8)
    noise = np.kron(blots, np.ones((8, 8, 1), dtype=np.uint8))[:1301, :4003]
    image = Image.fromarray(np.asarray(quadrants(4003, 1301)) // 2 + noise)
    lying = saved(
        tmp_path / "lying", image.rotate(-90, expand=True), "HEIF", quality=80, enc_params=QUICK
    )
    (tmp_path / "photo").write_bytes(with_boxes(lying.read_bytes(), turned(1)))
    photo = decode(tmp_path / "photo")
    assert (photo.width, photo.height, photo.scale) == (4003, 1301, 0.5)
    whole = decode(tmp_path / "photo", full_size=True)
    assert whole.pixels.shape == (1301, 4003, 3)
    np.testing.assert_array_equal(photo.pixels, reduced(whole).pixels)


@pytest.mark.parametrize(
    ("side", "seen"), [(2 * LEAST_SIDE - 1, 2 * LEAST_SIDE - 1), (2 * LEAST_SIDE, LEAST_SIDE)]
)
@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_the_longest_side_stays_at_least_so_long(
    tmp_path: Path, side: int, seen: int, image_format: str
) -> None:
    path = saved(tmp_path / "photo", quadrants(side, 8), image_format)
    assert decode(path).pixels.shape[1] == seen


@pytest.mark.parametrize("image_format", ["JPEG", "PNG"])
def test_a_very_long_photo_is_reduced_by_more_than_a_jpeg_decoder_can(
    tmp_path: Path, image_format: str
) -> None:
    photo = decode(saved(tmp_path / "strip", quadrants(40000, 32), image_format))
    assert (photo.width, photo.height, photo.scale) == (40000, 32, 1 / 16)
    assert photo.pixels.shape == (2, 2500, 3)
    assert_quadrants(photo.pixels)


@pytest.mark.parametrize(
    ("size", "seen"),
    [
        ((15600, 440), (15600, 440)),
        ((12000, 1300), (6000, 650)),
        ((40000, 640), (20000, 320)),
        ((3840, 1280), (1920, 640)),
        ((3842, 1278), (3842, 1278)),
    ],
)
def test_a_panorama_keeps_the_height_that_its_faces_need(
    tmp_path: Path, size: tuple[int, int], seen: tuple[int, int]
) -> None:
    photo = decode(saved(tmp_path / "panorama", quadrants(*size), "JPEG"))
    assert photo.pixels.shape[1::-1] == seen
    assert photo.scale == seen[0] / size[0]
    assert_quadrants(photo.pixels)


@pytest.mark.parametrize("size", [(1, 1), (1, 20000), (20000, 1), (2, 3)])
def test_odd_sizes_are_photos_too(tmp_path: Path, size: tuple[int, int]) -> None:
    photo = decode(saved(tmp_path / "odd", Image.new("RGB", size, RED), "PNG"))
    assert (photo.width, photo.height) == size
    assert photo.pixels.min(axis=(0, 1)).tolist() == list(RED)


def test_a_truncated_jpeg_shows_what_it_holds_with_a_note(tmp_path: Path) -> None:
    path = saved(tmp_path / "cut.jpg", quadrants(1600, 1200), "JPEG", quality=95)
    path.write_bytes(path.read_bytes()[: path.stat().st_size * 6 // 10])
    before = ImageFile.LOAD_TRUNCATED_IMAGES  # True once something has imported face_recognition.
    photo = decode(path)
    assert before is ImageFile.LOAD_TRUNCATED_IMAGES
    assert (
        str(photo.note) == "This file ends too early, so a part of the photo is missing or blurred."
    )
    assert (photo.width, photo.height) == (1600, 1200)
    assert np.abs(photo.pixels[100, 100].astype(int) - RED).max() < 12


def test_a_progressive_jpeg_cut_short_is_shown_too(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 30, (600, 800, 3), dtype=np.uint8)
    image = Image.fromarray(np.asarray(quadrants(800, 600)) // 2 + noise)
    path = saved(tmp_path / "cut.jpg", image, "JPEG", progressive=True)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    photo = decode(path)
    assert photo.note
    assert photo.pixels[100, 100, 0] > photo.pixels[100, 100, 1] + 40


def test_cmyk_comes_out_in_its_colours(tmp_path: Path) -> None:
    for name, image_format in (("a.jpg", "JPEG"), ("a.tif", "TIFF")):
        photo = decode(saved(tmp_path / name, quadrants().convert("CMYK"), image_format))
        assert_quadrants(photo.pixels, tolerance=20)


def test_transparent_parts_lie_over_white(tmp_path: Path) -> None:
    image = quadrants().convert("RGBA")
    image.putalpha(Image.new("L", image.size, 255))
    image.paste((0, 0, 0, 0), (32, 24, 64, 48))
    palette = quadrants().convert("P")
    palette.info["transparency"] = palette.getpixel((60, 40))
    grey = Image.new("LA", (64, 48), (0, 0))
    for number, transparent in enumerate((image, palette, grey)):
        photo = decode(saved(tmp_path / f"{number}", transparent, "PNG"))
        assert photo.pixels[40, 60].tolist() == [255, 255, 255]
    photo = decode(tmp_path / "0")
    assert photo.pixels[4, 4].tolist() == list(RED)


def test_sixteen_bit_grey_is_scaled_and_not_clipped(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 65535, 256).astype(np.uint16), (16, 1))
    for image_format in ("PNG", "TIFF"):
        photo = decode(saved(tmp_path / image_format, Image.fromarray(ramp), image_format))
        assert np.abs(photo.pixels[8, :, 0].astype(int) - np.arange(256)).max() <= 1


def test_float_tiffs_of_any_range_are_shown(tmp_path: Path) -> None:
    ramp = np.tile(np.linspace(0, 1, 256, dtype=np.float32), (16, 1))
    for number, values in enumerate((ramp, ramp * 255, ramp * 2e6 - 1e6)):
        photo = decode(saved(tmp_path / f"{number}", Image.fromarray(values), "TIFF"))
        assert np.abs(photo.pixels[8, :, 1].astype(int) - np.arange(256)).max() <= 1


def test_one_bit_is_black_and_white(tmp_path: Path) -> None:
    image = Image.new("1", (8, 8), 1)
    image.paste(0, (0, 0, 4, 8))
    photo = decode(saved(tmp_path / "bits", image, "TIFF"))
    assert photo.pixels[4, :, 0].tolist() == [0] * 4 + [255] * 4


def test_the_first_frame_of_an_animation_is_taken(tmp_path: Path) -> None:
    later = [Image.new("RGB", (64, 48), BLUE)]
    for image_format in ("GIF", "WEBP", "TIFF", "MPO"):
        path = tmp_path / image_format
        quadrants().save(path, image_format, save_all=True, append_images=later)
        photo = decode(path)
        assert photo.format == ("JPEG" if image_format == "MPO" else image_format)
        assert_quadrants(photo.pixels, tolerance=16)


MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"


@pytest.mark.parametrize(
    ("content", "way_out"),
    [
        (b"", "copy it again"),
        (b"not a photo", "Try a JPEG or PNG"),
        (b"<p>not a photo", "Try a JPEG or PNG"),
        (b"<html><script>1</script></html>", "save the photo that is on it"),
        (b"\xef\xbb\xbf\n<!DOCTYPE html><title>1</title>", "save the photo that is on it"),
        (b"<svg/>", "Export it as PNG"),
        (b'<?xml version="1.0"?>\n<!-- made by hand -->\n<svg width="1"/>', "Export it as PNG"),
        (b"\xff\xd8\xff\xe0", "copy it again"),
        (b"%PDF-1.7", "Export the photo that is in it"),
        (MP4, "Save a still of it"),
        (b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", "Save a still of it"),
        (b"\0\0\0\x08wide\0\0\0\0mdat", "Save a still of it"),
        (b"RIFF\x24\0\0\0AVI LIST", "Save a still of it"),
        (b"\x1aE\xdf\xa3\x01\0\0\0webm", "Save a still of it"),
        (b"PK\x03\x04\x14\0", "Unpack it"),
        (b"\xff\n\xfa\x7f", "JPEG XL photo"),
        (b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL photo"),
        (b"\0\0\0\x0cjP  \r\n\x87\n", "JPEG 2000 photo"),
        (b"8BPS\0\1", "Photoshop document"),
    ],
)
def test_what_is_no_photo_is_refused_in_a_sentence_with_its_way_out(
    tmp_path: Path, content: bytes, way_out: str
) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(content)
    with pytest.raises(UnreadablePhoto, match=way_out) as refused:
        decode(path)
    with pytest.raises(UnreadablePhoto) as at_the_door:
        read_header(io.BytesIO(content))
    assert f"{refused.value}" == f"{at_the_door.value}"


@pytest.mark.parametrize(
    "image_format", ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "AVIF", "HEIF"]
)
def test_a_damaged_file_is_decoded_or_refused_but_nothing_else(
    tmp_path: Path, image_format: str
) -> None:
    out = io.BytesIO()
    quadrants().save(out, image_format)
    good = out.getvalue()
    random = np.random.default_rng(7)
    path = tmp_path / "damaged"
    for _ in range(40):
        content = bytearray(good[: int(random.integers(8, len(good) + 1))])
        for place in random.integers(0, len(content), 4):
            content[place] = int(random.integers(0, 256))
        path.write_bytes(bytes(content))
        try:
            assert decode(path, Limits(max_pixels=10**6)).pixels.ndim == 3
        except (UnreadablePhoto, PhotoTooLarge) as error:
            assert str(error).endswith(".")  # noqa: PT017


def test_too_many_bytes_are_refused_before_reading(tmp_path: Path) -> None:
    path = saved(tmp_path / "photo", quadrants(), "BMP")
    with pytest.raises(PhotoTooLarge, match=r"photos may have up to 0 MB\."):
        decode(path, Limits(max_bytes=100))


def bomb(width: int, height: int) -> bytes:
    """Return a PNG of a few bytes that claims any size."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = chunk(b"IDAT", zlib.compress(b"\0" * 1000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + pixels + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(10001, 10000), (30000, 30000), (2**30, 2**30)])
def test_a_decompression_bomb_is_refused_before_it_is_decoded(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bomb.png"
    path.write_bytes(bomb(*size))
    monkeypatch.setattr(ImageFile.ImageFile, "load", lambda _: pytest.fail("it was decoded"))
    with pytest.raises(PhotoTooLarge, match="more than 100 megapixels"):
        decode(path)


def test_a_photo_of_exactly_the_limit_is_accepted_without_a_warning(tmp_path: Path) -> None:
    path = saved(tmp_path / "photo", Image.new("L", (100, 100)), "PNG")
    assert decode(path, Limits(max_pixels=10_000)).width == 100
    with pytest.raises(PhotoTooLarge):
        decode(path, Limits(max_pixels=9_999))


def test_a_missing_file_is_not_called_a_bad_photo(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        decode(tmp_path / "nowhere.jpg")


def test_a_pipe_or_device_is_no_photo(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jpg")
    with pytest.raises(UnreadablePhoto):
        decode(tmp_path / "pipe.jpg")
