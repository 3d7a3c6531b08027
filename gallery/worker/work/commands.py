"""Runs one of our programs beside the site, so that nothing of it outlives who asked for it."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from analysis.processes import ChildFailed
from gallery.kinds import TaskBusy, TaskFailed
from gallery.words import Words, say

log = logging.getLogger(__name__)
TRACEBACK = "Traceback (most recent call last)"
ROOT = Path(__file__).resolve().parents[3]
LONGEST = 300  # letters of a value
MOST = 20  # values of a list
GRACE = 20.0  # seconds for a program to end by itself


async def run(arguments: Sequence[str | Path], *, timeout: float | None = None) -> str:
    """Run Python with `arguments` and return what it wrote.

    Raises TaskFailed with what the last line of its errors says, ChildFailed where it was killed or ended
    in an error that nobody foresaw, or TaskBusy where it says that another process is doing the same. That
    line is a sentence as `Sentence.write` writes it, as --json-errors asks for, or else text.
    Its standard input stays open until it ends, so it can tell when the site is gone.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *map(str, arguments),
        "--json-errors",
        cwd=ROOT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    with suppress(ProcessLookupError):  # It may have ended by now, which is seen below.
        os.setpriority(os.PRIO_PROCESS, process.pid, 19)  # Pages and photos come before it.
    try:
        async with asyncio.timeout(timeout):
            said, complained = await _to_the_end(process)
    except TimeoutError:
        raise ChildFailed(say("child_timeout", seconds=timeout or 0), "timeout") from None
    finally:
        await _end(process)
    if not process.returncode:
        return said.decode(errors="replace")
    # As `manage.py train_emotion` ends where another process holds the training's folder.
    if process.returncode == os.EX_TEMPFAIL:
        raise TaskBusy
    complaint = complained.decode(errors="replace").strip()
    if process.returncode < 0 or TRACEBACK in complaint:
        log.error("%s ended with %s: %s", arguments[:2], process.returncode, complaint[-2000:])
        raise ChildFailed(say("program_stopped"), exitcode=process.returncode)
    if not complaint:
        raise TaskFailed(say("program_silent"))
    last = complaint.splitlines()[-1].removeprefix("CommandError: ")
    raise TaskFailed(_showable(Words.read(last)))


def _showable(value: Any) -> Any:
    """Return a sentence or a value as pages can show it: files of strangers may hold any text."""
    match value:
        case Words():
            values = {name: _showable(one) for name, one in value.values.items()}
            return Words(value.code, values)
        case str():
            return value[:LONGEST].encode(errors="backslashreplace").decode()
        case list():
            return [_showable(one) for one in value[:MOST]]
        case _:
            return value


async def _to_the_end(process: asyncio.subprocess.Process) -> tuple[bytes, bytes]:
    # Not communicate(), which would close the standard input.
    assert process.stdout is not None
    assert process.stderr is not None
    # Both at once: a program that fills the pipe that nobody reads would never end.
    said, complained = await asyncio.gather(process.stdout.read(), process.stderr.read())
    await process.wait()
    return said, complained


async def _end(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    if process.stdin is not None:
        process.stdin.close()
    # Asked before it is killed: a training ends by this as by Ctrl-C, and removes its temporary folders.
    with suppress(ProcessLookupError):
        process.terminate()
    try:
        async with asyncio.timeout(GRACE):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
