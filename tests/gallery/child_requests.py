"""What the pool tests ask of real children; a module of its own, so that a child need not load pytest."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass

from analysis.errors import UnreadablePhoto
from analysis.processes import Loaded
from analysis.sentences import say


@dataclass(frozen=True)
class Pid:
    def answer(self, loaded: Loaded) -> int:
        return os.getpid()


@dataclass(frozen=True)
class Crash:
    """Dies as a fault in native code does: at once, with no exception."""

    def answer(self, loaded: Loaded) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


@dataclass(frozen=True)
class Hang:
    def answer(self, loaded: Loaded) -> None:
        time.sleep(600)


@dataclass(frozen=True)
class Fill:
    """Takes memory, and says so if it was let."""

    megabytes: int

    def answer(self, loaded: Loaded) -> int:
        return sum(len(block) for block in [bytes(2**20) for _ in range(self.megabytes)])


@dataclass(frozen=True)
class Unreadable:
    def answer(self, loaded: Loaded) -> None:
        raise UnreadablePhoto(say("unreadable"))


@dataclass(frozen=True)
class Trip:
    def answer(self, loaded: Loaded) -> None:
        raise ZeroDivisionError
