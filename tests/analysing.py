"""Commands that analyse photos, run in this process, and a child that does for all of a module."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from analysis.batch import Crew, Outcome, Task
from analysis.limits import Limits
from analysis.methods import Choice
from analysis.weights import Weights
from gallery.management import analysing

# What two pictures have in common of which the same is found: what the name tells, and the content.
Picture = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Said:
    """How a command ended and what it wrote."""

    status: int | str | None
    lines: list[str]
    errors: list[str]

    @property
    def photos(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.lines]


def said(name: str, *args: object) -> Said:
    """Run the command with one process; a test that names no database has none."""
    out, err = StringIO(), StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command(name, *map(str, args), "--workers=1", stdout=out, stderr=err)
    return Said(ended.value.code, out.getvalue().splitlines(), err.getvalue().splitlines())


class SeenCrew(Crew):
    """One that stays when the block ends for which it was entered, and knows what it has seen.

    It makes no copies.
    """

    seen: dict[Picture, Outcome]

    def __exit__(self, *_: object) -> None: ...

    def analyse(self, tasks: Sequence[Task]) -> Iterator[Outcome]:
        assert not any(task.copy for task in tasks)
        keys = [_picture(task.path) for task in tasks]
        new = {key: task for key, task in zip(keys, tasks, strict=True) if key not in self.seen}
        self.seen |= zip(new, super().analyse([*new.values()]), strict=True)
        for key, task in zip(keys, tasks, strict=True):
            yield replace(self.seen[key], path=task.path)


def _picture(path: Path) -> Picture:
    return path.suffix, path.read_bytes() if path.is_file() else b""


@contextmanager
def crew_that_stays() -> Iterator[None]:
    """Have the commands meanwhile ask the same crew whenever they ask for the same."""
    crews: dict[tuple[Any, ...], SeenCrew] = {}

    def crew(
        workers: int, limits: Limits, choice: Choice, *, weights: Weights, **bounds: Any
    ) -> SeenCrew:
        key = (workers, choice, *bounds.items())
        if key not in crews:
            crews[key] = SeenCrew(workers, limits, choice, weights=weights, **bounds)
            crews[key].seen = {}
        return crews[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(analysing, "Crew", crew)
        yield
    for one in crews.values():
        one.dismiss()
