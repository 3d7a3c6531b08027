"""What a file is, by its first bytes: a photo of some format, or something else with its own way out."""

from __future__ import annotations

import re

from analysis.errors import UnreadablePhoto
from analysis.headers import boxes, tiff
from analysis.headers.reader import Reader, ReadTooMuch
from analysis.sentences import Sentence, say

UNREADABLE, EMPTY = say("unreadable"), say("empty_file")
VIDEO, DRAWING, WEB_PAGE = say("a_video"), say("a_drawing"), say("a_web_page")
DOCUMENT, ARCHIVE, LAYERS = say("a_document"), say("an_archive"), say("with_layers")
JPEG_XL, JPEG_2000 = say("jpeg_xl"), say("jpeg_2000")

EDGE = 4096  # bytes of the beginning in which a text may say what it is
PHOTOS = (
    # The byte behind is a marker: else these three begin many a file that is no photo.
    ("JPEG", re.compile(rb"\xff\xd8\xff[\xc0-\xff]")),
    ("PNG", re.compile(rb"\x89PNG\r\n\x1a\n")),
    ("GIF", re.compile(rb"GIF8[79]a")),
    ("WEBP", re.compile(rb"RIFF....WEBP", re.DOTALL)),
    ("BMP", re.compile(rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", re.DOTALL)),
    ("ICO", re.compile(rb"\0\0\x01\0[^\0]\0.{3}\0", re.DOTALL)),
    ("CR2", re.compile(rb"II\*\0.{4}CR", re.DOTALL)),
    ("ORF", re.compile(rb"IIR[OS]|MMOR")),
    ("RW2", re.compile(rb"IIU\0")),
    ("RAF", re.compile(rb"FUJIFILMCCD-RAW")),
    ("TIFF", re.compile(rb"II\*\0|MM\0\*|II\+\0\x08\0|MM\0\+\0\x08")),
)
OTHERS = (
    (
        VIDEO,
        re.compile(rb"RIFF....AVI |\x1aE\xdf\xa3|\0\0\x01[\xba\xb3]|FLV\x01|0&\xb2u", re.DOTALL),
    ),
    (VIDEO, re.compile(rb"....(?:moov|mdat|wide|pnot)", re.DOTALL)),
    (DOCUMENT, re.compile(rb"%PDF-")),
    (ARCHIVE, re.compile(rb"PK\x03\x04|Rar!\x1a|7z\xbc\xaf|\x1f\x8b\x08")),
    (JPEG_XL, re.compile(rb"\xff\n|\0\0\0\x0cJXL ")),
    (JPEG_2000, re.compile(rb"\0\0\0\x0cjP  |\xffO\xffQ")),
    (LAYERS, re.compile(rb"8BPS\0")),
)
HEIF = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
AVIF = {b"avif", b"avis"}
RAW = frozenset({"CR2", "CR3", "ORF", "RW2", "RAF", "DNG", "RAW", *tiff.MAKERS.values()})


def format_of(reader: Reader) -> str:
    """Return the format of a photo, one of PHOTOS, "HEIF", "AVIF" or of RAW.

    Raises UnreadablePhoto, with the way out, for whatever is none.
    """
    head = reader.up_to(0, EDGE)
    if not head:
        raise UnreadablePhoto(EMPTY)
    if head[4:8] == b"ftyp":
        return _by_brand(reader)
    name = next((name for name, signature in PHOTOS if signature.match(head)), None)
    if name == "TIFF":
        return tiff.raw_format(reader) or name
    if name is None:
        raise UnreadablePhoto(_something_else(head))
    return name


def _by_brand(reader: Reader) -> str:
    try:
        brands = boxes.brands(reader)
    except ReadTooMuch:
        brands = frozenset()
    if b"crx " in brands:
        return "CR3"
    # The main brand of an AVIF may be that of HEIF in general; then the others tell.
    if not brands.isdisjoint(AVIF):
        return "AVIF"
    if not brands.isdisjoint(HEIF):
        return "HEIF"
    raise UnreadablePhoto(VIDEO)


def _something_else(head: bytes) -> Sentence:
    for sentence, signature in OTHERS:
        if signature.match(head):
            return sentence
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if not text.startswith(b"<"):
        return UNREADABLE
    if b"<svg" in text:
        return DRAWING
    return WEB_PAGE if re.search(rb"<(?:!doctype html|html|head|body|script)", text) else UNREADABLE
