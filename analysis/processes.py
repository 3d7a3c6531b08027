"""Child processes that read photos; whatever a photo does to its child, it does to no other.

A `Child` answers one `Request` at a time, within limits of time and memory. Importing this loads no
vision library: what touches pixels is imported late, inside the child.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import sys
from functools import cached_property
from multiprocessing import resource_tracker
from multiprocessing.connection import Connection
from typing import TYPE_CHECKING, Any, Protocol, TypeVar, cast

from analysis.errors import AnalysisError
from analysis.sentences import Sentence, say
from analysis.weights import INSTALLED, Weights

if TYPE_CHECKING:
    from analysis.demographics.face_api import AgeNetwork
    from analysis.emotion import EmotionNetwork
    from analysis.methods import Choice
    from analysis.pipeline import Pipeline, Stages

Reply = TypeVar("Reply", covariant=True)
RECYCLE_AFTER = 500  # photos: what native code leaks goes with its process.
START_SECONDS = 60.0  # that a child may take until it can be asked, on a machine that is busy
READY = "ready"
OUT_OF_MEMORY = 86  # The exit status that says so; 1 and those of signals are taken.


class Loaded:
    """What a child keeps from one request to the next."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights

    @cached_property
    def _stages(self) -> Stages:
        from analysis.pipeline import Stages

        return Stages(self._weights)

    def pipeline(self, choice: Choice) -> Pipeline:
        """Return the chosen methods in a row, loading those that the last choice had not."""
        return self._stages.pipeline(choice)

    def method(self, stage: str, name: str) -> Any:
        """Return one method of one stage, without loading any other."""
        return self._stages.method(stage, name)

    def emotion(self, name: str) -> EmotionNetwork:
        """Return one emotion network, without loading any other stage."""
        return self._stages.emotion(name)

    def ages(self, name: str) -> AgeNetwork:
        """Return what tells ages by kept crops, alone."""
        return self._stages.ages(name)


class Request(Protocol[Reply]):
    """One thing to do with one photo; it is pickled, and so is its reply."""

    def answer(self, loaded: Loaded) -> Reply: ...


class ChildFailed(Exception):
    """The child crashed, hung or ran out of memory: worth another attempt. The message is a clause.

    `code` is "crashed", "timeout" or "out_of_memory", or "unavailable" if no child could be started,
    which is no fault of the photo. `exitcode` is that of multiprocessing.Process.
    """

    def __init__(
        self, clause: Sentence, code: str = "crashed", exitcode: int | None = None
    ) -> None:
        super().__init__(clause)
        self.clause = clause
        self.code = code
        self.exitcode = exitcode


class Child:
    """A process that holds nothing that could be lost. `memory` is in bytes of private memory."""

    def __init__(
        self, memory: int, weights: Weights = INSTALLED, recycle_after: int = RECYCLE_AFTER
    ) -> None:
        self._most = recycle_after
        # Not forked: the parent has threads, and a lock that one of them holds would stay shut in a copy.
        spawn = multiprocessing.get_context("spawn")
        self._connection, theirs = spawn.Pipe()
        self._process = spawn.Process(target=serve, args=(theirs, memory, weights), daemon=True)
        self._asked = 0
        self._ready = False
        # Ctrl-C reaches all processes of a terminal; what it means is for the parent to decide.
        # Blocked while the child starts, it is ignored by the child for good, from the first moment.
        resource_tracker.ensure_running()  # It would unblock the signal.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        theirs.close()  # Else the pipe would stay open after the child's death.

    @property
    def pid(self) -> int | None:
        return self._process.pid

    @property
    def is_usable(self) -> bool:
        """Whether it can be asked again: it lives, and has not had its share of photos."""
        return self._asked < self._most and self._process.is_alive()

    def ask(self, request: Request[Reply], timeout: float) -> Reply | Exception:
        """Send a photo and wait for at most `timeout` seconds.

        Returns the answer, or the AnalysisError or OSError of the photo, or ChildFailed: then the
        child was stopped.
        """
        self._asked += 1
        try:
            if not self._started():
                self.stop()
                return ChildFailed(say("child_unavailable"), "unavailable")
            self._connection.send(request)
            if self._connection.poll(timeout):
                return cast("Reply | Exception", self._connection.recv())
            failed = ChildFailed(say("child_timeout", seconds=round(timeout)), "timeout")
        except (EOFError, OSError):
            failed = self._obituary()
        self.stop()
        return failed

    def _started(self) -> bool:
        """Wait, once, until the child says that it is there."""
        if not self._ready:
            try:
                answered = self._connection.poll(START_SECONDS)
                self._ready = answered and self._connection.recv() == READY
            except (EOFError, OSError):
                return False
        return self._ready

    def kill(self) -> None:
        """End the process at once, from any thread; who waits for its answer gets ChildFailed."""
        self._process.kill()

    def stop(self) -> None:
        """End the process, if it has not ended, and wait until it is gone."""
        self._process.kill()
        self._process.join()
        self._connection.close()

    def _obituary(self) -> ChildFailed:
        self._process.join(5)  # It hung up, so it is about to end.
        exitcode = self._process.exitcode
        if exitcode == OUT_OF_MEMORY:
            return ChildFailed(say("child_out_of_memory"), "out_of_memory", exitcode)
        return ChildFailed(say("child_crashed"), "crashed", exitcode)


def serve(parent: Connection, memory: int, weights: Weights) -> None:
    """Answer requests until the parent hangs up. A reply is an answer or the photo's error.

    An OSError says that its file cannot be read, as on a disk that is not mounted. Any other exception
    ends the child, as a crash of native code would: the parent sees both alike.
    """
    _silence_native_libraries()
    os.nice(10)  # Pages come before photos.
    # Data, not address space: of that libraries and mapped files take more than they ever fill.
    resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))
    loaded = Loaded(weights)
    try:
        parent.send(READY)
        while True:
            request: Request[Any] = parent.recv()
            try:
                reply = request.answer(loaded)
            except (AnalysisError, OSError) as error:
                reply = error
            parent.send(reply)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        return
    except MemoryError:
        sys.exit(OUT_OF_MEMORY)


def _silence_native_libraries() -> None:
    """Let what is written to the descriptors go nowhere, while Python's own errors still reach people.

    libpng, libtiff, libheif, OpenCV and onnxruntime remark on oddities of photos there, a line or more
    each; what comes of a photo is its result.
    """
    sys.stderr = os.fdopen(os.dup(2), "w", buffering=1, errors="backslashreplace")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
