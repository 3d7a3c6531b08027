"""The photos of all measures through child processes, each once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from analysis import batch
from analysis.batch import Task
from analysis.methods import Choice
from analysis.results import FaceResult, PhotoResult


class Analysed:
    """Results by path, made by `choice` in `workers` processes when they are first asked for."""

    def __init__(self, choice: Choice, workers: int) -> None:
        self._choice = choice
        self._workers = workers
        self._results: dict[Path, PhotoResult] = {}

    def results(self, paths: Iterable[Path]) -> list[PhotoResult]:
        """Return the results in the order of `paths`; raises ValueError for a photo that has none."""
        wanted = list(paths)
        missing = [Task(path) for path in dict.fromkeys(wanted) if path not in self._results]
        for outcome in batch.analyse(missing, self._workers, choice=self._choice):
            if outcome.result is None:
                raise ValueError(f"{outcome.path}: {outcome.message}")
            self._results[outcome.path] = outcome.result
        return [self._results[path] for path in wanted]

    def methods_of(self, path: Path) -> Mapping[str, str]:
        """Return by which methods a photo was analysed that has been."""
        return self._results[path].methods

    def portraits(self, paths: Sequence[Path]) -> list[FaceResult | None]:
        """Return the face of each photo nearest to its middle: who a photo of one person shows."""
        return [result.central_face for result in self.results(paths)]
