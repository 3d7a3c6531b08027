"""What people are known by, as a value: names and their encodings, of one encoder, checked."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError
from analysis.names import NAME_LENGTH, tidied
from analysis.results import Array
from analysis.sentences import say
from analysis.versions import ENCODER

NUMBERS = 128
# Of those by two networks the first ones are dlib's, by which people are known that files tell of.
SIZES = NUMBERS, 2 * NUMBERS
# Of 2,722 faces single views had lengths of 1.215 to 1.648: LFW's, blurred crowds, masks, all ages. A mean
# of several views or photos is a little shorter, one of ours has 1.46. Other networks' of 128 numbers
# (OpenFace, FaceNet) have 1.
SHORTEST, LONGEST = 1.1, 1.8
# 2,000 people by 25 faces each. In the widest forms that they come in, lists of floats as text, they are
# 150 MB of file and 350 MB of memory.
MOST = 50_000
MOST_BYTES = 256 * 2**20  # of a file in any of the forms
RAW_NAME = 1000  # letters of a name before it is tidied, more than which are not looked at


class KnownRefused(AnalysisError):
    """A file, a zip or a folder is nothing that people can be known by."""

    code = "known_refused"


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """Encodings float32 (n, 128), read-only, and whose each is; made by `checked` alone.

    `encoder` names the network and alignment behind them, as `PhotoResult.methods["encoder"]` does;
    `population` the map that their levels were told by, if any. A name may be there several times.
    """

    names: tuple[str, ...]
    encodings: Array
    encoder: str = ENCODER
    population: str | None = None

    def __len__(self) -> int:
        return len(self.names)


def checked(
    names: Iterable[str],
    encodings: Sequence[NDArray[Any]] | NDArray[Any],
    encoder: str = ENCODER,
    population: str | None = None,
) -> Known:
    """Return names, tidied, and n vectors of 128 or 256 numbers as Known; raises KnownRefused.

    Refused are another encoder, other numbers of names and vectors, none or more than MOST of them,
    names that are empty or too long, and vectors of another size, not finite or of a length that no
    encoding has.
    """
    if encoder != ENCODER:
        other, ours = tidied(encoder[:RAW_NAME])[:NAME_LENGTH], ENCODER
        raise KnownRefused(say("known_of_another_encoder", other=other, ours=ours))
    said = tuple(name_of(name, number) for number, name in enumerate(names, start=1))
    if len(said) != len(encodings):
        raise KnownRefused(say("known_counts", names=len(said), encodings=len(encodings)))
    check_number(len(said))
    if not said:
        raise KnownRefused(say("known_nobody"))
    found = _stacked(encodings, said)
    _check_lengths(found, said)
    found.flags.writeable = False
    if population is not None:
        population = tidied(population[:RAW_NAME])[:NAME_LENGTH] or None
    return Known(said, found, encoder, population)


def name_of(text: str, number: int) -> str:
    """Return the name that stands at `number` (from 1), tidied; raises KnownRefused."""
    name = tidied(text[:RAW_NAME])
    if len(text) > RAW_NAME or len(name) > NAME_LENGTH:
        begins = f"{name[:20]}…"
        raise KnownRefused(say("known_name_long", number=number, begins=begins, most=NAME_LENGTH))
    if not name:
        raise KnownRefused(say("known_name_empty", number=number))
    return name


def text_of(data: bytes) -> str:
    """Return a name that somebody's program wrote as bytes, of which too many are cut off."""
    short = data[: RAW_NAME + 1]
    try:
        return short.decode("utf-8")
    except UnicodeDecodeError:
        return short.decode("cp949", "replace")


def row_of(numbers: Sequence[float]) -> NDArray[Any]:
    """Return one encoding as an array of its size."""
    if len(numbers) not in SIZES:
        # It will be refused by its size, and takes no memory until then: there may be many, and long ones.
        return np.broadcast_to(np.float64(0), (len(numbers),))
    return np.array(numbers, np.float64)


def check_bytes(size: int) -> None:
    """Raise KnownRefused for a file of more than MOST_BYTES."""
    if size > MOST_BYTES:
        raise KnownRefused(say("known_large", limit=MOST_BYTES // 2**20))


def check_number(count: int) -> None:
    """Raise KnownRefused for more than MOST."""
    if count > MOST:
        raise KnownRefused(say("known_many", most=MOST))


def _stacked(rows: Sequence[NDArray[Any]] | NDArray[Any], names: Sequence[str]) -> Array:
    """Return float32 (n, 128): a row at a time, as a few bytes of file can stand for many long ones."""
    found = np.empty((len(names), NUMBERS), np.float32)
    with np.errstate(over="ignore"):  # What is too large for float32 is no finite number of it.
        for index, row in enumerate(rows):
            if row.ndim != 1 or row.size not in SIZES:
                name, number = names[index], index + 1
                raise KnownRefused(
                    say("known_size", name=name, number=number, size=row.size, wanted=NUMBERS)
                )
            found[index] = row[:NUMBERS]
    return found


def _check_lengths(encodings: Array, names: Sequence[str]) -> None:
    lengths = np.sqrt(np.einsum("ij,ij->i", encodings, encodings, dtype=np.float64))
    plausible = (lengths >= SHORTEST) & (lengths <= LONGEST)
    if plausible.all():
        return
    index = int(np.argmin(plausible))
    name, number, length = names[index], index + 1, float(lengths[index])
    if not np.isfinite(length):
        raise KnownRefused(say("known_infinite", name=name, number=number))
    raise KnownRefused(
        say(
            "known_length",
            name=name,
            number=number,
            length=round(length, 2),
            shortest=SHORTEST,
            longest=LONGEST,
        )
    )
