"""Tells of a training: in text for people, in a file for a page."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from analysis.training.recipes import Epoch, best
from analysis.training.trainer import Progress

FILE = "progress.json"
# A terminal's line is drawn anew so often, and the file written, in seconds.
REDRAW, REWRITE = 0.5, 1.0
Stage = Literal["training", "exporting", "done"]


class TimeLeft:
    """Reckons the longest time, in seconds, that a training can still take."""

    def __init__(self) -> None:
        self.epochs = 0
        self._finished: tuple[Epoch, ...] = ()
        self._begun = time.monotonic()

    def begun(self, history: tuple[Epoch, ...], epochs: int) -> None:
        self._finished, self.epochs = history, epochs

    def step(self, epoch: int, done: float) -> float | None:
        """Return it for a share of an epoch; None before there's anything to go by."""
        now = time.monotonic()
        if done <= 0.0:
            self._begun = now
            return self._typical(0.0) * (self.epochs - epoch) if self._finished else None
        spent = now - self._begun
        return spent / done * (1 - done) + self._typical(spent / done) * (self.epochs - epoch - 1)

    def epoch(self, history: tuple[Epoch, ...]) -> float:
        self._finished = history
        return self._typical(history[-1].seconds) * (self.epochs - len(history))

    def _typical(self, otherwise: float) -> float:
        """Return the mean seconds of the latest epochs, which is what the next ones will take."""
        latest = [epoch.seconds for epoch in self._finished[-5:]]
        return sum(latest) / len(latest) if latest else otherwise


class Several:
    """Passes on what it is told."""

    def __init__(self, *told: Progress) -> None:
        self._told = told

    def begun(self, history: tuple[Epoch, ...], epochs: int) -> None:
        for one in self._told:
            one.begun(history, epochs)

    def step(self, epoch: int, done: float, loss: float, accuracy: float) -> None:
        for one in self._told:
            one.step(epoch, done, loss, accuracy)

    def epoch(self, history: tuple[Epoch, ...]) -> None:
        for one in self._told:
            one.epoch(history)


class LineProgress:
    """Writes one line that changes on a terminal, a line an epoch elsewhere."""

    def __init__(self, write: Callable[[str], None], *, terminal: bool) -> None:
        self._write = write
        self._terminal = terminal
        self._left = TimeLeft()
        self._drawn = time.monotonic()

    def begun(self, history: tuple[Epoch, ...], epochs: int) -> None:
        self._left.begun(history, epochs)
        if history:
            self._line(f"Going on after epoch {len(history)}.")

    def step(self, epoch: int, done: float, loss: float, accuracy: float) -> None:
        left, now = self._left.step(epoch, done), time.monotonic()
        if not self._terminal or now - self._drawn < REDRAW or done <= 0.0 or left is None:
            return
        self._drawn = now
        self._write(
            f"\r\x1b[Kepoch {epoch + 1} of {self._left.epochs}: {done:.0%}, loss {loss:.3f}, "
            f"accuracy {accuracy * 100:.1f} %; at most {duration(left)} left"
        )

    def epoch(self, history: tuple[Epoch, ...]) -> None:
        last, number = history[-1], len(history)
        left = self._left.epoch(history)
        mark = ", the best so far" if best(history) == number - 1 else ""
        self._line(
            f"epoch {number} of {self._left.epochs}: loss {last.loss:.4f}, accuracy "
            f"{last.accuracy * 100:.2f} %, validation loss {last.validation_loss:.4f}, accuracy "
            f"{last.validation_accuracy * 100:.2f} %{mark}; {duration(last.seconds)}, "
            f"at most {duration(left)} left"
        )

    def _line(self, text: str) -> None:
        self._write(f"\r\x1b[K{text}\n" if self._terminal else f"{text}\n")


class FileProgress:
    """Keeps `progress.json` in `directory`, whole whenever it's read, and new at most each `every` seconds.

    It holds the `stage`, the number of `epochs` planned, the `history` of those finished, the number of the
    `epoch` under way with the share that's `done`, its `loss` and `accuracy` so far, and the longest time
    that is left, `seconds_left`. What is not known yet is null.
    """

    def __init__(self, directory: Path, every: float = REWRITE) -> None:
        self._path = directory / FILE
        self._every = every
        self._left = TimeLeft()
        self._history: tuple[Epoch, ...] = ()
        self._written = -math.inf

    def begun(self, history: tuple[Epoch, ...], epochs: int) -> None:
        self._left.begun(history, epochs)
        self._history = history
        self.step(min(len(history), epochs - 1), 0.0, math.nan, math.nan)

    def step(self, epoch: int, done: float, loss: float, accuracy: float) -> None:
        left = self._left.step(epoch, done)
        if time.monotonic() - self._written >= self._every:
            # Python would write NaN, which is no JSON to a browser.
            learnt = done > 0 and math.isfinite(loss)
            self._write(
                "training",
                epoch + 1,
                done=done,
                loss=loss if learnt else None,
                accuracy=accuracy if learnt else None,
                seconds_left=left,
            )

    def epoch(self, history: tuple[Epoch, ...]) -> None:
        self._history = history
        self._left.epoch(history)

    def stage(self, stage: Stage) -> None:
        """Write at once what comes after the last epoch."""
        last = self._history[-1]
        self._write(
            stage,
            len(self._history),
            done=1.0,
            loss=last.loss,
            accuracy=last.accuracy,
            seconds_left=0.0 if stage == "done" else None,
        )

    def _write(self, stage: Stage, epoch: int, **about: Any) -> None:
        content = {
            "stage": stage,
            "epochs": self._left.epochs,
            "epoch": epoch,
            **about,
            "history": [asdict(one) for one in self._history],
        }
        unfinished = self._path.with_name(f"{FILE}.part")
        unfinished.write_text(json.dumps(content), encoding="utf-8")
        unfinished.replace(self._path)
        self._written = time.monotonic()


def duration(seconds: float) -> str:
    """Return a time in the two units that matter."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
