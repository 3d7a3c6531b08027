"""A file is told by what it begins with, whatever it is called."""

from __future__ import annotations

import pickle
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import pytest

from analysis.known import as_json, as_npz, files, pickled
from analysis.known.known import Known
from tests.analysis.known.faces import refusal, same, some

WRITERS = {"npz": as_npz.write, "json": as_json.write, "pickle": pickled.write}


@pytest.mark.parametrize("kind", WRITERS)
def test_each_form_is_told_and_read_by_what_is_in_it(tmp_path: Path, kind: str) -> None:
    write: Callable[[Known, BinaryIO], None] = WRITERS[kind]
    path = tmp_path / "anything.txt"
    with path.open("wb") as file:
        write(some(), file)

    assert files.kind_of(path) == kind
    assert same(files.read(path), some())


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_pickle_is_told_in_any_protocol(tmp_path: Path, protocol: int) -> None:
    path = tmp_path / "known.bin"
    path.write_bytes(pickle.dumps({"encodings": [], "names": []}, protocol))

    assert files.kind_of(path) == "pickle"
    assert refusal(lambda: files.read(path)) == "known_nobody"


def test_folders_and_zips_of_pictures_hold_no_encodings(tmp_path: Path) -> None:
    path = tmp_path / "people.zip"
    for names in ([], ["ada.jpg"]):
        with zipfile.ZipFile(path, "w") as archive:
            for name in names:
                archive.writestr(name, b"")

        assert files.kind_of(path) == "zip"
        assert refusal(lambda: files.read(path)) == "known_no_form"
    assert files.kind_of(tmp_path) == "folder"
    assert refusal(lambda: files.read(tmp_path)) == "known_no_form"


@pytest.mark.parametrize("content", [b"", b"\xff\xd8\xff\xe0", b"hello", b"[1]", b" " * 2000])
def test_anything_else_is_none_of_them(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "known.bin"
    path.write_bytes(content)

    assert files.kind_of(path) is None
    assert refusal(lambda: files.read(path)) == "known_no_form"


def test_a_zip_that_is_damaged_says_so(tmp_path: Path) -> None:
    path = tmp_path / "known.npz"
    path.write_bytes(b"PK\x03\x04" + bytes(100))

    assert refusal(lambda: files.kind_of(path)) == "zip_broken"


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.read(tmp_path / "gone.bin")
