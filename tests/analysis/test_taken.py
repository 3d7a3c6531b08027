"""When a photo was taken, from files of each format as cameras and programs write them."""

from __future__ import annotations

import io
import struct
import time
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image

from analysis import opening
from analysis.dates import Source, Taken
from analysis.images import decode
from analysis.report import photo_object
from analysis.results import PhotoResult
from tests.analysis import raw_files
from tests.analysis.corpus import chunk, png_with
from tests.analysis.raw_files import ASCII, Tags

ORIGINAL, DIGITIZED, CHANGED = "2019:05:03 14:02:11", "2020:06:04 15:03:12", "2021:07:05 16:04:13"
TAGS = {0x9003: ORIGINAL, 0x9011: "+09:00", 0x9291: "25", 0x9004: DIGITIZED, 0x9012: "-05:00"}
SHOT = Taken(datetime(2019, 5, 3, 14, 2, 11, 250_000), Source.EXIF, 540)
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description %s</rdf:Description>'
    b"</rdf:RDF></x:xmpmeta>"
)
IN_XMP = XMP % b'photoshop:DateCreated="2018-04-02T13:01:10-03:30">'
FROM_XMP = Taken(datetime(2018, 4, 2, 13, 1, 10), Source.XMP, -210)
FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "HEIF", "AVIF")


def exif(tags: Mapping[int, str] = TAGS, changed: str = CHANGED) -> Image.Exif:
    found = Image.Exif()
    found.get_ifd(ExifTags.IFD.Exif).update(tags)
    if changed:
        found[0x132] = changed
    return found


