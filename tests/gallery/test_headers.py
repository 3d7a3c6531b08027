"""Formats told by content: `analysis.headers` on real files of every format, under a wrong name."""

from __future__ import annotations

import io
import struct
import time
import tracemalloc
from typing import Any

import pillow_heif
import pytest
from django.contrib.auth.models import User
from PIL import Image, PngImagePlugin

from analysis.errors import UnreadablePhoto
from analysis.headers import kinds, read_header
from gallery import formats
from gallery.services import photos
from tests.factories import encoded, upload_file

WIDTH, HEIGHT = 96, 64
MEGABYTE = 2**20
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
            # What may be a picture of another size than it says is left to the decoder.
            assert (header.width is None) == (header.height is None)
            assert header.width is None or min(header.width, header.height or 0) > 0


def test_reading_the_header_leaves_the_file_at_its_start() -> None:
    file = io.BytesIO(photo_in("JPEG"))
    file.seek(50)

    read_header(file)

    assert file.tell() == 0


def stored_size(content: bytes) -> tuple[str, int | None, int | None]:
    header = read_header(io.BytesIO(content))
    return header.format, header.width, header.height


def jpeg_segment(marker: int, payload: bytes) -> bytes:
    return struct.pack(">BBH", 0xFF, marker, len(payload) + 2) + payload


def with_segments(*segments: bytes) -> bytes:
    """Return a JPEG that has `segments` before everything else, as cameras write them."""
    content = photo_in("JPEG")
    return content[:2] + b"".join(segments) + content[2:]


@pytest.mark.parametrize("marker", [0xE1, 0xE2, 0xED])
def test_a_jpeg_with_a_megabyte_of_metadata_is_read(marker: int) -> None:
    content = with_segments(*[jpeg_segment(marker, b"x" * 65533)] * 20)

    assert stored_size(content) == ("JPEG", WIDTH, HEIGHT)


def test_a_jpeg_with_an_index_of_more_pictures_is_read_by_its_first() -> None:
    second = Image.new("RGB", (WIDTH * 2, HEIGHT * 2), "red")
    content = encoded(
        Image.new("RGB", (WIDTH, HEIGHT), "teal"),
        "MPO", save_all=True, append_images=[second],
    )  # fmt: skip

    assert stored_size(content) == ("JPEG", WIDTH, HEIGHT)


def test_a_jpeg_is_upright_by_a_large_exif_segment() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x927C] = b"n" * 60_000  # the maker's note
    content = photo_in("JPEG", exif=exif)

    assert stored_size(content) == ("JPEG", HEIGHT, WIDTH)


def test_a_png_with_large_chunks_is_read() -> None:
    exif = Image.Exif()
    exif[0x927C] = b"n" * 3 * MEGABYTE
    info = PngImagePlugin.PngInfo()
    info.add_itxt("XML:com.adobe.xmp", "<x:xmpmeta/>" * 50_000)
    content = photo_in(
        "PNG", exif=exif, icc_profile=bytes(range(256)) * 12_000, pnginfo=info
    )  # fmt: skip

    assert len(content) > 3 * MEGABYTE
    assert stored_size(content) == ("PNG", WIDTH, HEIGHT)


def test_a_tiff_with_its_directory_at_the_end_is_read() -> None:
    plain = photo_in("TIFF")
    directory = struct.unpack("<L", plain[4:8])[0]
    tags = bytearray(plain[directory:])
    content = plain[:4] + struct.pack("<L", 12 * MEGABYTE)
    content += b"\0" * (12 * MEGABYTE - len(content)) + bytes(tags)

    assert stored_size(content) == ("TIFF", WIDTH, HEIGHT)


@pytest.mark.parametrize("image_format", ["HEIF", "AVIF"])
def test_a_heif_with_an_icc_profile_and_exif_is_read(image_format: str) -> None:
    exif = Image.Exif()
    exif[0x927C] = b"n" * 500_000
    image = Image.new("RGB", (WIDTH, HEIGHT), "teal")
    options = {"exif": exif.tobytes(), "icc_profile": bytes(range(256)) * 4_000}
    buffer = io.BytesIO()
    if image_format == "HEIF":
        pillow_heif.from_pillow(image).save(buffer, **options)
    else:
        image.save(buffer, image_format, **options)

    assert stored_size(buffer.getvalue()) == (image_format, WIDTH, HEIGHT)


PRINT_SETTINGS = (
    b'<?xml version="1.0"?><!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN"><plist/>'
)


