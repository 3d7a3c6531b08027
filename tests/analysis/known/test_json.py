"""Known people as JSON: what is written comes back bit by bit, and nothing else is let in."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analysis.known import as_json, known
from analysis.known.known import Known, KnownRefused, checked
from analysis.versions import ENCODER
from tests.analysis.known.faces import NAMES, peak, refusal, same, some, vectors

ROW = vectors(1)[0].tolist()
WHOLE = {"encoder": ENCODER, "population": "map-1", "names": ["Ada"], "encodings": [ROW]}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "known.json"


def read(path: Path, content: Any) -> Known:
    text = content if isinstance(content, str | bytes) else json.dumps(content)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return as_json.read(path)


def test_what_is_written_comes_back_as_it_was(path: Path) -> None:
    with path.open("wb") as file:
        as_json.write(some(), file)

    found = as_json.read(path)

    assert same(found, some())
    assert found.population == "map-1"


def test_every_kind_of_float32_comes_back_as_it_was(path: Path) -> None:
    """Also those that a double between two float32 could be taken for."""
    rows = vectors(300)
    rng = np.random.default_rng(3)
    scales = 10.0 ** rng.integers(-45, 0, size=(300, 64))
    rows[:, :64] = (rng.uniform(-1, 1, size=(300, 64)) * scales / 8).astype(np.float32)
    rows[:, 64:] *= 1.4 / np.linalg.norm(rows[:, 64:], axis=1, keepdims=True)
    people = checked(["Ada"] * 300, rows)
    with path.open("wb") as file:
        as_json.write(people, file)

    assert same(as_json.read(path), people)


def test_what_is_written_is_one_object_that_anything_reads() -> None:
    file = BytesIO()
    as_json.write(some(), file)

    found = json.loads(file.getvalue())

    assert list(found) == ["encoder", "population", "names", "encodings"]
    assert found["names"] == list(NAMES)
    assert "박민준" in file.getvalue().decode()
    assert np.array_equal(np.array(found["encodings"], np.float32), some().encodings)


@pytest.mark.parametrize("options", [{}, {"indent": 4}, {"separators": (",", ":")}], ids=str)
@pytest.mark.parametrize("order", [list(WHOLE), sorted(WHOLE), sorted(WHOLE, reverse=True)])
def test_any_program_may_have_written_it(
    path: Path, order: list[str], options: dict[str, Any]
) -> None:
    text = json.dumps({key: WHOLE[key] for key in order}, **options)

    for content in (text, "\ufeff" + text, f"\r\n {text} \n\t"):
        assert same(read(path, content), checked(["Ada"], vectors(1), population="map-1"))


def test_letters_may_be_escaped(path: Path) -> None:
    text = json.dumps(WHOLE | {"names": ['박 "🎭" \\']})
    assert "\\ubc15" in text

    assert read(path, text).names == ('박 "🎭" \\',)


@pytest.mark.parametrize("missing", ["encoder", "names", "encodings"])
def test_what_is_missing_is_said(path: Path, missing: str) -> None:
    content = {key: value for key, value in WHOLE.items() if key != missing}
    code = "known_without_encoder" if missing == "encoder" else "known_incomplete"
    assert refusal(lambda: read(path, content)) == code


def test_the_map_may_be_missing(path: Path) -> None:
    content = {key: value for key, value in WHOLE.items() if key != "population"}
    assert read(path, content).population is None
    assert read(path, content | {"population": None}).population is None


def test_encodings_of_another_encoder_are_refused_by_name(path: Path) -> None:
    with pytest.raises(KnownRefused, match="made by facenet-512"):
        read(path, WHOLE | {"encoder": "facenet-512", "encodings": [[0.1] * 512]})


def test_the_study_s_dict_as_json_wants_an_encoder(path: Path) -> None:
    content = {"encodings": [ROW], "names": ["Ada"]}
    with pytest.raises(KnownRefused, match="does not say what made its encodings"):
        read(path, content)


CASES: dict[str, tuple[Any, str]] = {
    "nothing": ("", "json_broken"),
    "a list": ([1], "json_broken"),
    "no JSON": ("{encoder: 1}", "json_broken"),
    "another key": (WHOLE | {"x": 1}, "json_other_key"),
    "the same key twice": ('{"names": ["A"], "names": ["B"]}', "json_broken"),
    "two objects": (json.dumps(WHOLE) + json.dumps(WHOLE), "json_broken"),
    "a comma at the end": (json.dumps(WHOLE).replace("]]", "],]"), "json_broken"),
    "a name that is a number": (WHOLE | {"names": [1]}, "json_broken"),
    "an encoder that is a number": (WHOLE | {"encoder": 1}, "json_broken"),
    "no encoder": (WHOLE | {"encoder": None}, "known_without_encoder"),
    "text for numbers": (WHOLE | {"encodings": ["x"]}, "json_broken"),
    "numbers as text": (WHOLE | {"encodings": [["1.5"] * 128]}, "json_broken"),
    "an object for numbers": (WHOLE | {"encodings": [{}]}, "json_broken"),
    "a number too few": (WHOLE | {"encodings": [ROW[1:]]}, "known_size"),
    "no number": (WHOLE | {"encodings": [[*ROW[1:], float("nan")]]}, "known_infinite"),
    "no finite number": (json.dumps(WHOLE).replace("]]", ", 1e999]]"), "known_size"),
    "a whole number without end": (WHOLE | {"encodings": [[*ROW[1:], 10**4000]]}, "known_infinite"),
    "empty rows": (WHOLE | {"encodings": [[]]}, "known_size"),
    "no rows": (WHOLE | {"encodings": [], "names": []}, "known_nobody"),
    "a word of letters": (json.dumps(WHOLE).replace("[[", "[[aNity, "), "json_broken"),
    "a row without end": (json.dumps(WHOLE).replace("[[", "[[" + " " * 30_000), "json_broken"),
    "half a letter": (json.dumps(WHOLE).replace("Ada", "\\ud800"), "known_name_empty"),
    "no UTF-8": (json.dumps(WHOLE).encode().replace(b"Ada", b"\xff"), "json_broken"),
    "a control character": (json.dumps(WHOLE).replace("Ada", "A\nda"), "json_broken"),
    "a name without end": (WHOLE | {"names": ["a" * 3000]}, "known_name_long"),
}


@pytest.mark.parametrize("case", CASES)
def test_whatever_else_it_holds_gets_its_sentence(path: Path, case: str) -> None:
    content, code = CASES[case]
    assert refusal(lambda: read(path, content)) == code


MANY = 1_000_000
BOMBS = {
    "brackets": b'{"encodings": ' + b"[" * MANY,
    "braces": b'{"names": ' + b'{"a":' * (MANY // 5),
    "empty rows": b'{"encodings": [' + b"[]," * 60_000,
    "long rows": b'{"encodings": [' + (b"[" + b"1," * 9000 + b"1],") * (MANY // 18_000),
    "empty names": b'{"names": [' + b'"",' * (MANY // 3),
    "names": b'{"names": [' + b'"a",' * (MANY // 4),
    "wide names": b'{"names": [' + ('"🎭' + "a" * 90 + '",').encode() * (MANY // 97),
    "a name": b'{"names": ["' + b"a" * MANY + b'"]}',
    "blanks": b'{"names": ' + b" " * MANY,
    "keys": b"{" + b'"names":[],' * (MANY // 11),
    "digits": b'{"encodings": [[' + b"1" * MANY + b"]]}",
    "backslashes": b'{"' + b"\\" * MANY,
}


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_takes_little_more_memory_than_its_bytes(path: Path, bomb: str) -> None:
    path.write_bytes(BOMBS[bomb])
    codes: list[str] = []

    assert peak(lambda: codes.append(refusal(lambda: as_json.read(path)))) < 4 * MANY + 8 * 2**20
    assert codes[0].startswith(("json_", "known_"))


def test_a_file_that_is_too_large_is_not_read(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(known.MOST_BYTES + 1)

    assert refusal(lambda: as_json.read(path)) == "known_large"


def test_a_file_that_ends_too_early_is_refused_wherever_it_ends(path: Path) -> None:
    text = json.dumps(WHOLE | {"encodings": [ROW[:2]]})
    for end in range(len(text)):
        assert refusal(lambda end=end: read(path, text[:end])) == "json_broken"  # type: ignore[misc]
