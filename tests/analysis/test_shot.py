"""With what and where a photo was taken, from files of each format as cameras and programs write them."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from PIL import ExifTags, Image, TiffImagePlugin

from analysis import opening, shot
from analysis.images import decode
from analysis.report import photo_object
from analysis.results import PhotoResult
from analysis.shot import NOTHING, Angle, Place, Shot
from tests.analysis import raw_files
from tests.analysis.corpus import chunk, png_with
from tests.analysis.raw_files import ASCII, RATIONAL, Tags

FORMATS = ("JPEG", "MPO", "PNG", "WEBP", "TIFF", "HEIF", "AVIF")
SEOUL = {1: "N", 2: (37.0, 33.0, 59.4), 3: "E", 4: (126.0, 58.0, 40.8)}
HERE = Place(37.5665, 126.978)
PHONE = Shot("Apple iPhone 12", "iPhone 12 back dual wide camera 4.2mm f/1.6", HERE)
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF><rdf:Description tiff:Make="Marks &amp; Sons"'
    b' tiff:Model="One" aux:Lens="50mm" exif:GPSLatitude="33,52,12.0S" exif:GPSLongitude="151,12.6E">'
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)
BY_XMP = Shot("Marks & Sons One", "50mm", Place(-33.87, 151.21))


def exif(
    maker: str = "Apple",
    model: str = "iPhone 12",
    lens: str = PHONE.lens,
    where: dict[int, Any] | None = None,
) -> bytes:
    found = Image.Exif()
    found[0x10F], found[0x110] = maker, model
    found.get_ifd(ExifTags.IFD.Exif)[0xA434] = lens
    found.get_ifd(ExifTags.IFD.GPSInfo).update(SEOUL if where is None else where)
    return found.tobytes()


def saved(image_format: str, **options: Any) -> bytes:
    out = io.BytesIO()
    picture = Image.new("RGB", (64, 48), (200, 30, 30))
    options |= {"append_images": [picture], "save_all": True} if image_format == "MPO" else {}
    picture.save(out, image_format, **options)
    return out.getvalue()


def told(content: bytes, folder: Path) -> Shot:
    """Return what a photo says, both while it is decoded and without that."""
    path = folder / "photo"
    path.write_bytes(content)
    found = decode(path).told.shot
    assert opening.told(path).shot == found
    return found


@pytest.mark.parametrize("image_format", FORMATS)
def test_each_format_says_with_what_and_where_it_was_taken(
    image_format: str, tmp_path: Path
) -> None:
    assert told(saved(image_format, exif=exif()), tmp_path) == PHONE


@pytest.mark.parametrize("image_format", ["JPEG", "WEBP", "TIFF", "HEIF", "AVIF"])
def test_each_format_says_it_in_xmp(image_format: str, tmp_path: Path) -> None:
    option = {"tiffinfo": {700: XMP}} if image_format == "TIFF" else {"xmp": XMP}
    assert told(saved(image_format, **option), tmp_path) == BY_XMP


def test_a_png_says_it_in_chunks_of_its_own(tmp_path: Path) -> None:
    in_text = chunk(b"iTXt", b"XML:com.adobe.xmp\0\0\0\0\0" + XMP)
    assert told(png_with(in_text, b"IEND")(), tmp_path) == BY_XMP


@pytest.mark.parametrize("image_format", ["PNG", "GIF", "BMP", "ICO", "JPEG", "TIFF"])
def test_a_photo_that_says_nothing_has_neither(image_format: str, tmp_path: Path) -> None:
    assert told(saved(image_format), tmp_path) == NOTHING


def test_exif_counts_before_xmp_and_xmp_fills_in(tmp_path: Path) -> None:
    both = saved("JPEG", exif=exif(lens="", where={}), xmp=XMP)
    assert told(both, tmp_path) == Shot("Apple iPhone 12", BY_XMP.lens, BY_XMP.place)


def test_a_raw_file_says_it_itself_or_by_its_preview(tmp_path: Path) -> None:
    lens: Tags = {0xA434: (ASCII, b"24-70mm f/2.8\0")}
    preview = saved("JPEG", exif=exif("Other", "Preview"))
    preview = (
        preview[:2] + preview[20:]
    )  # As of cameras: EXIF first, no JFIF. Else LibRaw writes its own.
    found = told(raw_files.dng(preview, (64, 48), more=lens), tmp_path)
    assert found == Shot("Made Camera of tests", "24-70mm f/2.8", HERE)


@pytest.mark.parametrize(
    ("maker", "model", "written"),
    [
        ("Apple", "iPhone 12", "Apple iPhone 12"),
        ("Canon", "Canon EOS 5D Mark II", "Canon EOS 5D Mark II"),
        ("NIKON CORPORATION", "NIKON D850", "Nikon D850"),
        ("NIKON", "E990", "Nikon E990"),
        ("SONY", "ILCE-7M3", "Sony ILCE-7M3"),
        ("samsung", "SM-G991B", "Samsung SM-G991B"),
        ("SAMSUNG TECHWIN", "SAMSUNG NV10", "Samsung NV10"),
        ("OLYMPUS IMAGING CORP.  ", "E-M1            ", "Olympus E-M1"),
        ("OLYMPUS OPTICAL CO.,LTD", "C750UZ", "Olympus C750UZ"),
        ("OM Digital Solutions", "OM-1", "OM System OM-1"),
        ("EASTMAN KODAK COMPANY", "KODAK EASYSHARE C813", "Kodak EASYSHARE C813"),
        ("KONICA MINOLTA", "DYNAX 5D", "Konica Minolta DYNAX 5D"),
        ("Hewlett-Packard Company", "HP PhotoSmart C935", "HP PhotoSmart C935"),
        ("Leica Camera AG", "LEICA Q2", "Leica Q2"),
        ("LG Electronics", "LG-H870", "LG LG-H870"),
        ("DJI", "FC3170", "DJI FC3170"),
        ("Phase One", "P 45+", "Phase One P 45+"),
        ("Digital", "One", "Digital One"),
        ("", "Canon PowerShot", "Canon PowerShot"),
        ("Google\0\0", "Google", "Google"),
        ("삼성", "갤럭시", "삼성 갤럭시"),
        ("\x01\x7f", " \n ", ""),
        ("M" * 90, "x" * 90, f"M{'m' * 89} {'x' * 9}"),
    ],
)
def test_a_camera_is_written_as_people_do_and_no_maker_twice(
    maker: str, model: str, written: str
) -> None:
    assert shot.camera(maker, model) == written


@pytest.mark.parametrize(
    "name",
    ["", "----", "  ", "0.0 mm f/0.0", "0mm f/0", "Unknown (0)", "N/A", "None", "\0\0", "(0)"],
)
def test_what_stands_for_no_lens_is_none(name: str) -> None:
    assert shot.lens(name) == ""


@pytest.mark.parametrize("name", ["EF35mm f/1.4L USM", "70-300", "Noctilux", "0.5x Wide"])
def test_a_lens_is_called_as_its_file_says(name: str) -> None:
    assert shot.lens(f" {name}\0 ") == name


@pytest.mark.parametrize(
    "where",
    [
        {},
        {1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (0.0, 0.0, 0.0)},  # A receiver that has found none.
        SEOUL | {2: (91.0, 0.0, 0.0)},
        SEOUL | {2: (90.0, 0.0, 0.1)},
        SEOUL | {4: (180.0, 1.0, 0.0)},
        SEOUL | {2: (37.0, 61.0, 0.0)},
        SEOUL | {1: "E"},
        {2: SEOUL[2], 4: SEOUL[4]},
        {1: "N", 2: SEOUL[2]},
        SEOUL | {2: (37.0, 33.0, TiffImagePlugin.IFDRational(0, 0))},
    ],
)
def test_a_place_that_is_none_is_not_believed(where: dict[int, Any], tmp_path: Path) -> None:
    found = told(saved("JPEG", exif=exif(where=where)), tmp_path)
    assert found == Shot(PHONE.camera, PHONE.lens)


@pytest.mark.parametrize(
    ("where", "place"),
    [
        ({1: "s", 2: (33.0, 52.2, 0.0), 3: "W", 4: (70.0, 30.0, 0.0)}, Place(-33.87, -70.5)),
        ({1: "N", 2: (0.0, 0.0, 0.0), 3: "E", 4: (9.0, 0.0, 0.0)}, Place(0, 9)),  # The equator.
        ({1: "N", 2: (90.0, 0.0, 0.0), 3: "E", 4: (180.0, 0.0, 0.0)}, Place(90, 180)),
    ],
)
def test_places_all_over_the_world_are_read(
    where: dict[int, Any], place: Place, tmp_path: Path
) -> None:
    assert told(saved("JPEG", exif=exif(where=where)), tmp_path).place == place


@pytest.mark.parametrize(
    "text",
    ["", "51,28", "51.5N", "51,28,30.5,1N", "51,61,1N", "N51,28", "-51,28N", "1" * 400 + "N"],
)
def test_a_text_that_is_no_angle_is_none(text: str) -> None:
    assert shot.place(shot.written(text), Angle((9.0,), "E")) is None


def test_a_place_that_is_nowhere_is_none() -> None:
    with pytest.raises(ValueError, match="nowhere"):
        Place(float("nan"), 0)
    with pytest.raises(ValueError, match="nowhere"):
        Place(91, 0)


@pytest.mark.parametrize("image_format", ["JPEG", "PNG", "WEBP"])
def test_broken_exif_costs_the_photo_nothing(image_format: str, tmp_path: Path) -> None:
    whole = exif().removeprefix(b"Exif\0\0")
    entry = struct.pack("<HHLL", 0x8825, 4, 1, 8)  # The directory of GPS is the first itself.
    circle = b"II*\0" + struct.pack("<LH", 8, 1) + entry + bytes(4)
    for data in (*(whole[:length] for length in range(0, len(whole), 7)), circle):
        prefix = b"" if image_format == "PNG" else b"Exif\0\0"
        found = told(saved(image_format, exif=prefix + data), tmp_path)
        assert found.place in (None, HERE)
        assert PHONE.camera.startswith(found.camera)


def test_a_place_may_be_of_fractions_beyond_the_end(tmp_path: Path) -> None:
    entry = struct.pack("<HHLL", 2, RATIONAL, 2**32 - 1, 2**32 - 1)
    gps = struct.pack("<H", 1) + entry + bytes(4)
    first = struct.pack("<H", 1) + struct.pack("<HHLL", 0x8825, 4, 1, 26) + bytes(4)
    content = b"Exif\0\0II*\0" + struct.pack("<L", 8) + first + gps
    assert told(saved("JPEG", exif=content), tmp_path) == NOTHING


def test_a_result_says_how_as_json() -> None:
    found = photo_object(PhotoResult(64, 48, (), shot=PHONE))
    assert found["camera"] == "Apple iPhone 12"
    assert found["lens"] == PHONE.lens
    assert found["place"] == {"latitude": 37.5665, "longitude": 126.978}
    silent = photo_object(PhotoResult(64, 48, ()))
    assert [silent[name] for name in ("camera", "lens", "place")] == [None, None, None]