@pytest.mark.parametrize("image_format", FORMATS)
@pytest.mark.parametrize("markup", [b"<html><body>made by hand</body></html>", b"\n<SVG/>"])
def test_a_photo_with_markup_behind_it_is_a_photo(image_format: str, markup: bytes) -> None:
    content = photo_in(image_format) + b"\0" * 10_000 + markup

    assert stored_size(content) == (image_format, WIDTH, HEIGHT)


def test_the_print_settings_that_photoshop_writes_on_a_mac_are_no_web_page() -> None:
    content = with_segments(jpeg_segment(0xED, b"Photoshop 3.0\x008BIM" + PRINT_SETTINGS))

    assert stored_size(content) == ("JPEG", WIDTH, HEIGHT)


def box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I4s", 8 + len(body), name) + body


def heic(*boxes: bytes) -> bytes:
    """Return a HEIC with these boxes in its `meta` box; four zeros are version and flags."""
    return box(b"ftyp", b"heic\0\0\0\0mif1heic") + box(b"meta", b"\0" * 4, *boxes)


def properties(*boxes: bytes) -> bytes:
    """Return a HEIC with these properties, whose main picture is number 65,535."""
    return heic(box(b"pitm", b"\0" * 4 + b"\xff\xff"), box(b"iprp", *boxes))


def extents_without_bytes(items: int) -> bytes:
    """Return an `iloc` box whose items claim 65,535 extents each, of fields of no length."""
    claims = b"".join(struct.pack(">HHH", item, 0, 0xFFFF) for item in range(items))
    return box(b"iloc", b"\0" * 6, struct.pack(">H", items), claims)


def associations(count: int) -> bytes:
    """Return an `ipma` box of items that have no properties, none of them the main picture."""
    return box(b"ipma", b"\0" * 4, struct.pack(">I", count), b"\0\1\0" * count)


ASSOCIATIONS_OF_THE_PHOTO = box(
    b"ipma", b"\0\0\0\1", struct.pack(">I", 1), b"\xff" * 3, b"\x7f\xff" * 255
)
EXIF_OF_MANY_TAGS = jpeg_segment(0xE1, b"Exif\0\0II*\0\x08\0\0\0\xff\xff" + b"\1" * (65533 - 16))
CRAFTED = {
    "extents": heic(extents_without_bytes(200)),
    "associations": properties(associations(2_700_000)),
    "associations in many boxes": properties(*[associations(4_000)] * 680),
    "associations of the photo in many boxes": properties(
        box(b"ipco", box(b"free")), *[ASSOCIATIONS_OF_THE_PHOTO] * 9_000
    ),
    "properties": properties(box(b"ipco", box(b"free") * 600_000)),
    "boxes": box(b"ftyp", b"heic\0\0\0\0") + box(b"free") * 600_000,
    "brands": box(b"ftyp", b"heic\0\0\0\0", b"zzzz" * 1_200_000),
    "segments": b"\xff\xd8" + b"\xff\xe2\0\2" * 1_200_000,
    "no marker": b"\xff\xd8\xff\xe0\0\2" + b"\0" * 5_000_000,
    "fill bytes": b"\xff\xd8" + b"\xff" * 5_000_000,
    "tags": b"II*\0\x08\0\0\0\xff\xff" + b"\1" * 12 * 65535,
    "tags in many segments": b"\xff\xd8" + EXIF_OF_MANY_TAGS * 200,
}


def read_or_refused(content: bytes) -> None:
    """Read the header of a crafted file: a size that is far away, or nowhere, is in doubt at most."""
    try:
        assert read_header(io.BytesIO(content)).pixels is None
    except UnreadablePhoto:
        return


@pytest.mark.parametrize("content", CRAFTED.values(), ids=CRAFTED.keys())
def test_a_crafted_file_costs_little_time(content: bytes) -> None:
    started = time.process_time()

    read_or_refused(content)

    assert time.process_time() - started < 0.5


@pytest.mark.parametrize("content", CRAFTED.values(), ids=CRAFTED.keys())
def test_a_crafted_file_costs_little_memory(content: bytes) -> None:
    tracemalloc.start()
    try:
        read_or_refused(content)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert peak - len(content) < 20 * MEGABYTE


def test_an_original_of_every_format_has_a_type_and_a_suffix() -> None:
    told = {name for name, _ in kinds.PHOTOS} | kinds.RAW | {"HEIF", "AVIF"}

    assert told == set(formats.TYPES)
    for _, suffix in formats.TYPES.values():
        assert suffix in formats.ACCEPT.split(",")
