"""The pool with real child processes: what one photo does to its child, the next does not notice."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from analysis import processes
from analysis.errors import UnreadablePhoto
from analysis.processes import RECYCLE_AFTER
from gallery.children.pool import AnalysisPool, ChildFailed
from tests.gallery.child_requests import Crash, Fill, Hang, Pid, Trip, Unreadable

CRASHED = "the process that read it crashed."


@pytest.fixture
def pool() -> Iterator[AnalysisPool]:
    pool = AnalysisPool(timeout=30, memory=400 * 2**20)
    yield pool
    pool.stop_idle()


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


async def test_photos_are_read_in_another_process_that_is_kept(pool: AnalysisPool) -> None:
    pid = await pool.ask(Pid())

    assert pid != os.getpid()
    assert await pool.ask(Pid()) == pid


async def test_a_crash_costs_its_own_photo_only(pool: AnalysisPool) -> None:
    before = await pool.ask(Pid())

    with pytest.raises(ChildFailed, match=CRASHED):
        await pool.ask(Crash())

    assert await pool.ask(Pid()) != before


async def test_a_fault_that_no_one_foresaw_ends_the_child_like_a_crash(pool: AnalysisPool) -> None:
    with pytest.raises(ChildFailed, match=CRASHED):
        await pool.ask(Trip())


async def test_a_photo_that_takes_all_memory_is_stopped_by_the_limit(pool: AnalysisPool) -> None:
    with pytest.raises(ChildFailed, match=CRASHED) as failed:
        await pool.ask(Fill(megabytes=600))

    assert f"{failed.value}" == "the process that read it crashed, out of memory."
    assert failed.value.code == "out_of_memory"

    assert await pool.ask(Fill(megabytes=10)) == 10 * 2**20


async def test_a_photo_that_hangs_is_stopped_after_the_time_limit() -> None:
    pool = AnalysisPool(timeout=1, memory=400 * 2**20)
    hanging = await pool.ask(Pid())
    with pytest.raises(ChildFailed, match=r"it took longer than 1 seconds\."):
        await pool.ask(Hang())

    assert not is_alive(hanging)
    pool.stop_idle()


async def test_an_unreadable_photo_raises_its_own_error_and_keeps_the_child(
    pool: AnalysisPool,
) -> None:
    before = await pool.ask(Pid())

    with pytest.raises(UnreadablePhoto, match="not a photo we can read"):
        await pool.ask(Unreadable())

    assert await pool.ask(Pid()) == before


async def test_a_child_is_replaced_after_its_last_photo(pool: AnalysisPool) -> None:
    first = await pool.ask(Pid())
    for _ in range(RECYCLE_AFTER - 1):
        assert await pool.ask(Pid()) == first

    assert await pool.ask(Pid()) != first
    assert not is_alive(first)


async def test_calls_at_one_time_have_a_child_each(pool: AnalysisPool) -> None:
    pids = await asyncio.gather(pool.ask(Pid()), pool.ask(Pid()))

    assert len(set(pids)) == 2


async def test_cancelling_a_call_ends_its_child(pool: AnalysisPool) -> None:
    pid = await pool.ask(Pid())
    asking = asyncio.create_task(pool.ask(Hang()))
    await asyncio.sleep(0.05)
    assert is_alive(pid)

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert not is_alive(pid)
    assert await pool.ask(Pid()) != pid


async def test_a_child_killed_while_it_waits_costs_no_photo_an_attempt(
    pool: AnalysisPool,
) -> None:
    pid = await pool.ask(Pid())
    os.kill(pid, signal.SIGKILL)
    while is_running(pid):
        await asyncio.sleep(0.01)

    assert await pool.ask(Pid()) != pid


def is_running(pid: int) -> bool:
    """Tell whether it runs; one that ended but was not waited for is a zombie (Z)."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"


async def test_a_stopped_pool_leaves_no_child(pool: AnalysisPool) -> None:
    pid = await pool.ask(Pid())

    pool.stop_idle()

    assert not is_alive(pid)


async def test_a_child_that_has_nothing_to_do_is_ended_after_a_while(pool: AnalysisPool) -> None:
    first = await pool.ask(Pid())
    pool.stop_idle(60)
    assert await pool.ask(Pid()) == first
    pool.stop_idle(0)
    assert await pool.ask(Pid()) != first


async def test_a_child_that_does_not_start_is_no_fault_of_the_photo(
    pool: AnalysisPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "START_SECONDS", 0.0)

    with pytest.raises(ChildFailed) as failed:
        await pool.ask(Pid())

    assert failed.value.code == "unavailable"
