"""A training between two epochs as one file that is replaced in one step."""

from __future__ import annotations

import fcntl
import json
import os
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analysis.errors import AnalysisError
from analysis.sentences import say
from analysis.training.recipes import Epoch

FILE = "checkpoint.npz"


class TrainingError(AnalysisError):
    """The training cannot be begun or gone on with."""


class TrainingBusy(TrainingError):
    """Another process trains there."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What was trained with (`settings`), how each epoch went, the state, and the best weights so far."""

    settings: Mapping[str, Any]
    history: tuple[Epoch, ...]
    state: list[NDArray[Any]]
    best: list[NDArray[Any]]

    def save(self, directory: Path) -> None:
        text = json.dumps(
            {"settings": self.settings, "history": [asdict(epoch) for epoch in self.history]}
        )
        arrays = {f"state_{index:04}": array for index, array in enumerate(self.state)}
        arrays |= {f"best_{index:04}": array for index, array in enumerate(self.best)}
        unfinished = directory / (FILE + ".part")
        with unfinished.open("wb") as file:
            np.savez(file, allow_pickle=False, about=np.array(text), **arrays)
            file.flush()
            # Or a power cut after the rename could leave neither this one nor the last.
            os.fsync(file.fileno())
        unfinished.replace(directory / FILE)


def load(directory: Path) -> Checkpoint | None:
    """Return the checkpoint in `directory`; None without one; TrainingError where it's broken."""
    path = directory / FILE
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            about = json.loads(str(arrays["about"]))
            return Checkpoint(
                settings=about["settings"],
                history=tuple(Epoch(**epoch) for epoch in about["history"]),
                state=[arrays[name] for name in sorted(arrays) if name.startswith("state_")],
                best=[arrays[name] for name in sorted(arrays) if name.startswith("best_")],
            )
    except (ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile) as error:
        raise TrainingError(say("checkpoint_broken", file=f"{path}")) from error


@contextmanager
def only_one(directory: Path) -> Iterator[None]:
    """Hold `directory` for this process; TrainingError while another trains there."""
    with (directory / "lock").open("w") as file:
        try:
            # Goes with the process, however that ends; a file that says "busy" would stay.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise TrainingBusy(say("training_busy", folder=f"{directory}")) from error
        yield
