"""Tells of a training in text: one line that changes on a terminal, a line an epoch elsewhere."""

from __future__ import annotations

import time
from collections.abc import Callable

from analysis.training.recipes import Epoch, best

# A terminal's line is drawn anew so often, in seconds.
REDRAW = 0.5


class LineProgress:
    """Writes how far a training is, and the longest time that it can still take."""

    def __init__(self, write: Callable[[str], None], *, terminal: bool) -> None:
        self._write = write
        self._terminal = terminal
        self._epochs = 0
        self._finished: tuple[Epoch, ...] = ()
        self._begun = self._drawn = time.monotonic()

    def begun(self, history: tuple[Epoch, ...], epochs: int) -> None:
        self._finished, self._epochs = history, epochs
        if history:
            self._line(f"Going on after epoch {len(history)}.")

    def step(self, epoch: int, done: float, loss: float, accuracy: float) -> None:
        now = time.monotonic()
        if done <= 0.0:
            self._begun = now
        if not self._terminal or now - self._drawn < REDRAW or done <= 0.0:
            return
        self._drawn = now
        spent = now - self._begun
        left = spent / done * (1 - done) + self._typical(spent / done) * (self._epochs - epoch - 1)
        self._write(
            f"\r\x1b[Kepoch {epoch + 1} of {self._epochs}: {done:.0%}, loss {loss:.3f}, "
            f"accuracy {accuracy * 100:.1f} %; at most {duration(left)} left"
        )

    def epoch(self, history: tuple[Epoch, ...]) -> None:
        self._finished = history
        last, number = history[-1], len(history)
        left = self._typical(last.seconds) * (self._epochs - number)
        mark = ", the best so far" if best(history) == number - 1 else ""
        self._line(
            f"epoch {number} of {self._epochs}: loss {last.loss:.4f}, accuracy "
            f"{last.accuracy * 100:.2f} %, validation loss {last.validation_loss:.4f}, accuracy "
            f"{last.validation_accuracy * 100:.2f} %{mark}; {duration(last.seconds)}, "
            f"at most {duration(left)} left"
        )

    def _typical(self, otherwise: float) -> float:
        """Return the mean seconds of the latest epochs, which is what the next ones will take."""
        latest = [epoch.seconds for epoch in self._finished[-5:]]
        return sum(latest) / len(latest) if latest else otherwise

    def _line(self, text: str) -> None:
        self._write(f"\r\x1b[K{text}\n" if self._terminal else f"{text}\n")


def duration(seconds: float) -> str:
    """Return a time in the two units that matter."""
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f"{hours} h {minutes} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"
