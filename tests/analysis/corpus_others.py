"""The corpus, its formats other than JPEG and PNG."""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator

import numpy as np
from PIL import Image, ImageCms

from tests.analysis import icc
from tests.analysis.corpus import (
    HEIGHT,
    MEGABYTE,
    STORED,
    WIDTH,
    XMP,
    File,
    deep,
    exif,
    of,
    oriented,
    profile,
    saved,
    scene,
)
from tests.analysis.heif_files import (
    box,
    cropped,
    listed_twice,
    mirrored,
    turned,
    with_box_before_meta,
    with_boxes,
    with_brand,
    with_colours,
    with_wide_box_in_meta,
    with_wide_numbers,
)
from tests.analysis.raw_files import Directory, dng, tiff


def gifs() -> Iterator[tuple[str, File]]:
    yield "plain", of("GIF")
    yield "interlaced", of("GIF", "L", interlace=True)
    yield "with a comment", of("GIF", comment=b"c" * 70_000)
    later = [Image.new("RGB", (WIDTH, HEIGHT))]
    yield "animated", of("GIF", save_all=True, append_images=later)
    # Of a screen smaller than the frame, as some programs write it.
    yield "a screen of 1 pixel", lambda: b"GIF89a\1\0\1\0" + of("GIF")()[10:]


def webps() -> Iterator[tuple[str, File]]:
    for orientation in STORED:
        yield f"orientation {orientation}", oriented("WEBP", orientation)
    yield "lossy", of("WEBP")
    yield "lossless", of("WEBP", lossless=True)
    yield "transparent", of("WEBP", "RGBA", exif=exif(1))
    yield "9 MB of metadata", of("WEBP", xmp=b"x" * 9 * MEGABYTE)
    yield "orientation in XMP only", of("WEBP", xmp=XMP)
    yield "animated", of("WEBP", save_all=True, append_images=[Image.new("RGB", (WIDTH, HEIGHT))])


def tiffs() -> Iterator[tuple[str, File]]:
    for orientation in STORED:
        yield f"orientation {orientation}", oriented("TIFF", orientation)
        lzw = {"compression": "tiff_lzw"}
        yield f"orientation {orientation}, lzw", oriented("TIFF", orientation, **lzw)
    for mode in ("1", "L", "LA", "P", "RGBA", "CMYK", "F", "I"):
        yield mode, of("TIFF", mode)
    for compression in ("jpeg", "tiff_deflate", "packbits"):
        yield compression, of("TIFF", compression=compression)
    yield "16 bits of grey", lambda: saved(deep(), "TIFF")
    yield "16 bits of grey, white is 0", lambda: grey_tiff(16, white_is_zero=True)
    yield "12 bits of grey", lambda: grey_tiff(12)
    yield "BigTIFF", of("TIFF", big_tiff=True)
    yield "BigTIFF, orientation 6", oriented("TIFF", 6, big_tiff=True)
    yield "orientation in XMP only", of("TIFF", tiffinfo={700: XMP})
    yield "its directory behind 9 MB", lambda: directory_moved(of("TIFF")(), 9 * MEGABYTE)
    yield "several pages", of("TIFF", save_all=True, append_images=[Image.new("RGB", (9, 9))])


def grey_tiff(bits: int, white_is_zero: bool = False) -> bytes:
    """Return a TIFF of the scene in grey of 12 or 16 bits, big values being white unless said."""
    grey = np.asarray(scene().convert("L"), dtype=np.uint32) * (2**bits - 1) // 255
    if white_is_zero:
        grey = 2**bits - 1 - grey
    packed = grey.astype("<u2").tobytes()
    if bits == 12:
        pairs = grey.reshape(-1, 2)
        packed = b"".join(int(one << 12 | two).to_bytes(3, "big") for one, two in pairs)
    tags = {
        0x100: (3, (WIDTH,)), 0x101: (3, (HEIGHT,)), 0x102: (3, (bits,)), 0x103: (3, (1,)),
        0x106: (3, (0 if white_is_zero else 1,)), 0x115: (3, (1,)), 0x116: (3, (HEIGHT,)),
    }  # fmt: skip
    return tiff(Directory({**tags}, packed))


def directory_moved(content: bytes, place: int) -> bytes:
    start = struct.unpack("<L", content[4:8])[0]
    return (
        content[:4]
        + struct.pack("<L", place)
        + content[8:].ljust(place - 8, b"\0")
        + content[start:]
    )


