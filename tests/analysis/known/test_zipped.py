"""A zip of pictures of people from anybody: it is unpacked to numbered files, and to no others."""

from __future__ import annotations

import stat
import struct
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Literal

import pytest

from analysis.known import zipped
from analysis.known.known import KnownRefused
from analysis.known.layouts import Layout, Listing
from analysis.limits import Limits
from tests.analysis.known.faces import peak, refusal

PIXELS = bytes(range(256)) * 8


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "people.zip"


@pytest.fixture
def into(tmp_path: Path) -> Path:
    (tmp_path / "unpacked").mkdir()
    return tmp_path / "unpacked"


def pack(file: Path, names: Iterable[str | zipfile.ZipInfo], content: bytes = PIXELS) -> Path:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, content)
    return file


def pack_raw(file: Path, *names: bytes, flags: int = 0) -> Path:
    """Write a zip as other programs do: names in any encoding, without saying which."""
    local, central = b"", b""
    for name in names:
        sizes = struct.pack("<LLLHH", zlib.crc32(PIXELS), len(PIXELS), len(PIXELS), len(name), 0)
        head = struct.pack("<HHHHH", 20, flags, 0, 0, 33) + sizes
        start = struct.pack("<HHHLL", 0, 0, 0, 0, len(local))
        central += b"PK\x01\x02" + struct.pack("<H", 20) + head + start + name
        local += b"PK\x03\x04" + head + name + PIXELS
    count = struct.pack("<HH", len(names), len(names))
    end = b"PK\x05\x06" + bytes(4) + count + struct.pack("<LLH", len(central), len(local), 0)
    file.write_bytes(local + central + end)
    return file


def people(found: Listing) -> list[tuple[str, str]]:
    return [(picture.name, picture.shown) for picture in found.pictures]


def reasons(found: Listing) -> dict[str, str]:
    return {one.shown: one.why.code for one in found.left_out}


def test_pictures_become_numbered_files_beside_whose_they_are(file: Path, into: Path) -> None:
    pack(file, ["train/bea/10.JPG", "train/bea/9.heic", "train/ada/img.png", "train/readme.txt"])
    heard: list[tuple[int, int]] = []

    found = zipped.unpacked(file, into, progress=lambda done, of: heard.append((done, of)))

    assert found.layout == Layout.FOLDERS
    assert [(picture.name, picture.path.name) for picture in found.pictures] == [
        ("ada", "000003.png"),
        ("bea", "000002.heic"),
        ("bea", "000001.jpg"),
    ]
    assert all(picture.path.read_bytes() == PIXELS for picture in found.pictures)
    assert len(list(into.iterdir())) == 3
    assert heard == [(1, 3), (2, 3), (3, 3)]


def test_a_flat_folder_packed_as_a_whole_is_flat(file: Path, into: Path) -> None:
    found = zipped.unpacked(pack(file, ["people/ada.jpg", "people/bea.jpg"]), into)
    assert (found.layout, found.names) == (Layout.FLAT, ["ada", "bea"])
    again = pack(file, ["people/ada.jpg", "people/bea.jpg"])
    into = into / "again"
    into.mkdir()
    assert zipped.unpacked(again, into, Layout.FOLDERS).names == ["people"]


def test_no_name_leads_out_of_the_folder(file: Path, into: Path) -> None:
    names = [
        *("../../out.jpg", "/etc/ada/1.jpg", "C:\\Users\\bea\\1.jpg", "C:/Users/bea/2.jpg"),
        *("..\\..\\up.jpg", "a/../../cem/1.jpg", "nul\0/../1.jpg", "//host/share/1.jpg"),
    ]
    before = sorted(into.parent.iterdir())

    found = zipped.unpacked(pack_raw(file, *(name.encode() for name in names)), into)

    assert len(found.pictures) == len(names)
    assert sorted(into.parent.iterdir()) == sorted([*before, file])
    assert {path.name for path in into.iterdir()} == {f"{n:06}.jpg" for n in range(1, 9)}
    assert not any(".." in picture.shown for picture in found.pictures)


