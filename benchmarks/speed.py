"""The project against the notebook's own sequence, on the same photos: `python -m benchmarks.speed [DIR]`.

Without a folder it makes photos of the sample portraits. Everything is loaded, and has seen one photo,
before the clock starts. The notebook runs in one process, as it does; the project through
`analysis.batch`, as `manage.py analyze` does, in one child process and in two; each figure of it is the
median of three rounds. Where the notebook's seconds stand beside a stage, they are all that its four
cells spend on that: it looks for faces four times.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from statistics import median
from typing import Any, TypeVar

from analysis.batch import Crew, Task
from analysis.limits import DEFAULT_LIMITS
from analysis.methods import DEFAULT
from benchmarks import notebook, photos
from benchmarks.notebook import Spent
from benchmarks.timing import Stopwatch

Result = TypeVar("Result")
ROUNDS = 3
STAGES = (
    "reading",
    "detection",
    "landmarks",
    "encodings and distances",
    "emotion",
    "age and gender",
)
LINE = "{:<40}{:>14}{:>14}{:>9}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("folder", nargs="?", type=Path, help="photos (made of samples if none)")
    folder = parser.parse_args().folder
    with tempfile.TemporaryDirectory() as made:
        paths = photos.found(folder) if folder else photos.make(Path(made))
        for title, group in photos.grouped(paths).items():
            compare(title, group)


def compare(title: str, paths: Sequence[Path]) -> None:
    """Print the table of one group of photos."""
    theirs = in_a_process(notebook.measure, paths)
    ours = in_a_process(measure_stages, paths)
    print(f"\n{len(paths)} photos of {title}\n")
    print(LINE.format("seconds a photo", "notebook", "project", "ratio"))
    for stage in STAGES:
        print_row(stage, *(spent.seconds.get(stage, 0.0) / len(paths) for spent in (theirs, ours)))
    whole = sum(theirs.seconds.values())
    rows = {
        "whole, 1 process": in_a_process(partial(measure_batch, workers=1), paths),
        "whole, 2 processes": in_a_process(partial(measure_batch, workers=2), paths),
    }
    for name, spent in rows.items():
        print_row(name, whole / len(paths), spent.seconds["whole"] / len(paths))
    print()
    for name, spent in {"notebook": theirs, **rows}.items():
        seconds = sum(spent.seconds.values())
        print(
            f"{name:<40}{len(paths) / seconds:8.2f} photos/s {spent.faces / seconds:8.2f} faces/s"
            f" {spent.faces:5} faces {spent.memory / 2**20:7.0f} MB at most"
        )


def print_row(name: str, theirs: float, ours: float) -> None:
    shown = [f"{seconds:.3f}" if seconds else "-" for seconds in (theirs, ours)]
    ratio = f"{theirs / ours:.0f} x" if theirs and ours else ""
    print(LINE.format(name, *shown, ratio), flush=True)


def in_a_process(measure: Callable[[Sequence[Path]], Result], paths: Sequence[Path]) -> Result:
    """Return what `measure` returns in a process of its own: its memory is its own too."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(measure, paths).result()


def measure_stages(paths: Sequence[Path]) -> Spent:
    """Return the seconds of each stage of the project, one photo at a time in this process."""
    from analysis.images import decode
    from analysis.pipeline import load_pipeline

    pipeline = load_pipeline()
    pipeline.analyse(decode(paths[0]))
    rounds = []
    for _ in range(ROUNDS):
        watch = Stopwatch()
        timed: dict[str, Any] = {
            "detector": Timed(pipeline.detector, "detection", watch),
            "aligner": Timed(pipeline.aligner, "landmarks", watch),
            "landmarks": Timed(pipeline.landmarks, "landmarks", watch),
            "encoder": Timed(pipeline.encoder, "encodings and distances", watch),
            "age_gender": Timed(pipeline.age_gender, "age and gender", watch),
            "emotion": Timed(pipeline.emotion, "emotion", watch),
        }
        for path in paths:
            with watch.time("reading"):
                photo = decode(path)
            replace(pipeline, **timed).analyse(photo)
        rounds.append(watch.seconds)
    return Spent({stage: median(seconds[stage] for seconds in rounds) for stage in rounds[0]})


class Timed:
    """A stage whose calls a stopwatch counts."""

    def __init__(self, stage: object, name: str, watch: Stopwatch) -> None:
        self._stage = stage
        self._name = name
        self._watch = watch

    def __getattr__(self, attribute: str) -> Any:
        found = getattr(self._stage, attribute)
        if not callable(found):
            return found

        def timed(*args: Any) -> Any:
            with self._watch.time(self._name):
                return found(*args)

        return timed


def measure_batch(paths: Sequence[Path], workers: int) -> Spent:
    """Return what the project takes for all photos in `workers` child processes."""
    crew = Crew(workers, DEFAULT_LIMITS, DEFAULT, timeout=120, memory=2000 * 2**20)
    tasks = [Task(path) for path in paths]
    try:
        # Every child starts, and loads its networks, before the clock does.
        list(crew.analyse([tasks[0]] * workers))
        rounds = []
        for _ in range(ROUNDS):
            started = time.perf_counter()
            outcomes = list(crew.analyse(tasks))
            rounds.append(time.perf_counter() - started)
    finally:
        crew.dismiss()
    faces = sum(len(outcome.result.faces) for outcome in outcomes if outcome.result)
    # Counts children only once they have ended.
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024
    return Spent({"whole": median(rounds)}, faces, memory)


if __name__ == "__main__":
    main()
