"""Tells the files that people are known by apart, by what they begin with, and reads them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from analysis.known import as_json, as_npz, pickled
from analysis.known.known import Known, KnownRefused
from analysis.sentences import say

Kind = Literal["folder", "zip", "npz", "json", "pickle"]
BEGINNING = 1000  # bytes that are looked at, among which blanks may precede a JSON object
BYTE_ORDER = b"\xef\xbb\xbf"


def kind_of(path: Path) -> Kind | None:
    """Return what a file or folder is, None where it is nothing of that; raises KnownRefused or OSError.

    KnownRefused is for zips that cannot be opened.
    """
    if path.is_dir():
        return "folder"
    with path.open("rb") as file:
        begins = file.read(BEGINNING)
    if begins.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "npz" if as_npz.is_one(path) else "zip"
    if begins.removeprefix(BYTE_ORDER).lstrip().startswith(b"{"):
        return "json"
    # A protocol of 2 or later, or the first of the opcodes that a dict may begin with in 0 and 1.
    return "pickle" if begins.startswith((b"\x80", b"(", b"}")) else None


def read(path: Path) -> Known:
    """Return the names and encodings of a file, whichever form it has; raises KnownRefused or OSError."""
    match kind_of(path):
        case "npz":
            return as_npz.read(path)
        case "json":
            return as_json.read(path)
        case "pickle":
            return pickled.read(path)
    raise KnownRefused(say("known_no_form"))
