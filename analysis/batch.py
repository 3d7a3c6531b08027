"""Many photos in child processes, one photo at a time each: a photo that kills its child costs itself.

`files_of` finds the photos, `analyse` yields an `Outcome` for each in the order given.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from pathlib import Path

from analysis.drawing import annotate
from analysis.errors import AnalysisError
from analysis.images import DEFAULT_LIMITS, Limits, decode
from analysis.pipeline import INSTALLED, Pipeline, load_pipeline, weight_files
from analysis.results import DrawnFace, FaceResult, PhotoResult
from analysis.weights import Weights

EXTENSIONS = frozenset(
    f".{name}"
    for name in (
        *("jpg", "jpeg", "jpe", "jfif", "mpo", "png", "webp", "gif", "tif", "tiff", "bmp"),
        *("heic", "heif", "hif", "avif"),
    )
)


@dataclass(frozen=True, slots=True)
class Task:
    """A photo to analyse; `copy` is where its annotated copy goes, if anywhere."""

    path: Path
    copy: Path | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What became of a photo: a result, or the code and sentence of an error."""

    path: Path
    seconds: float = 0.0
    result: PhotoResult | None = None
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """What every child needs to know."""

    weights: Weights
    limits: Limits


def files_of(paths: Sequence[Path], out: Path | None = None) -> list[Task]:
    """Return the photos to analyse: each named file, and of a folder all with a photo's extension.

    A folder's photos are sorted by path. With `out`, each gets a place for its copy under there:
    the path within its folder, ending in .jpg, never that of a photo to analyse nor one given
    twice. `out` itself is not searched, unless it is the folder that was named.
    """
    found: list[tuple[Path, Path]] = []
    for path in paths:
        if path.is_dir():
            found += [(file, file.relative_to(path)) for file in _photos_under(path, out)]
        else:
            found.append((path, Path(path.name)))
    if out is None:
        return [Task(path) for path, _ in found]
    taken = {path.resolve() for path, _ in found}
    return [Task(path, _copy_path(out, name, taken)) for path, name in found]


def _photos_under(folder: Path, out: Path | None) -> list[Path]:
    skipped = out.resolve() if out and out.resolve() != folder.resolve() else None
    photos: list[Path] = []
    for parent, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if (Path(parent) / name).resolve() != skipped]
        photos += [Path(parent) / n for n in names if Path(n).suffix.lower() in EXTENSIONS]
    return sorted(photos)


def _copy_path(out: Path, name: Path, taken: set[Path]) -> Path:
    """Return a free place for the copy of `name` and take it."""
    number = 1
    place = out / name.with_suffix(".jpg")
    while place.resolve() in taken:
        number += 1
        place = out / name.with_name(f"{name.stem}-{number}.jpg")
    taken.add(place.resolve())
    return place


def analyse(
    tasks: Sequence[Task],
    workers: int = 1,
    weights: Weights = INSTALLED,
    limits: Limits = DEFAULT_LIMITS,
) -> Generator[Outcome, None, None]:
    """Analyse photos in up to `workers` child processes; yield outcomes in the order of `tasks`.

    Raises WeightsMissing before anything starts. Closing the iterator ends the children.
    """
    weight_files(weights)
    job = Job(weights, limits)
    children = [Child(job) for _ in range(min(workers, len(tasks)))]
    return _outcomes(tasks, children)


def _outcomes(tasks: Sequence[Task], children: Sequence[Child]) -> Generator[Outcome, None, None]:
    waiting = iter(enumerate(tasks))
    done: dict[int, Outcome] = {}
    try:
        for child in children:
            child.take(waiting)
        for number in range(len(tasks)):
            while number not in done:
                busy = {child.handle: child for child in children if child.task}
                for handle in wait(list(busy)):
                    child = busy[handle]  # type: ignore[index]
                    done[child.number] = child.outcome()
                    child.take(waiting)
            yield done.pop(number)
    finally:
        for child in children:
            child.end()


