"""The study's `known.bin` in every form that programs write it, and as we write it."""

from __future__ import annotations

import pickle
import pickletools
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.known import known, pickled
from analysis.known.known import Known, checked
from analysis.known.unpickling import MOST_HELD, unpickled
from analysis.results import Array
from tests.analysis.known.faces import NAMES, refusal, same, some, vectors

PROTOCOLS = range(pickle.HIGHEST_PROTOCOL + 1)
FORMS: dict[str, Callable[[Array], Any]] = {
    "arrays of float64": lambda rows: list(rows.astype(np.float64)),
    "arrays of float32": list,
    "arrays of the other byte order": lambda rows: list(rows.astype(">f8")),
    "views of one array": lambda rows: list(np.repeat(rows, 2, axis=1)[:, ::2]),
    "lists of floats": lambda rows: rows.tolist(),
    "lists of NumPy's floats": lambda rows: [list(row) for row in rows],
    "tuples": lambda rows: tuple(map(tuple, rows.tolist())),
    "one array": lambda rows: rows.astype(np.float64),
    "one array in columns": np.asfortranarray,
}


def read(tmp_path: Path, content: bytes) -> Known:
    path = tmp_path / "known.bin"
    path.write_bytes(content)
    return pickled.read(path)


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("form", FORMS)
def test_every_form_and_protocol_gives_the_same_numbers(
    tmp_path: Path, form: str, protocol: int
) -> None:
    rows = vectors(len(NAMES))
    data = {"encodings": FORMS[form](rows), "names": list(NAMES)}

    found = read(tmp_path, pickle.dumps(data, protocol))

    assert same(found, checked(NAMES, rows))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_a_file_that_numpy_1_wrote_is_read(tmp_path: Path, protocol: int) -> None:
    data = {"encodings": list(vectors(2).astype(np.float64)), "names": ["Ada", "Bea"]}
    content = pickle.dumps(data, protocol)
    for new, old in ((b"numpy._core.multiarray", b"numpy.core.multiarray"),):
        content = content.replace(b"\x8c\x16" + new, b"\x8c\x15" + old).replace(new, old)
    content = content.replace(b"\x8c\x13numpy._core.numeric", b"\x8c\x12numpy.core.numeric")
    assert b"_core" not in content

    assert same(read(tmp_path, content), checked(["Ada", "Bea"], vectors(2)))


def python_2(rows: Array, names: list[bytes], protocol: int) -> bytes:
    """Write what Python 2.7 with NumPy 1 wrote: all text and all numbers are bytes ("str")."""

    def text(data: bytes) -> bytes:
        if protocol == 0:
            return b"S" + repr(data)[1:].encode() + b"\n"
        return b"T" + len(data).to_bytes(4, "little") + data

    array = (
        b"cnumpy.core.multiarray\n_reconstruct\n(cnumpy\nndarray\n(I0\nt%btR(I1\n(L128L\ntcnumpy\ndtype\n"
        b"(%bI0\nI1\ntR(I3\n%bNNNI-1\nI-1\nI0\ntbI00\n%btb"
    )
    begins = b"" if protocol == 0 else b"\x80\x02"
    arrays = b"".join(
        array % (text(b"b"), text(b"f8"), text(b"<"), text(row.astype("<f8").tobytes())) + b"a"
        for row in rows
    )
    said = b"".join(text(name) + b"a" for name in names)
    return begins + b"(d%b(l%bs%b(l%bs." % (text(b"encodings"), arrays, text(b"names"), said)


@pytest.mark.parametrize("protocol", [0, 2])
@pytest.mark.parametrize("encoding", ["utf-8", "cp949"])
def test_a_file_that_python_2_wrote_is_read(tmp_path: Path, encoding: str, protocol: int) -> None:
    names = ['O\'Brien "B" \\', "박민준"]
    content = python_2(vectors(2), [name.encode(encoding) for name in names], protocol)
    theirs = pickle.loads(content, encoding="bytes")
    assert np.array_equal(theirs[b"encodings"][1], vectors(2)[1])

    assert same(read(tmp_path, content), checked(names, vectors(2)))


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_names_may_be_bytes(tmp_path: Path, protocol: int) -> None:
    names = ["Renée".encode(), "박민준".encode("cp949")]
    data = {"encodings": list(vectors(2)), "names": names}

    assert read(tmp_path, pickle.dumps(data, protocol)).names == ("Renée", "박민준")


def test_what_else_is_in_the_dict_does_not_matter(tmp_path: Path) -> None:
    data = {"names": ["Ada"], "made": 1.5, "encodings": list(vectors(1)), "by": (None, True, "hog")}

    assert same(read(tmp_path, pickle.dumps(data)), checked(["Ada"], vectors(1)))