@pytest.mark.parametrize(
    ("encoding", "form"), [("utf-8", "NFC"), ("utf-8", "NFD"), ("cp949", "NFC")]
)
def test_korean_names_come_out_right_whatever_packed_them(
    file: Path, into: Path, encoding: str, form: Literal["NFC", "NFD"]
) -> None:
    paths = [unicodedata.normalize(form, path) for path in ("박민준/1.jpg", "이서연/2.jpg")]

    found = zipped.unpacked(pack_raw(file, *(path.encode(encoding) for path in paths)), into)

    assert people(found) == [("박민준", "박민준/1.jpg"), ("이서연", "이서연/2.jpg")]


def test_a_name_that_says_to_be_utf_8_is(file: Path, into: Path) -> None:
    names = unicodedata.normalize("NFD", "박민준/1.jpg").encode(), "Renée/1.jpg".encode()
    found = zipped.unpacked(pack_raw(file, *names, flags=zipped.UTF8), into)
    assert found.names == ["Renée", "박민준"]


def test_a_name_as_dos_had_it_comes_out_right(file: Path, into: Path) -> None:
    found = zipped.unpacked(pack_raw(file, "José.jpg".encode("cp437"), b"ada.jpg"), into)
    assert found.names == ["ada", "José"]


def test_what_systems_hide_and_what_is_no_picture_is_left_out(file: Path, into: Path) -> None:
    names = ["ada/1.jpg", "__MACOSX/ada/._1.jpg", "ada/.DS_Store", "ada/._2.jpg", "ada/notes.txt"]

    found = zipped.unpacked(pack(file, [*names, "@eaDir/x.jpg", "bea/"]), into)

    assert (people(found), found.left_out) == ([("ada", "ada/1.jpg")], ())


def test_archives_within_are_not_opened_and_said(file: Path, into: Path) -> None:
    found = zipped.unpacked(
        pack(file, ["ada.jpg", "more.zip", "x/old.TAR", "__MACOSX/a.zip"]), into
    )

    assert found.names == ["ada"]
    assert reasons(found) == {"more.zip": "zip_within", "x/old.TAR": "zip_within"}


def test_links_are_not_followed(file: Path, into: Path) -> None:
    link = zipfile.ZipInfo("ada/link.jpg")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    device = zipfile.ZipInfo("ada/device.jpg")
    device.create_system, device.external_attr = 3, (stat.S_IFCHR | 0o777) << 16

    found = zipped.unpacked(pack(file, [link, device, "ada/1.jpg"], b"/etc/passwd"), into)

    assert people(found) == [("ada", "ada/1.jpg")]
    assert reasons(found) == {"ada/link.jpg": "zip_link", "ada/device.jpg": "zip_link"}
    assert not any(path.is_symlink() for path in into.iterdir())


def test_an_encrypted_zip_gets_a_sentence(file: Path, into: Path) -> None:
    pack_raw(file, b"ada.jpg", flags=1)
    with pytest.raises(KnownRefused, match=r"This file is encrypted\. Unpack it with its password"):
        zipped.unpacked(file, into)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack_are_refused(file: Path, into: Path, method: int) -> None:
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("ada.jpg", PIXELS)
    assert refusal(lambda: zipped.unpacked(file, into)) == "zip_method"


def test_a_picture_that_is_too_large_is_left_out_with_its_sentence(file: Path, into: Path) -> None:
    limits = Limits(max_bytes=1000, max_jpeg_pixels=0, max_raw_bytes=0)

    found = zipped.unpacked(pack(file, ["ada.jpg"]), into, limits=limits)

    assert reasons(found) == {"ada.jpg": "too_many_bytes"}
    assert list(into.iterdir()) == []