def saved(image_format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    options |= {"append_images": [picture()], "save_all": True} if image_format == "MPO" else {}
    picture().save(out, image_format, **options)
    return out.getvalue()


def picture() -> Image.Image:
    return Image.new("RGB", (64, 48), (200, 30, 30))


def taken(content: bytes, folder: Path) -> Taken | None:
    """Return what a photo says, both while it is decoded and without that."""
    path = folder / "photo"
    path.write_bytes(content)
    found = decode(path).told
    assert opening.told(path) == found
    return found.taken


@pytest.mark.parametrize("image_format", FORMATS)
def test_each_format_says_when_it_was_taken(image_format: str, tmp_path: Path) -> None:
    assert taken(saved(image_format, exif=exif().tobytes()), tmp_path) == SHOT


@pytest.mark.parametrize("image_format", ["JPEG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_each_format_says_it_in_xmp(image_format: str, tmp_path: Path) -> None:
    option = {"tiffinfo": {700: IN_XMP}} if image_format == "TIFF" else {"xmp": IN_XMP}
    assert taken(saved(image_format, **option), tmp_path) == FROM_XMP


@pytest.mark.parametrize("before", [b"IDAT", b"IEND"])
def test_a_png_may_say_it_behind_its_picture_too(before: bytes, tmp_path: Path) -> None:
    in_exif = chunk(b"eXIf", exif().tobytes().removeprefix(b"Exif\0\0"))
    assert taken(png_with(in_exif, before)(), tmp_path) == SHOT
    in_text = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + IN_XMP)
    assert taken(png_with(in_text, before)(), tmp_path) == FROM_XMP


@pytest.mark.parametrize("image_format", ["PNG", "GIF", "BMP", "ICO", "JPEG", "TIFF"])
def test_a_photo_that_says_nothing_has_no_date(image_format: str, tmp_path: Path) -> None:
    assert taken(saved(image_format), tmp_path) is None


def test_the_shot_counts_before_xmp_and_that_before_scans_and_changes(tmp_path: Path) -> None:
    scanned = {tag: text for tag, text in TAGS.items() if tag in (0x9004, 0x9012)}
    digitized = Taken(datetime(2020, 6, 4, 15, 3, 12), Source.DIGITIZED, -300)
    changed = Taken(datetime(2021, 7, 5, 16, 4, 13), Source.CHANGED)
    for tags, xmp, found in (
        (TAGS, IN_XMP, SHOT),
        (scanned, IN_XMP, FROM_XMP),
        (scanned, b"", digitized),
        ({}, b"", changed),
        (TAGS | {0x9003: "0000:00:00 00:00:00"}, b"", digitized),
        ({0x9003: "1970:01:01 00:00:00", 0x9004: "2002:12:08 12:00:00"}, b"", changed),
    ):
        assert taken(saved("JPEG", exif=exif(tags).tobytes(), xmp=xmp), tmp_path) == found


@pytest.mark.parametrize(
    ("written", "at"),
    [
        (b"><exif:DateTimeOriginal>2018-04-02T13:01:10Z</exif:DateTimeOriginal>", 0),
        (b"exif:DateTimeOriginal = '2018-04-02T13:01:10+00:00'>", 0),
        # A day alone is no time; the other name may have one.
        (
            b'photoshop:DateCreated="2018-04-02" exif:DateTimeOriginal="2018-04-02T13:01:10">',
            None,
        ),
    ],
)
def test_xmp_is_read_in_each_way_that_it_is_written(
    written: bytes, at: int | None, tmp_path: Path
) -> None:
    found = taken(saved("JPEG", xmp=XMP % written), tmp_path)
    assert found == Taken(datetime(2018, 4, 2, 13, 1, 10), Source.XMP, at)


@pytest.mark.parametrize(
    "written",
    [b">", b'photoshop:DateCreated="', b'photoshop:DateCreated="0000-00-00T00:00:00">', b"\xff>"],
)
def test_xmp_without_a_date_says_nothing(written: bytes, tmp_path: Path) -> None:
    assert taken(saved("JPEG", xmp=XMP % written), tmp_path) is None


def test_long_xmp_costs_no_time(tmp_path: Path) -> None:
    long = b"photoshop:DateCreated" + b" " * 60_000
    started = time.perf_counter()
    assert taken(saved("WEBP", xmp=long * 15), tmp_path) is None
    assert time.perf_counter() - started < 2


def broken() -> Iterator[tuple[str, bytes]]:
    whole = exif().tobytes().removeprefix(b"Exif\0\0")
    for length in range(0, len(whole), 7):
        yield f"cut at {length}", whole[:length]
    yield "no directory", b"II*\0" + struct.pack("<L", 2**31)
    yield "letters", b"Exif that is none"
    entry = struct.pack("<HHLL", 0x8769, 4, 1, 8)  # EXIF's directory is the first itself.
    yield "a circle", b"II*\0" + struct.pack("<LH", 8, 1) + entry + bytes(4)
    entry = struct.pack("<HHLL", 0x132, 2, 2**32 - 1, 2**32 - 1)
    yield "a date beyond the end", b"II*\0" + struct.pack("<LH", 8, 1) + entry + bytes(4)
    entry = struct.pack("<HHLL", 0x132, 5, 19, 8)
    yield "a date of fractions", b"II*\0" + struct.pack("<LH", 8, 1) + entry + bytes(4)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_costs_the_photo_nothing(image_format: str, tmp_path: Path) -> None:
    for name, data in broken():
        prefix = b"" if image_format == "PNG" else b"Exif\0\0"
        found = taken(saved(image_format, exif=prefix + data), tmp_path)
        assert found is None or found.at.year in (2019, 2020, 2021), name


def test_a_cut_photo_says_it_too(tmp_path: Path) -> None:
    content = saved("JPEG", exif=exif().tobytes(), quality=100)
    assert taken(content[:-50], tmp_path) == SHOT


def raw(**more: str) -> bytes:
    """Return a DNG whose first directory has these texts, by tags as x9003, and a JPEG as preview."""
    tags: Tags = {int(tag[1:], 16): (ASCII, text.encode() + b"\0") for tag, text in more.items()}
    return raw_files.dng(saved("JPEG"), (64, 48), more=tags)


def test_a_raw_file_says_when_it_was_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = taken(raw(x9003=ORIGINAL, x9011="+09:00", x132=CHANGED), tmp_path)
    assert found == Taken(datetime(2019, 5, 3, 14, 2, 11), Source.EXIF, 540)
    found = taken(raw(x132=CHANGED), tmp_path)
    assert found == Taken(datetime(2021, 7, 5, 16, 4, 13), Source.CHANGED)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Seoul", "America/New_York"])
def test_the_beginning_of_unix_in_a_preview_of_libraw_is_no_date(
    zone: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        assert taken(raw(), tmp_path) is None
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_result_says_when_as_json() -> None:
    result = PhotoResult(64, 48, (), taken=SHOT)
    assert photo_object(result)["taken"] == {
        "at": "2019-05-03T14:02:11.250000+09:00",
        "from": "exif",
    }
    assert photo_object(PhotoResult(64, 48, ()))["taken"] is None