class Child:
    """One child process, started when it gets its first photo and again after it died."""

    def __init__(self, job: Job) -> None:
        self._job = job
        self._process: SpawnProcess | None = None
        self._started = 0.0
        self.handle: Connection
        self.number = -1
        self.task: Task | None = None

    def take(self, waiting: Iterator[tuple[int, Task]]) -> None:
        """Begin the next photo, if there is one."""
        self.number, self.task = next(waiting, (-1, None))
        if self.task is None:
            self.end()
            return
        if self._process is None:
            self._start()
        self._started = time.perf_counter()
        with suppress(OSError):  # It died meanwhile: `outcome` finds the other end closed.
            self.handle.send(self.task)

    def outcome(self) -> Outcome:
        """Return what became of the photo in hand; the handle must be readable."""
        assert self.task is not None
        assert self._process is not None
        try:
            found: Outcome = self.handle.recv()
        except (EOFError, OSError):
            self._process.join()
            seconds = time.perf_counter() - self._started
            reason = _reason(self._process.exitcode)
            self.end()
            message = f"The analysis of this photo crashed ({reason}); the others went on."
            return Outcome(self.task.path, seconds, code="crashed", message=message)
        return found

    def end(self) -> None:
        """End the process, if there is one."""
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
            self.handle.close()
            self._process = None

    def _start(self) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.handle, theirs = spawn.Pipe()
        self._process = spawn.Process(target=_serve, args=(theirs, self._job), daemon=True)
        # Blocked while it starts, so blocked in the child for good: what Ctrl-C, which reaches all
        # processes of a terminal, means is for the parent to decide.
        resource_tracker.ensure_running()  # It would unblock the signal.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        # Only the child holds this end now, so that its death closes the pipe.
        theirs.close()


def _reason(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        with suppress(ValueError):
            return signal.Signals(-exitcode).name
    return f"exit status {exitcode}"


def _serve(connection: Connection, job: Job) -> None:
    """Analyse the photos that come, in a child process, until its parent closes the pipe."""
    os.dup2(2, 1)  # Native libraries may chatter; standard output belongs to the results.
    pipeline: Pipeline | None = None
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            task: Task = connection.recv()
            started = time.perf_counter()
            try:
                pipeline = pipeline or load_pipeline(job.weights)
                started = time.perf_counter()
                outcome = _analysed(pipeline, task, job.limits, started)
            except Exception as error:
                code, message = _explained(error)
                seconds = time.perf_counter() - started
                outcome = Outcome(task.path, seconds, code=code, message=message)
            connection.send(outcome)


def _analysed(pipeline: Pipeline, task: Task, limits: Limits, started: float) -> Outcome:
    result = pipeline.analyse(decode(task.path, limits))
    if task.copy:
        _write_copy(task, result, limits)
    return Outcome(task.path, time.perf_counter() - started, result)


def _write_copy(task: Task, result: PhotoResult, limits: Limits) -> None:
    """Write the annotated copy at full size, whole or not at all."""
    assert task.copy is not None
    faces = [_drawn(number, face) for number, face in enumerate(result.faces)]
    drawn = annotate(decode(task.path, limits, full_size=True), faces)
    task.copy.parent.mkdir(parents=True, exist_ok=True)
    partial = task.copy.with_name(f".{task.copy.name}.{os.getpid()}")
    try:
        partial.write_bytes(drawn)
        partial.replace(task.copy)
    finally:
        partial.unlink(missing_ok=True)


def _drawn(number: int, face: FaceResult) -> DrawnFace:
    return DrawnFace(
        box=face.box,
        landmarks=face.landmarks,
        label=f"{face.gender.label}, about {face.age.years:.0f}",
        certain=True,
        colour=number,
        details=f"{face.emotion.label} {face.emotion.confidence * 100:.0f} %",
    )


def _explained(error: Exception) -> tuple[str, str]:
    """Return the code and sentence of what went wrong with one photo."""
    if isinstance(error, AnalysisError):
        return error.code, str(error)
    if isinstance(error, FileNotFoundError):
        return "not_found", "There is no such file."
    if isinstance(error, OSError) and error.strerror:
        return "not_readable", f"{error.filename or 'The file'}: {error.strerror}."
    if isinstance(error, MemoryError):
        return "out_of_memory", "There is not enough memory to analyse this photo."
    return "failed", f"The analysis failed: {error or type(error).__name__}."
