"""Many photos in child processes, a few at a time each: a photo that kills its child costs itself.

`files_of` finds the photos, `analyse` yields an `Outcome` for each in the order given. Importing this
loads no vision library.
"""

from __future__ import annotations

import time
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Self

from analysis import dates
from analysis.dates import Taken
from analysis.errors import AnalysisError
from analysis.failures import explained
from analysis.limits import DEFAULT_LIMITS, Limits
from analysis.methods import DEFAULT, Choice
from analysis.photo_files import photos_under
from analysis.pipeline import check_weights
from analysis.processes import Child, Loaded
from analysis.results import PhotoResult
from analysis.weights import INSTALLED, Weights

if TYPE_CHECKING:
    from analysis.images import DecodedPhoto

# Photos in one request. Their faces share batches, which saves 8 to 17 % of the processor time of 120
# photos of LFW (250 px, mostly one face) and nothing of photos of 12 megapixels: so the site, which has
# a job for each photo, asks for one at a time.
GROUP = 4
GROUP_BYTES = 18_000_000  # Of pixels that a group holds at one time: two photos of 12 megapixels.


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
    """Analyse photos and write their copies; the reply has an outcome for each, or its error.

    The seconds of an outcome are those of its own decoding and drawing, and an equal share of what
    the networks took for a group. Loading them, once in a child, is not counted.
    """

    tasks: tuple[Task, ...]
    limits: Limits
    choice: Choice

    def answer(self, loaded: Loaded) -> list[Outcome | Exception]:
        replies: list[Outcome | Exception] = []
        waiting: list[_Read] = []
        for task in self.tasks:
            try:
                waiting.append(_read(task, self.limits))
            except (AnalysisError, OSError) as error:
                replies += [*self._outcomes(waiting, loaded), error]
                waiting = []
            if sum(read.photo.pixels.nbytes for read in waiting) > GROUP_BYTES:
                replies += self._outcomes(waiting, loaded)
                waiting = []
        return [*replies, *self._outcomes(waiting, loaded)]

    def _outcomes(self, reads: Sequence[_Read], loaded: Loaded) -> list[Outcome]:
        if not reads:
            return []
        pipeline = loaded.pipeline(self.choice)
        started = time.perf_counter()
        results = pipeline.analyse_all([read.photo for read in reads])
        share = (time.perf_counter() - started) / len(reads)
        return [
            Outcome(read.task.path, read.seconds + share + _copied(read, result), result)
            for read, result in zip(reads, results, strict=True)
        ]


@dataclass(frozen=True, slots=True, eq=False)
class _Read:
    """A photo as it is analysed and, where a copy is wanted, `whole`: one is made from the other."""

    task: Task
    photo: DecodedPhoto
    whole: DecodedPhoto
    seconds: float


def _read(task: Task, limits: Limits) -> _Read:
    from analysis.images import decode, reduced

    started = time.perf_counter()
    whole = decode(task.path, limits, full_size=task.copy is not None)
    taken = whole.told.taken or _by_file(task.path)
    whole = replace(whole, told=whole.told._replace(taken=taken))
    photo = reduced(whole) if task.copy else whole
    return _Read(task, photo, whole, time.perf_counter() - started)


def _by_file(path: Path) -> Taken | None:
    return dates.of_file(datetime.fromtimestamp(path.stat().st_mtime).astimezone())


def _copied(read: _Read, result: PhotoResult) -> float:
    """Write the copy, if one is wanted; return the seconds it took."""
    started = time.perf_counter()
    if read.task.copy:
        from analysis.copies import write_copy

        write_copy(read.whole, result, read.task.copy)
    return time.perf_counter() - started


