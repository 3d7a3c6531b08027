"""Formats told by content: `analysis.headers` on real files of every format, under a wrong name."""

from __future__ import annotations

import io
from typing import Any

import pillow_heif
import pytest
from django.contrib.auth.models import User
from PIL import Image

from analysis.errors import UnreadablePhoto
from analysis.headers import read_header
from gallery.services import photos
from tests.factories import encoded, upload_file

WIDTH, HEIGHT = 96, 64
FORMATS = ["JPEG", "PNG", "WEBP", "GIF", "TIFF", "BMP", "HEIF", "AVIF"]


def photo_in(image_format: str, **options: Any) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), "teal")
    if image_format == "HEIF":
        buffer = io.BytesIO()
        pillow_heif.from_pillow(image).save(buffer)
        return buffer.getvalue()
    return encoded(image, image_format, **options)


@pytest.mark.parametrize("image_format", FORMATS)
def test_the_format_is_told_by_content_under_a_wrong_name(alice: User, image_format: str) -> None:
    content = photo_in(image_format)

    photo = photos.upload(owner=alice, file=upload_file("report.pdf", content))

    assert photo.format == image_format
    assert (photo.width, photo.height) == (WIDTH, HEIGHT)


@pytest.mark.parametrize(
    "options",
    [
        {"image_format": "JPEG", "progressive": True},
        {"image_format": "WEBP", "lossless": True},
        {"image_format": "TIFF", "compression": "tiff_lzw"},
        {"image_format": "TIFF", "big_tiff": False, "compression": "jpeg"},
    ],
)
def test_the_variants_of_a_format_are_read_too(options: dict[str, Any]) -> None:
    header = read_header(io.BytesIO(photo_in(**options)))

    assert (header.format, header.width, header.height) == (
        options["image_format"], WIDTH, HEIGHT,
    )  # fmt: skip


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "I;16"])
def test_a_png_of_any_mode_is_a_png(mode: str) -> None:
    header = read_header(io.BytesIO(encoded(Image.new(mode, (WIDTH, HEIGHT)), "PNG")))

    assert (header.format, header.width, header.height) == ("PNG", WIDTH, HEIGHT)


@pytest.mark.parametrize("image_format", FORMATS)
def test_a_file_cut_anywhere_is_read_or_refused_and_nothing_else(image_format: str) -> None:
    content = photo_in(image_format)

    for length in [*range(min(len(content), 400)), *range(400, len(content), 97)]:
        try:
            header = read_header(io.BytesIO(content[:length]))
        except UnreadablePhoto:
            continue
        assert header.format == image_format


@pytest.mark.parametrize("image_format", FORMATS)
def test_a_header_with_any_byte_spoilt_is_read_or_refused_and_nothing_else(
    image_format: str,
) -> None:
    content = photo_in(image_format)

    for position in range(min(len(content), 300)):
        for value in (0x00, 0xFF, content[position] ^ 0x10):
            spoilt = bytearray(content)
            spoilt[position] = value
            try:
                header = read_header(io.BytesIO(bytes(spoilt)))
            except UnreadablePhoto:
                continue
            assert header.width > 0
            assert header.height > 0


def test_reading_the_header_leaves_the_file_at_its_start() -> None:
    file = io.BytesIO(photo_in("JPEG"))
    file.seek(50)

    read_header(file)

    assert file.tell() == 0