def bmps() -> Iterator[tuple[str, File]]:
    for mode in ("1", "L", "P", "RGB", "RGBA"):
        yield mode, of("BMP", mode)
    yield "OS/2", os2_bmp
    yield "from top to bottom", from_top_to_bottom


def os2_bmp() -> bytes:
    rows = saved(scene(), "BMP")[54:]
    head = struct.pack("<LHHHH", 12, WIDTH, HEIGHT, 1, 24)
    return b"BM" + struct.pack("<LHHL", 26 + len(rows), 0, 0, 26) + head + rows


def from_top_to_bottom() -> bytes:
    content = saved(scene().transpose(Image.Transpose.FLIP_TOP_BOTTOM), "BMP")
    return content[:22] + struct.pack("<l", -HEIGHT) + content[26:]


def icons() -> Iterator[tuple[str, File]]:
    yield "several sizes", of("ICO", sizes=[(16, 11), (WIDTH, HEIGHT)])
    yield "of bitmaps", of("ICO", sizes=[(WIDTH, HEIGHT)], bitmap_format="bmp")


def heifs(image_format: str) -> Iterator[tuple[str, File]]:
    plain = of(image_format, quality=90)
    for quarters in range(4):
        for mirror in (None, 0, 1):
            yield (
                f"turned by {quarters}, mirrored {mirror}",
                upright(image_format, quarters, mirror),
            )
    yield "grey", of(image_format, "L")
    yield "transparent", of(image_format, "RGBA")
    yield "EXIF says another orientation", of(image_format, exif=exif(1))
    yield "half a megabyte of EXIF", of(image_format, exif=exif(1, note=500_000))
    yield "a profile", of(image_format, icc_profile=profile(MEGABYTE))
    yield "the brand of HEIF in general", lambda: with_brand(plain(), b"mif1")
    yield "9 MB first", lambda: with_box_before_meta(plain(), box(b"free", bytes(9 * MEGABYTE)))
    if image_format == "HEIF":  # libavif refuses a picture that is listed twice.
        yield "listed twice", lambda: listed_twice(plain(), turned(1))
    yield "wide numbers", lambda: with_wide_numbers(upright(image_format, 1, None)())
    yield "Display P3, a 64-bit box before", lambda: wide_colours_behind_a_wide_box(image_format)
    for quarters in (0, 1):
        yield f"cropped, turned by {quarters}", cropped_photo(image_format, quarters)


def wide_colours_behind_a_wide_box(image_format: str) -> bytes:
    """Return a photo in Display P3, which looks like the others only if its colours are read."""
    p3 = ImageCms.ImageCmsProfile(io.BytesIO(icc.display_p3()))
    wide = ImageCms.profileToProfile(scene(), ImageCms.createProfile("sRGB"), p3)
    assert wide is not None
    wide.info.clear()  # the profile, which would count before the box
    return with_wide_box_in_meta(with_colours(saved(wide, image_format, quality=90), 12, 13))


def cropped_photo(image_format: str, quarters: int) -> File:
    """Return what makes a photo of which boxes show a part, not in its middle, and turn that."""

    def make() -> bytes:
        shown = scene().rotate(-90 * quarters, expand=True)
        whole = Image.new("RGB", (shown.width + 24, shown.height + 16), "white")
        whole.paste(shown, (4, 13))
        boxes = cropped(*shown.size, (4 - 12, 1), (13 - 8, 1)), turned(quarters)
        return with_boxes(saved(whole, image_format, quality=90), *boxes)

    return make


def upright(image_format: str, quarters: int, mirror: int | None) -> File:
    """Return what makes a photo that boxes bring upright: turned first, then mirrored."""

    def make() -> bytes:
        image = scene()
        if mirror is not None:
            flip = Image.Transpose.FLIP_LEFT_RIGHT if mirror else Image.Transpose.FLIP_TOP_BOTTOM
            image = image.transpose(flip)
        image = image.rotate(-90 * quarters, expand=True)
        boxes = [turned(quarters)] if quarters else []
        boxes += [mirrored(mirror)] if mirror is not None else []
        content = saved(image, image_format, quality=90)
        return with_boxes(content, *boxes) if boxes else content

    return make


def raws() -> Iterator[tuple[str, File]]:
    for orientation in (3, 6, 8):
        yield f"DNG, orientation {orientation}", raw_of(orientation)


def raw_of(orientation: int) -> File:
    def make() -> bytes:
        preview = scene().transpose(STORED[orientation])
        return dng(saved(preview, "JPEG"), preview.size, orientation)

    return make
