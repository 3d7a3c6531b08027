"""Known people as NPZ: what is written comes back bit by bit; no header is believed or evaluated."""

from __future__ import annotations

import random
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.known import as_npz, known
from analysis.known.known import Known, KnownRefused, checked
from analysis.versions import ENCODER
from tests.analysis.known.faces import NAMES, peak, refusal, same, some, vectors

WHOLE: dict[str, Any] = {
    "names": np.array(NAMES),
    "encodings": vectors(len(NAMES)),
    "encoder": ENCODER,
    "population": "map-1",
}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "known.npz"


def read(path: Path, arrays: dict[str, Any], save: Callable[..., None] = np.savez) -> Known:
    save(path, **arrays)
    return as_npz.read(path)


def packed(
    path: Path, members: list[tuple[str, bytes]], method: int = zipfile.ZIP_DEFLATED
) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return path


def member(value: Any) -> bytes:
    file = BytesIO()
    np.save(file, np.asarray(value))
    return file.getvalue()


def npy(header: str, data: bytes = b"") -> bytes:
    """Return a member with whatever header."""
    line = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(line)) + line + data


MEMBERS = [(f"{name}.npy", member(value)) for name, value in WHOLE.items()]


def with_other(name: str, content: bytes) -> list[tuple[str, bytes]]:
    return [one for one in MEMBERS if one[0] != f"{name}.npy"] + [(f"{name}.npy", content)]


def test_what_is_written_comes_back_as_it_was(path: Path) -> None:
    with path.open("wb") as file:
        as_npz.write(some(), file)

    found = as_npz.read(path)

    assert same(found, some())
    assert found.population == "map-1"


def test_no_map_comes_back_as_none(path: Path) -> None:
    people = checked(["Ada"], vectors(1))
    with path.open("wb") as file:
        as_npz.write(people, file)

    assert as_npz.read(path).population is None


def test_what_is_written_holds_no_pickle() -> None:
    file = BytesIO()
    as_npz.write(some(), file)

    found = np.load(BytesIO(file.getvalue()), allow_pickle=False)

    assert found["names"].tolist() == list(NAMES)
    assert found["encodings"].dtype == np.float32
    assert np.array_equal(found["encodings"], some().encodings)
    assert (str(found["encoder"]), str(found["population"])) == (ENCODER, "map-1")


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize(
    "change",
    [
        {"encodings": WHOLE["encodings"].astype(np.float64)},
        {"encodings": WHOLE["encodings"].astype(">f4")},
        {"encodings": np.asfortranarray(WHOLE["encodings"])},
        {"names": np.array(NAMES).astype(">U20")},
        {"names": np.array([name.encode() for name in NAMES])},
        {"encoder": ENCODER.encode()},
        {"levels": np.ones(4), "notes": np.array("left alone")},
    ],
    ids=lambda change: "-".join(change),
)
def test_any_program_may_have_written_it(
    path: Path, change: dict[str, Any], save: Callable[..., None]
) -> None:
    assert same(read(path, WHOLE | change, save), some())


def test_the_map_may_be_missing(path: Path) -> None:
    found = read(path, {key: value for key, value in WHOLE.items() if key != "population"})
    assert found.population is None


@pytest.mark.parametrize("missing", ["names", "encodings", "encoder"])
def test_what_is_missing_is_said(path: Path, missing: str) -> None:
    arrays = {key: value for key, value in WHOLE.items() if key != missing}
    code = "known_without_encoder" if missing == "encoder" else "known_incomplete"
    assert refusal(lambda: read(path, arrays)) == code


def test_encodings_of_another_encoder_are_refused_by_name(path: Path) -> None:
    with pytest.raises(KnownRefused, match="made by facenet-128"):
        read(path, WHOLE | {"encoder": "facenet-128"})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"encodings": np.array([{}] * 4, object)}, "npz_other"),
        ({"encodings": np.ones((4, 128), np.int64)}, "npz_other"),
        ({"encodings": np.ones((4, 128), np.float16)}, "npz_other"),
        ({"encodings": np.ones((4, 128), [("a", np.float32)])}, "npz_other"),
        ({"encodings": np.ones(128, np.float32)}, "npz_other"),
        ({"encodings": np.ones((2, 2, 128), np.float32)}, "npz_other"),
        ({"encodings": np.ones((4, 512), np.float32)}, "known_size"),
        ({"encodings": np.ones((4, 0), np.float32)}, "known_size"),
        ({"encodings": np.full((4, 128), np.nan)}, "known_infinite"),
        ({"encodings": np.full((4, 128), 1e300)}, "known_infinite"),
        ({"encodings": np.zeros((4, 128))}, "known_length"),
        ({"encodings": vectors(3)}, "known_counts"),
        ({"encodings": vectors(1)[:0], "names": np.array([], np.str_)}, "known_nobody"),
        ({"names": np.array(["Ada", "", "B", "C"])}, "known_name_empty"),
        ({"names": np.array(["Ada", "x" * 101, "B", "C"])}, "known_name_long"),
        ({"names": np.array(["Ada", "x" * 1001, "B", "C"])}, "npz_other"),
        ({"names": np.array([NAMES])}, "npz_other"),
        ({"names": np.array("Ada")}, "npz_other"),
        ({"names": np.array([1, 2, 3, 4])}, "npz_other"),
        ({"names": np.array(["Ada", None, "B", "C"], object)}, "npz_other"),
        ({"encoder": np.array([ENCODER])}, "npz_other"),
        ({"encoder": 1.0}, "npz_other"),
    ],
    ids=str,
)
def test_whatever_else_it_holds_gets_its_sentence(
    path: Path, change: dict[str, Any], code: str
) -> None:
    with path.open("wb") as file:
        np.savez(file, **(WHOLE | change))
    assert refusal(lambda: as_npz.read(path)) == code


