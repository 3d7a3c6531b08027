"""A pickle from a stranger runs nothing, fills nothing, and gets one sentence."""

from __future__ import annotations

import os
import pickle
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from analysis.known import known, pickled
from analysis.known.known import Known, KnownRefused
from analysis.known.unpickling import unpickled
from tests.analysis.known.faces import peak, refusal, vectors
from tests.analysis.known.hostile_pickles import BOMBS, MANY, commands

ROOT = Path(__file__).resolve().parents[3]
BUDGET = 4 * 2**20
SLACK = 2**20
# Counts what an interpreter is asked to look up, import by a pickle or run while it reads the files.
WATCHED = """
import sys
from pathlib import Path
from analysis.known import pickled
from analysis.known.known import KnownRefused

heard = []
WATCH = {"pickle.find_class", "os.system", "os.exec", "os.fork", "subprocess.Popen", "compile", "import"}
OWN = ("encodings", "_codecs", "_multibytecodec")  # What `bytes.decode` finds its codecs in.
sys.addaudithook(
    lambda event, args: event in WATCH and not f"{args[0]}".startswith(OWN) and heard.append((event, args))
)
for path in sys.argv[1:]:
    try:
        pickled.read(Path(path))
    except KnownRefused as error:
        print(error.sentence.code)
assert not heard, heard
"""


def test_no_command_in_a_file_is_run_or_looked_up(tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    files = []
    for number, content in enumerate(commands(f"touch '{marker}'").values()):
        files.append(tmp_path / f"{number}.bin")
        files[-1].write_bytes(content)

    done = subprocess.run(
        [sys.executable, "-c", WATCHED, *files],
        cwd=ROOT, capture_output=True, text=True, timeout=120,
    )  # fmt: skip

    assert done.stderr == ""
    assert len(done.stdout.split()) == len(files)
    assert set(done.stdout.split()) <= {"pickle_calls", "pickle_odd", "pickle_broken"}
    assert not marker.exists()


def test_those_commands_are_real_ones(tmp_path: Path) -> None:
    marker = tmp_path / "it ran"
    pickle.loads(commands(f"touch '{marker}'")["reduce, 2"])
    assert marker.exists()


def test_what_a_file_asks_for_is_said_in_few_words(tmp_path: Path) -> None:
    path = tmp_path / "known.bin"
    path.write_bytes(commands("true")["reduce, 4"])
    with pytest.raises(KnownRefused, match=r"^This file asks for posix.system, and"):
        pickled.read(path)

    path.write_bytes(b"\x80\x04X" + MANY.to_bytes(4, "little") + b"a" * MANY + b"2\x93.")
    with pytest.raises(KnownRefused) as refused:
        pickled.read(path)
    assert len(str(refused.value)) < 200


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_fills_no_more_than_it_may(tmp_path: Path, bomb: str) -> None:
    path = tmp_path / "known.bin"
    path.write_bytes(BOMBS[bomb])
    assert path.stat().st_size < 2 * MANY + 1000

    def read() -> None:
        with suppress(KnownRefused):
            unpickled(path, BUDGET)

    assert peak(read) < BUDGET + path.stat().st_size + SLACK
    assert refusal(lambda: pickled.read(path)).startswith(("pickle_", "known_"))


def refused_within(path: Path, most: int) -> str:
    """Return the code of a file's refusal, which takes no more than so many bytes of memory."""
    codes: list[str] = []
    assert peak(lambda: codes.append(refusal(lambda: pickled.read(path)))) < most
    return codes[0]


def test_one_long_list_for_every_encoding_takes_no_memory(tmp_path: Path) -> None:
    row = [0.5] * 50_000
    path = tmp_path / "known.bin"
    path.write_bytes(pickle.dumps({"encodings": [row] * 10_000, "names": ["A"] * 10_000}))

    assert refused_within(path, 20 * 2**20) == "known_size"


def test_one_long_name_for_every_encoding_takes_no_memory(tmp_path: Path) -> None:
    rows = list(vectors(1)) * 10_000
    path = tmp_path / "known.bin"
    for name in ("a" * MANY, b"\xff" * MANY):
        path.write_bytes(pickle.dumps({"encodings": rows, "names": [name] * 10_000}))

        assert refused_within(path, 20 * 2**20) == "known_name_long"


def test_more_encodings_than_may_be_are_refused_before_they_are_made(tmp_path: Path) -> None:
    many = known.MOST + 1
    path = tmp_path / "known.bin"
    path.write_bytes(pickle.dumps({"encodings": list(vectors(1)) * many, "names": ["A"] * many}))

    assert refusal(lambda: pickled.read(path)) == "known_many"


def test_a_file_that_is_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "known.bin"
    with path.open("wb") as file:
        file.truncate(known.MOST_BYTES + 1)  # Holes, which take no place on the disk.

    assert refused_within(path, SLACK) == "known_large"


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_a_file_that_ends_too_early_is_refused_wherever_it_ends(
    tmp_path: Path, protocol: int
) -> None:
    path = tmp_path / "known.bin"
    path.write_bytes(pickle.dumps({"encodings": [np.array([0.5, 1])], "names": ["Ada"]}, protocol))

    for end in reversed(range(path.stat().st_size)):
        os.truncate(path, end)
        assert refusal(lambda: unpickled(path)).startswith("pickle_")


@pytest.mark.parametrize("protocol", [0, 2, 4, 5])
def test_whatever_is_damaged_in_a_file_it_is_read_or_refused(tmp_path: Path, protocol: int) -> None:
    data = {"encodings": [*vectors(2).astype(np.float64), [0.1] * 128], "names": ["A", "B", b"C"]}
    whole = pickle.dumps(data, protocol)
    rng = random.Random(protocol)
    path = tmp_path / "known.bin"

    for _ in range(300):
        damaged = bytearray(whole)
        for _ in range(rng.choice((1, 1, 2, 8))):
            damaged[rng.randrange(len(damaged))] = rng.randrange(256)
        path.write_bytes(damaged)
        with suppress(KnownRefused):
            assert isinstance(pickled.read(path), Known)