def test_more_bytes_than_may_be_are_refused_before_any_is_unpacked(file: Path, into: Path) -> None:
    pack(file, ["ada.jpg", "bea.jpg"])
    assert refusal(lambda: zipped.unpacked(file, into, most=3 * len(PIXELS) // 2)) == "zip_large"
    assert list(into.iterdir()) == []


def test_what_packs_a_thousandfold_is_no_photo(file: Path, into: Path) -> None:
    pack(file, ["ada.jpg", "bea.jpg"], bytes(40 * 2**20))
    codes: list[str] = []

    assert peak(lambda: codes.append(refusal(lambda: zipped.unpacked(file, into)))) < 2**20
    assert codes == ["zip_bomb"]
    assert list(into.iterdir()) == []


def test_pictures_that_share_their_bytes_are_counted_each(file: Path, into: Path) -> None:
    """As in a bomb whose entries all lie over one another."""
    content = pack(file, [f"{number}.jpg" for number in range(50)], bytes(3 * 2**20)).read_bytes()
    first = content.index(b"PK\x01\x02")
    patched, at = bytearray(content), first
    while patched[at : at + 4] == b"PK\x01\x02":
        patched[at + 42 : at + 46] = bytes(4)  # Where an entry begins: all at the first.
        at += 46 + sum(struct.unpack_from("<HHH", patched, at + 28))
    file.write_bytes(patched)

    assert refusal(lambda: zipped.unpacked(file, into)) == "zip_bomb"


def test_a_size_that_lies_is_not_believed(file: Path, into: Path) -> None:
    content = bytearray(pack(file, ["ada.jpg", "bea.jpg"], bytes(2 * 2**20)).read_bytes())
    at = content.index(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<L", 1000)  # The unpacked size of the first.
    file.write_bytes(content)

    found = zipped.unpacked(file, into, most=3 * 2**20)

    assert people(found) == [("bea", "bea.jpg")]
    assert reasons(found) == {"ada.jpg": "zip_damaged_picture"}
    assert [path.stat().st_size for path in into.iterdir()] == [2 * 2**20]


def test_more_entries_than_may_be_are_refused_before_they_are_listed(
    file: Path, into: Path
) -> None:
    with zipfile.ZipFile(file, "w") as archive:
        for number in range(12_000):
            archive.writestr(f"{number:06}.jpg", b"")
    assert refusal(lambda: zipped.unpacked(file, into, entries=11_999)) == "zip_many"
    codes: list[str] = []

    def unpack() -> None:
        codes.append(refusal(lambda: zipped.unpacked(file, into, entries=100)))

    assert peak(unpack) < 2**20
    assert codes == ["zip_many"]
    assert list(into.iterdir()) == []


def test_a_picture_that_is_damaged_is_left_out_and_the_others_come(file: Path, into: Path) -> None:
    content = bytearray(pack_raw(file, b"ada.jpg", b"bea.jpg", b"cem.jpg").read_bytes())
    content[content.index(b"bea.jpg") + 100] ^= 1
    file.write_bytes(content)

    found = zipped.unpacked(file, into)

    assert found.names == ["ada", "cem"]
    assert reasons(found) == {"bea.jpg": "zip_damaged_picture"}
    assert {path.name for path in into.iterdir()} == {"000001.jpg", "000003.jpg"}


def test_a_file_that_ends_too_early_is_refused(file: Path, into: Path) -> None:
    whole = pack(file, ["ada.jpg", "bea.jpg"]).read_bytes()
    for end in range(0, len(whole), 7):
        file.write_bytes(whole[:end])
        assert refusal(lambda: zipped.unpacked(file, into)) == "zip_broken"


def test_what_cannot_be_written_leaves_nothing_and_no_file_is_written_over(
    file: Path, into: Path
) -> None:
    (into / "000002.jpg").write_bytes(b"somebody's")

    with pytest.raises(FileExistsError):
        zipped.unpacked(pack(file, ["ada.jpg", "bea.jpg"]), into)

    assert [path.read_bytes() for path in into.iterdir()] == [b"somebody's"]


def test_who_stops_it_leaves_nothing(file: Path, into: Path) -> None:
    def stop(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        zipped.unpacked(pack(file, ["ada.jpg", "bea.jpg"]), into, progress=stop)

    assert list(into.iterdir()) == []


def test_a_zip_without_pictures_is_a_listing_too(file: Path, into: Path) -> None:
    found = zipped.unpacked(pack(file, ["readme.txt"]), into)
    assert (found.names, found.why.code) == ([], "layout_none")