ROW = "{'descr': '<f4', 'fortran_order': False, 'shape': %s, }"
HEADERS = {
    "terabytes": (npy(ROW % "(8000000000, 128)"), "known_many"),
    "a product beyond numbers": (npy(ROW % "(50000, 99999999999999999999)"), "zip_broken"),
    "more than there is": (npy(ROW % "(4, 128)", b"1234"), "zip_broken"),
    "less than there is": (npy(ROW % "(1, 128)", bytes(4 * 128 * 2)), "zip_broken"),
    "less than nothing": (npy(ROW % "(-1, 128)"), "npz_other"),
    "a call": (npy("{'descr': __import__('os').system('true'), 'shape': (1, 128)}"), "npz_other"),
    "a sum": (npy(ROW % "(1+1, 128)"), "npz_other"),
    "deep brackets": (npy("(" * 9000), "npz_other"),
    "a long header": (npy(ROW % "(4, 128)" + " " * 20_000), "npz_other"),
    "no header": (b"\x93NUMPY\x01\x00\xff\xff", "npz_other"),
    "half a header": (b"\x93NUMPY\x01\x00\xff", "zip_broken"),
    "an endless header": (b"\x93NUMPY\x02\x00\xff\xff\xff\xff", "npz_other"),
    "another version": (b"\x93NUMPY\x09\x00\x00\x00", "npz_other"),
    "a pickle": (b"\x80\x04N.", "npz_other"),
    "nothing": (b"", "npz_other"),
}


@pytest.mark.parametrize("case", HEADERS)
def test_a_header_that_lies_is_refused_before_anything_is_unpacked(path: Path, case: str) -> None:
    content, code = HEADERS[case]
    packed(path, with_other("encodings", content))
    codes: list[str] = []

    assert peak(lambda: codes.append(refusal(lambda: as_npz.read(path)))) < 2**20
    assert codes == [code]


def test_letters_that_are_none_are_refused(path: Path) -> None:
    header = "{'descr': '<U2', 'fortran_order': False, 'shape': (4,), }"
    packed(path, with_other("names", npy(header, b"\xff" * 32)))
    assert refusal(lambda: as_npz.read(path)) == "zip_broken"


def test_an_array_that_is_there_twice_is_refused(path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        packed(path, [*MEMBERS, ("names.npy", member(np.array(["B"] * 4)))])
    assert refusal(lambda: as_npz.read(path)) == "zip_broken"


def test_an_array_packed_a_thousandfold_is_not_unpacked(path: Path) -> None:
    size = 300 * 2**20
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in with_other("encodings", b""):
            if content:
                archive.writestr(name, content)
        with archive.open("encodings.npy", "w", force_zip64=True) as stream:
            stream.write(npy(ROW % f"({known.MOST}, {size // known.MOST // 4})"))
            for _ in range(size // 2**20):
                stream.write(bytes(2**20))
    assert path.stat().st_size < 2**20
    codes: list[str] = []

    assert peak(lambda: codes.append(refusal(lambda: as_npz.read(path)))) < 2 * 2**20
    assert codes == ["known_counts"]


def test_what_is_not_ours_is_not_unpacked(path: Path) -> None:
    packed(path, [*MEMBERS, ("other.npy", bytes(50 * 2**20))])
    found: list[Known] = []

    assert peak(lambda: found.append(as_npz.read(path))) < 2 * 2**20
    assert same(found[0], some())


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_other_ways_to_pack_are_refused(path: Path, method: int) -> None:
    packed(path, MEMBERS, method)
    assert refusal(lambda: as_npz.read(path)) == "zip_method"


def test_an_encrypted_file_is_refused(path: Path) -> None:
    content = bytearray(packed(path, MEMBERS).read_bytes())
    content[content.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(content)
    assert refusal(lambda: as_npz.read(path)) == "zip_encrypted"


def test_many_members_are_refused_before_they_are_listed(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(5000):
            archive.writestr(f"{number}.npy", b"")
    codes: list[str] = []

    assert peak(lambda: codes.append(refusal(lambda: as_npz.read(path)))) < 2**20
    assert codes == ["zip_many"]


def test_a_file_that_ends_too_early_is_refused(path: Path) -> None:
    whole = packed(path, MEMBERS).read_bytes()
    for end in range(0, len(whole), 53):
        path.write_bytes(whole[:end])
        assert refusal(lambda: as_npz.read(path)) == "zip_broken"


def test_whatever_is_damaged_in_a_file_it_is_read_or_refused(path: Path) -> None:
    rng = random.Random(11)
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        whole = packed(path, MEMBERS, method).read_bytes()
        plain = [
            index for index, byte in enumerate(whole) if byte in b"PK\x01\x02\x03\x05'<fU(,.npy"
        ]
        for _ in range(400):
            damaged = bytearray(whole)
            for _ in range(rng.choice((1, 1, 3))):
                damaged[rng.choice((rng.randrange(len(whole)), rng.choice(plain)))] = rng.randrange(
                    256
                )
            path.write_bytes(damaged)
            with suppress(KnownRefused):
                assert isinstance(as_npz.read(path), Known)
