"""What is done for a task, one module a kind, each a coroutine that `task_runner` runs under a lease."""

from __future__ import annotations

from gallery.words import Words


class TaskFailed(Exception):
    """The task cannot be done, and would not be at another try; the sentence says why."""

    def __init__(self, sentence: Words) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class TaskBusy(Exception):
    """Another process is about to end doing it: try again soon, which counts as no attempt."""
