"""What is done for a task, one module a kind, each a coroutine that `task_runner` runs under a lease."""

from __future__ import annotations


class TaskFailed(Exception):
    """The task cannot be done, and would not be at another try; the message is a sentence."""


class TaskBusy(Exception):
    """Another process is about to end doing it: try again soon, which counts as no attempt."""
