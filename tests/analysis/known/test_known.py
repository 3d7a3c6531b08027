"""Names and encodings are checked once, whatever file they come from."""

from __future__ import annotations

import pickle
import unicodedata

import numpy as np
import pytest

from analysis.known import known
from analysis.known.known import KnownRefused, checked, text_of
from analysis.versions import ENCODER
from tests.analysis.known.faces import NAMES, refusal, vectors
from tests.factories import vector, whole


def test_names_become_one_form_and_numbers_stay_what_they_are() -> None:
    name = unicodedata.normalize("NFD", "  박민준\u200b  Émile ")

    found = checked([name], vectors(1).astype(np.float64))

    assert found.names == ("박민준 Émile",)
    assert found.encodings.dtype == np.float32
    assert found.encodings.tobytes() == vectors(1).tobytes()
    assert (found.encoder, found.population, len(found)) == (ENCODER, None, 1)
    with pytest.raises(ValueError, match="read-only"):
        found.encodings[0, 0] = 1


@pytest.mark.parametrize("length", [1.215, 1.46, 1.648])
def test_lengths_that_encodings_were_measured_to_have_are_taken(length: float) -> None:
    one = vectors(1)
    assert len(checked(["Ada"], one * (length / np.linalg.norm(one)))) == 1


@pytest.mark.parametrize("length", [0.0, 0.3, 1.0, 2.0, 30.0])
def test_vectors_of_another_length_are_no_encodings(length: float) -> None:
    both = vectors(2)
    both[1] *= length / np.linalg.norm(both[1])

    with pytest.raises(KnownRefused, match=f"number 2, of Bea, has the length {length:g}, and"):
        checked(["Ada", "Bea"], both)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 1e300])
def test_a_number_that_is_not_finite_is_named_by_whose_it_is(number: float) -> None:
    both = vectors(2).astype(np.float64)
    both[1, 77] = number

    with pytest.raises(KnownRefused, match="number 2, of Bea, holds something that is no finite"):
        checked(["Ada", "Bea"], both)


def test_each_encoding_needs_one_name() -> None:
    with pytest.raises(KnownRefused, match=r"not as many names \(1\) as encodings \(2\)"):
        checked(["Ada"], vectors(2))


def test_of_encodings_by_two_networks_dlibs_numbers_are_kept() -> None:
    found = checked(["Ada", "Ben"], [whole(vector(1)), vector(2)])

    assert np.array_equal(found.encodings, np.stack([vector(1), vector(2)]))


@pytest.mark.parametrize("size", [0, 64, 129, 512])
def test_an_encoding_of_another_size_is_refused(size: int) -> None:
    with pytest.raises(KnownRefused, match=f"of Ada, has {size} numbers and not 128"):
        checked(["Ada"], np.ones((1, size)))


@pytest.mark.parametrize("name", ["", " \t", "\u200b", "\ud800"])
def test_an_encoding_without_a_name_is_refused(name: str) -> None:
    assert refusal(lambda: checked(["Ada", name], vectors(2))) == "known_name_empty"


@pytest.mark.parametrize("name", ["x" * 101, " " * 1001, "x" * 10**7])
def test_a_name_that_is_too_long_is_refused_by_how_it_begins(name: str) -> None:
    assert refusal(lambda: checked([name], vectors(1))) == "known_name_long"
    assert checked(["x" * 100], vectors(1)).names == ("x" * 100,)


def test_encodings_of_another_encoder_are_refused_by_its_name() -> None:
    with pytest.raises(KnownRefused, match=r"made by arcface-r100/5. Only those made by dlib"):
        checked(["Ada"], np.ones((1, 512)), "arcface-r100/5")


def test_nobody_and_too_many_are_refused() -> None:
    assert refusal(lambda: checked([], np.empty((0, 128)))) == "known_nobody"
    many = known.MOST + 1
    rows = np.broadcast_to(vectors(1)[0], (many, 128))
    assert refusal(lambda: checked(["Ada"] * many, rows)) == "known_many"


def test_a_name_of_bytes_is_utf_8_or_korean_as_windows_wrote_it() -> None:
    assert text_of("박민준".encode()) == "박민준"
    assert text_of("박민준".encode("cp949")) == "박민준"
    assert len(text_of(b"\xff" * 10**6)) < 2000


def test_a_refusal_reaches_another_process() -> None:
    with pytest.raises(KnownRefused) as refused:
        checked(NAMES, vectors(1))

    again = pickle.loads(pickle.dumps(refused.value))

    assert again.sentence == refused.value.sentence
    assert again.code == "known_refused"