def files_of(paths: Sequence[Path], out: Path | None = None) -> list[Task]:
    """Return the photos to analyse: each named file, and of a folder all with a photo's extension.

    A folder's photos are sorted by path; what systems hide in it is left out. With `out`, each gets a
    place for its copy under there: the path within its folder, ending in .jpg, never that of a photo to
    analyse nor one given twice. `out` itself is not searched, unless it is the folder that was named.
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
    skipped = out if out and out.resolve() != folder.resolve() else None
    return sorted(photos_under(folder, skipped))


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
    weights: Weights = INSTALLED,
) -> Generator[Outcome, None, None]:
    """Analyse photos in up to `workers` child processes; yield outcomes in the order of `tasks`.

    `timeout` is in seconds a photo, `memory` in bytes a child. Raises WeightsMissing or UnknownMethod
    before anything starts. Closing the iterator ends the children.
    """
    # Here and not in the generator, whose first line runs when it is first asked.
    crew = Crew(workers, limits, choice, timeout, memory, weights)
    return _outcomes(tasks, crew)


def _outcomes(tasks: Sequence[Task], crew: Crew) -> Generator[Outcome, None, None]:
    with crew:
        yield from crew.analyse(tasks)


def groups_of(tasks: Sequence[Task], workers: int) -> Iterator[tuple[Task, ...]]:
    """Give the tasks in groups, smaller towards the end: no child shall work on alone for long.

    Faces of a group go through each network together. One with a copy is alone, as its photo is held
    at full size.
    """
    start = 0
    while start < len(tasks):
        fair = (len(tasks) - start) // (2 * workers)
        size = 1 if tasks[start].copy else max(1, min(GROUP, fair))
        yield tuple(tasks[start : start + size])
        start += size


class Crew:
    """Up to `workers` children, started when they are first needed; one that failed is replaced.

    Raises WeightsMissing or UnknownMethod where the chosen methods cannot be loaded. The children end with
    the block that a crew is entered for, or when it is dismissed.
    """

    def __init__(
        self,
        workers: int,
        limits: Limits,
        choice: Choice,
        timeout: float,
        memory: int,
        weights: Weights = INSTALLED,
    ) -> None:
        check_weights(choice, weights)
        self._workers = workers
        self._limits = limits
        self._choice = choice
        self._timeout = timeout
        self._memory = memory
        self._weights = weights
        self._threads = ThreadPoolExecutor(workers)  # One waits for each child.
        self._lock = Lock()
        self._idle: list[Child] = []
        self._busy: set[Child] = set()
        self._dismissed = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.dismiss()

    def analyse(self, tasks: Sequence[Task]) -> Iterator[Outcome]:
        """Yield the outcomes in the order of `tasks`; the children stay for the next call."""
        for outcomes in self._threads.map(self._ask, groups_of(tasks, self._workers)):
            yield from outcomes

    def dismiss(self) -> None:
        """End all children; a photo in hand is lost."""
        # Twice: nothing new begins while the children die, and all has ended when this returns.
        self._threads.shutdown(wait=False, cancel_futures=True)
        with self._lock:
            self._dismissed = True
            for child in self._busy:
                child.kill()  # Its thread, which waits for it, stops it.
            for child in self._idle:
                child.stop()
        self._threads.shutdown()

    def _ask(self, tasks: tuple[Task, ...]) -> list[Outcome]:
        """Return what became of each photo of a group; if the group failed, they are asked for singly."""
        started = time.perf_counter()
        timeout = self._timeout * len(tasks)
        child = self._take()
        reply = child.ask(Analyse(tasks, self._limits, self._choice), timeout)
        self._give_back(child)
        if isinstance(reply, Exception) and len(tasks) > 1 and not self._dismissed:
            return [outcome for task in tasks for outcome in self._ask((task,))]
        replies = [reply] * len(tasks) if isinstance(reply, Exception) else reply
        seconds = (time.perf_counter() - started) / len(tasks)
        return [self._outcome(*pair, seconds) for pair in zip(tasks, replies, strict=True)]

    def _outcome(self, task: Task, reply: Outcome | Exception, seconds: float) -> Outcome:
        if isinstance(reply, Outcome):
            return reply
        code, message = explained(reply, self._timeout)
        return Outcome(task.path, seconds, code=code, message=message)

    def _take(self) -> Child:
        with self._lock:
            child = self._idle.pop() if self._idle else Child(self._memory, self._weights)
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
