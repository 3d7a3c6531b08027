"""Many photos in child processes, one photo at a time each: a photo that kills its child costs itself.

`files_of` finds the photos, `analyse` yields an `Outcome` for each in the order given. Importing this
loads no vision library.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Generator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from analysis.errors import AnalysisError
from analysis.limits import DEFAULT_LIMITS, Limits
from analysis.methods import DEFAULT, Choice
from analysis.pipeline import check_weights
from analysis.processes import Child, ChildFailed, Loaded
from analysis.results import DrawnFace, FaceResult, PhotoResult

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
class Analyse:
    """Analyse a photo and write its copy; the reply has the seconds that this took.

    Loading the networks, once in a child, is not counted.
    """

    task: Task
    limits: Limits
    choice: Choice

    def answer(self, loaded: Loaded) -> Outcome:
        from analysis.images import decode

        started = time.perf_counter()
        photo = decode(self.task.path, self.limits)
        decoded = time.perf_counter() - started
        pipeline = loaded.pipeline(self.choice)
        started = time.perf_counter() - decoded
        result = pipeline.analyse(photo)
        if self.task.copy:
            _write_copy(self.task.path, self.task.copy, result, self.limits)
        return Outcome(self.task.path, time.perf_counter() - started, result)


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
    limits: Limits = DEFAULT_LIMITS,
    *,
    choice: Choice = DEFAULT,
    timeout: float = 120.0,
    memory: int = 2000 * 2**20,
) -> Generator[Outcome, None, None]:
    """Analyse photos in up to `workers` child processes; yield outcomes in the order of `tasks`.

    `timeout` is in seconds a photo, `memory` in bytes a child. Raises WeightsMissing or UnknownMethod
    before anything starts. Closing the iterator ends the children.
    """
    check_weights(choice)
    return _outcomes(tasks, workers, _Crew(limits, choice, timeout, memory))


def _outcomes(tasks: Sequence[Task], workers: int, crew: _Crew) -> Generator[Outcome, None, None]:
    with ThreadPoolExecutor(workers) as threads:
        try:
            yield from threads.map(crew.outcome, tasks)
        finally:
            threads.shutdown(wait=False, cancel_futures=True)
            crew.dismiss()


class _Crew:
    """A child for each thread that asks for an outcome, and a new one for each that failed."""

    def __init__(self, limits: Limits, choice: Choice, timeout: float, memory: int) -> None:
        self._limits = limits
        self._choice = choice
        self._timeout = timeout
        self._memory = memory
        self._lock = Lock()
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._dismissed = False

    def outcome(self, task: Task) -> Outcome:
        started = time.perf_counter()
        child = self._take()
        reply = child.ask(Analyse(task, self._limits, self._choice), self._timeout)
        self._give_back(child)
        if isinstance(reply, Outcome):
            return reply
        code, message = _explained(reply, self._timeout)
        return Outcome(task.path, time.perf_counter() - started, code=code, message=message)

    def dismiss(self) -> None:
        """End all children; a photo in hand is lost."""
        with self._lock:
            self._dismissed = True
            for child in self._busy:
                child.kill()  # Its thread, which waits for it, stops it.
            for child in self._idle:
                child.stop()

    def _take(self) -> Child:
        with self._lock:
            child = self._idle.pop() if self._idle else Child(self._memory)
            self._busy.add(child)
            if self._dismissed:  # This thread was about to begin a photo that nobody waits for.
                child.kill()
            return child

    def _give_back(self, child: Child) -> None:
        with self._lock:
            self._busy.remove(child)
            if child.is_usable and not self._dismissed:
                self._idle.append(child)
                return
        child.stop()


def _write_copy(path: Path, copy: Path, result: PhotoResult, limits: Limits) -> None:
    """Write the annotated copy at full size, whole or not at all."""
    from analysis.drawing import annotate
    from analysis.images import decode

    faces = [_drawn(number, face) for number, face in enumerate(result.faces)]
    drawn = annotate(decode(path, limits, full_size=True), faces)
    copy.parent.mkdir(parents=True, exist_ok=True)
    partial = copy.with_name(f".{copy.name}.{os.getpid()}")
    try:
        partial.write_bytes(drawn)
        partial.replace(copy)
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


def _explained(error: Exception, timeout: float) -> tuple[str, str]:
    """Return the code and sentence of what went wrong with one photo."""
    if isinstance(error, AnalysisError):
        return error.code, str(error)
    if isinstance(error, FileNotFoundError):
        return "not_found", "There is no such file."
    if isinstance(error, OSError) and error.strerror:
        return "not_readable", f"{error.filename or 'The file'}: {error.strerror}."
    if isinstance(error, ChildFailed):
        return error.code, _failure(error, timeout)
    return "failed", f"The analysis failed: {error or type(error).__name__}."


def _failure(failed: ChildFailed, timeout: float) -> str:
    if failed.code == "timeout":
        return f"The analysis of this photo took longer than {timeout:g} s and was stopped."
    if failed.code == "out_of_memory":
        return "There is not enough memory to analyse this photo."
    if failed.code == "unavailable":
        return "No process could be started to analyse this photo."
    reason = _reason(failed.exitcode)
    return f"The analysis of this photo crashed ({reason}); the others went on."


def _reason(exitcode: int | None) -> str:
    if exitcode is not None and exitcode < 0:
        with suppress(ValueError):
            return signal.Signals(-exitcode).name
    return f"exit status {exitcode}"