def test_what_is_written_comes_back_as_it_was(tmp_path: Path) -> None:
    with (tmp_path / "known.bin").open("wb") as file:
        pickled.write(some(), file)

    found = pickled.read(tmp_path / "known.bin")

    assert same(found, some())
    assert found.population is None


def test_what_is_written_is_the_studys_own_dict() -> None:
    file = BytesIO()
    pickled.write(some(), file)

    found = pickle.loads(file.getvalue())

    assert list(found) == ["encodings", "names"]
    assert found["names"] == list(NAMES)
    assert all(one.dtype == np.float64 and one.shape == (128,) for one in found["encodings"])
    assert np.array_equal(np.array(found["encodings"]), some().encodings)


def test_what_is_written_names_nothing_that_a_numpy_lacks() -> None:
    file = BytesIO()
    pickled.write(some(), file)

    words = [arg for _, arg, _ in pickletools.genops(file.getvalue()) if isinstance(arg, str)]

    assert set(words) - {*NAMES} == {"encodings", "names", "numpy", "array"}


def fits(content: bytes, path: Path, share: int) -> bool:
    """Tell whether a file keeps within its share of what a file may be and take."""
    path.write_bytes(content)
    unpickled(path, MOST_HELD // share)
    return len(content) < known.MOST_BYTES // share


@pytest.mark.parametrize("protocol", PROTOCOLS)
@pytest.mark.parametrize("form", ["arrays of float64", "lists of floats", "one array"])
def test_as_many_as_may_be_are_within_the_bounds_in_every_usual_form(
    tmp_path: Path, form: str, protocol: int
) -> None:
    count = 500
    data = {"encodings": FORMS[form](vectors(count)), "names": [f"{n:099}é" for n in range(count)]}

    assert fits(pickle.dumps(data, protocol), tmp_path / "known.bin", known.MOST // count)


def test_as_many_as_may_be_are_within_the_bounds_as_we_write_them(tmp_path: Path) -> None:
    count, file = 500, BytesIO()
    pickled.write(checked([f"{n:099}박" for n in range(count)], vectors(count)), file)

    assert fits(file.getvalue(), tmp_path / "known.bin", known.MOST // count)


OTHERS: dict[str, tuple[Any, str]] = {
    "a list": ([1, 2], "pickle_not_of_study"),
    "embeddings": ({"embeddings": [], "names": []}, "pickle_not_of_study"),
    "no names": ({"encodings": list(vectors(1))}, "pickle_not_of_study"),
    "a name that is none": ({"encodings": list(vectors(1)), "names": [5]}, "pickle_not_of_study"),
    "one name for all": ({"encodings": list(vectors(1)), "names": "A"}, "pickle_not_of_study"),
    "a number for all": ({"encodings": 3, "names": ["A"]}, "pickle_not_of_study"),
    "text for numbers": ({"encodings": ["x" * 128], "names": ["A"]}, "pickle_not_of_study"),
    "words for numbers": ({"encodings": [["x"] * 128], "names": ["A"]}, "pickle_not_numbers"),
    "whole numbers": ({"encodings": np.ones((1, 128), int), "names": ["A"]}, "pickle_not_numbers"),
    "objects": ({"encodings": [np.array([{}] * 128)], "names": ["A"]}, "pickle_not_numbers"),
    "nested": ({"encodings": [[vectors(1)[0]]], "names": ["A"]}, "known_size"),
    "too few": ({"encodings": [[0.5] * 64], "names": ["A"]}, "known_size"),
    "no number": ({"encodings": [[float("nan")] * 128], "names": ["A"]}, "known_infinite"),
    "one row": ({"encodings": vectors(1)[0], "names": ["A"] * 128}, "known_size"),
    "three dimensions": ({"encodings": np.ones((1, 2, 64)), "names": ["A"]}, "pickle_not_numbers"),
    "a set": ({"encodings": list(vectors(1)), "names": {"A"}}, "pickle_odd"),
    "a large number": ({"encodings": [[2**64] * 128], "names": ["A"]}, "pickle_broken"),
    "a path": ({"encodings": list(vectors(1)), "names": [Path("A")]}, "pickle_calls"),
}


@pytest.mark.parametrize("case", OTHERS)
def test_a_pickle_of_something_else_gets_its_sentence(tmp_path: Path, case: str) -> None:
    data, code = OTHERS[case]
    path = tmp_path / "known.bin"
    path.write_bytes(pickle.dumps(data, 4))

    assert refusal(lambda: pickled.read(path)) == code
