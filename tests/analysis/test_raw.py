"""Cameras' RAW files are told from other TIFFs by content, and seen by the preview that is in them."""

from __future__ import annotations

import io
import struct
from pathlib import Path

import pytest

from analysis.errors import PhotoTooLarge, UnreadablePhoto
from analysis.headers import read_header
from analysis.images import decode
from analysis.limits import MEGABYTE, Limits
from analysis.raw import NO_PREVIEW, SMALL_PREVIEW
from tests.analysis.corpus import STORED, saved, scene
from tests.analysis.raw_files import camera_tiff, dng
from tests.analysis.test_corpus import assert_scene


def jpeg(width: int, height: int) -> bytes:
    return saved(scene(width, height), "JPEG")


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (dng(jpeg(96, 64), (96, 64)), "DNG"),
        (camera_tiff(b"NIKON CORPORATION"), "NEF"),
        (camera_tiff(b"SONY"), "ARW"),
        (camera_tiff(b"PENTAX"), "PEF"),
        (camera_tiff(b"SAMSUNG"), "SRW"),
        (camera_tiff(b"Somebody"), "RAW"),
        (b"II*\0\x10\0\0\0CR\2\0" + bytes(99), "CR2"),
        (struct.pack(">L8sL8s", 24, b"ftypcrx ", 1, b"crx isom") + bytes(99), "CR3"),
        (b"FUJIFILMCCD-RAW 0201FF159503X-T3" + bytes(99), "RAF"),
        (b"IIRO\x08\0\0\0" + bytes(99), "ORF"),
        (b"IIU\0\x18\0\0\0" + bytes(99), "RW2"),
    ],
)
def test_a_raw_file_is_told_by_its_content(content: bytes, name: str) -> None:
    header = read_header(io.BytesIO(content))

    assert (header.format, header.width, header.pixels) == (name, None, None)
    assert header.is_raw


def test_a_tiff_that_a_camera_made_is_no_raw_file() -> None:
    made = saved(scene(), "TIFF", tiffinfo={0x10F: "NIKON CORPORATION"})

    assert read_header(io.BytesIO(made)).format == "TIFF"


def test_a_raw_file_is_seen_by_its_preview(tmp_path: Path) -> None:
    path = tmp_path / "photo.jpg"
    path.write_bytes(dng(jpeg(1500, 1000), (1500, 1000)))

    photo = decode(path)

    assert (photo.format, photo.width, photo.height) == ("DNG", 1500, 1000)
    assert photo.note is None
    assert_scene(photo.pixels)


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_preview_is_turned_as_the_camera_was(tmp_path: Path, orientation: int) -> None:
    stored = scene(1500, 1000).transpose(STORED[orientation])
    path = tmp_path / "photo.dng"
    path.write_bytes(dng(saved(stored, "JPEG"), stored.size, orientation))

    photo = decode(path)

    assert (photo.width, photo.height) == (1500, 1000)
    assert_scene(photo.pixels)


def test_a_small_preview_says_so(tmp_path: Path) -> None:
    path = tmp_path / "photo.dng"
    path.write_bytes(dng(jpeg(96, 64), (96, 64)))

    assert decode(path).note == SMALL_PREVIEW


def test_without_a_preview_the_thumbnail_that_it_begins_with_is_seen(tmp_path: Path) -> None:
    path = tmp_path / "photo.nef"
    path.write_bytes(camera_tiff(b"NIKON CORPORATION"))

    photo = decode(path)

    assert (photo.format, photo.width, photo.height) == ("NEF", 8, 8)
    assert photo.note == SMALL_PREVIEW


@pytest.mark.parametrize(
    "content", [b"IIRO\x08\0\0\0", b"FUJIFILMCCD-RAW 0201", b"II*\0\x10\0\0\0CR\2\0"]
)
def test_a_raw_file_without_any_picture_is_refused_with_its_way_out(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "photo.orf"
    path.write_bytes(content + bytes(5000))

    with pytest.raises(UnreadablePhoto, match="Export it as JPEG") as refused:
        decode(path)

    assert refused.value.sentence == NO_PREVIEW


def test_a_raw_file_may_have_more_bytes_and_its_preview_the_pixels_of_a_jpeg(
    tmp_path: Path,
) -> None:
    path = tmp_path / "photo.dng"
    path.write_bytes(dng(jpeg(96, 64), (96, 64)) + bytes(MEGABYTE))

    assert decode(path, Limits(max_bytes=1000, max_raw_bytes=2 * MEGABYTE)).width == 96
    with pytest.raises(PhotoTooLarge, match="up to 1 MB"):
        decode(path, Limits(max_bytes=1000, max_raw_bytes=MEGABYTE))
    with pytest.raises(PhotoTooLarge, match="megapixels"):
        decode(path, Limits(max_pixels=1000, max_jpeg_pixels=5000))


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_a_preview_of_pixels_is_turned_too(tmp_path: Path, orientation: int) -> None:
    """Some cameras store it so; LibRaw then only says how it lies."""
    stored = scene().transpose(STORED[orientation])
    path = tmp_path / "photo.dng"
    path.write_bytes(dng(stored.tobytes(), stored.size, orientation))

    photo = decode(path)

    assert (photo.width, photo.height) == (96, 64)
    assert_scene(photo.pixels)
