"""Takes in an emotion network from a stranger, and says on one line of JSON what it is.

Run it in a process of its own, which it limits. A refusal ends with status 1 and a sentence for the person
as the last line of the errors, with --json-errors its code and values; anything unforeseen ends with status
70. Neither leaves anything at TARGET. A process that is killed may leave TARGET.partial.

    python -m analysis.training.intake SOURCE TARGET PHOTO... [--while-stdin-open] [--json-errors]
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import sys
import time
import traceback
import warnings
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.emotion import CROP_PIXELS, EmotionNetwork, Input, are_shares
from analysis.errors import AnalysisError
from analysis.methods import KERAS_FILES
from analysis.networks import BATCH, Network
from analysis.sentences import ENGLISH, Sentence, say
from analysis.training import emotion_onnx, onnx_files, runtime
from analysis.training.keras_files import ModelRefused

MEMORY = 2 * 2**30
SECONDS = 120  # of processor time
LARGEST_FILE = 200 * 10**6
TIMED = 15
UNFORESEEN = 70  # os.EX_SOFTWARE


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a network that was taken in, as ONNX.

    `side` is rows and columns; `milliseconds` is the median for a face alone, on one thread; `difference`
    the largest between a share and the same from Keras, where it was Keras's; with `logits` a softmax has
    to follow.
    """

    side: tuple[int, int]
    channels: int
    parameters: int
    bytes: int
    sha256: str
    milliseconds: float
    difference: float | None
    logits: bool


def take(source: Path, target: Path, photos: list[Path]) -> Facts:
    """Write the network of `source` (.keras, .h5, .hdf5 or .onnx) to `target` as ONNX; return its facts.

    A Keras network is compared on `photos`. Raises ConversionError, ModelRefused or UnusableNetwork,
    leaving nothing at `target`.
    """
    suffix = source.suffix.lower()
    if suffix not in (*KERAS_FILES, ".onnx"):
        raise ModelRefused(say("no_network_file", file=source.name, kinds=KERAS_FILES))
    partial, difference = _partial(target), None
    try:
        if suffix in KERAS_FILES:
            difference = emotion_onnx.convert(source, partial, photos)
        else:
            partial.write_bytes(onnx_files.read(source))
        facts = _facts(partial, difference)
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return facts


def _partial(target: Path) -> Path:
    return target.with_name(f"{target.name}.partial")


def _facts(file: Path, difference: float | None) -> Facts:
    """Load an ONNX file as the site does, ask it about faces made of noise, and describe it."""
    content = onnx_files.read(file)
    asked = EmotionNetwork(file)
    sizes = (2 * BATCH + 1, CROP_PIXELS, CROP_PIXELS)
    crops = list(np.random.default_rng(2013).integers(0, 256, sizes, dtype=np.uint8))
    asked.estimate(crops)  # As many as fill batches and leave one over.
    takes, logits = _answers(Network(file))
    return Facts(
        side=(takes.rows, takes.columns),
        channels=takes.channels,
        parameters=onnx_files.parameters(content),
        bytes=len(content),
        sha256=sha256(content).hexdigest(),
        milliseconds=round(statistics.median(_timed(asked, crop) for crop in crops[:TIMED]), 3),
        difference=difference,
        logits=logits,
    )


def _answers(network: Network) -> tuple[Input, bool]:
    """Return what a network takes, and whether it answers with logits."""
    takes = Input.of(network.inputs[0].shape)
    trial = takes.trial()
    return takes, not are_shares(
        np.concatenate([network(face) for face in np.split(trial, len(trial))])
    )


def _timed(network: EmotionNetwork, crop: NDArray[np.uint8]) -> float:
    begun = time.perf_counter()
    network.estimate([crop])
    return (time.perf_counter() - begun) * 1000


def limit(memory: int) -> None:
    """Limit this process for good, where it isn't limited more narrowly: `memory` in bytes."""
    for kind, most in (
        (resource.RLIMIT_DATA, memory),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        _, hard = resource.getrlimit(kind)
        narrow = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (narrow, hard))


def unnamed(refusal: Sentence, source: Path, target: Path) -> Sentence:
    """Return a refusal with "this file" for names that whoever uploaded it hasn't seen."""
    values = dict(refusal.values)
    if "file" in values:
        begins = ENGLISH[refusal.code].startswith("{file}")
        values["file"] = say("this_file") if begins else say("this_file_within")
    if "reason" in values:
        # What a library says, without the pages that it may add.
        reason = f"{values['reason']}".partition("\n")[0]
        for name in (f"{source}", source.name, _partial(target).name):
            reason = reason.replace(name, "this file")
        values["reason"] = reason
    return Sentence(refusal.code, values)


def main(source: Path, target: Path, photos: list[Path], words: Callable[[Sentence], str]) -> int:
    """Take in `source`, refusing it in `words`; return the exit status."""
    limit(MEMORY if source.suffix.lower() == ".onnx" else emotion_onnx.MEMORY)
    # Native libraries may chatter; the output is one line of ours.
    output = os.dup(1)
    os.dup2(2, 1)
    try:
        facts = take(source, target, photos)
    except AnalysisError as refusal:
        sys.stderr.write(f"{words(unnamed(refusal.sentence, source, target))}\n")
        return 1
    except MemoryError:
        sys.stderr.write(f"{words(say('network_wants_memory'))}\n")
        return 1
    except Exception as error:
        traceback.print_exc()
        sys.stderr.write(f"This file could not be checked: {type(error).__name__}.\n")
        return UNFORESEEN
    os.write(output, f"{json.dumps(asdict(facts))}\n".encode())
    return 0


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # Keras warns of its older files and of NumPy's plans.
    parser = ArgumentParser(prog="analysis.training.intake")
    parser.add_argument("source", type=Path)
    parser.add_argument("target", type=Path)
    parser.add_argument("photos", type=Path, nargs="*")
    parser.add_argument("--while-stdin-open", action="store_true")
    parser.add_argument("--json-errors", action="store_true")
    wanted = parser.parse_args()
    if wanted.while_stdin_open:
        runtime.stop_with_stdin()
    words = Sentence.write if wanted.json_errors else str
    sys.exit(main(wanted.source, wanted.target, wanted.photos, words))
