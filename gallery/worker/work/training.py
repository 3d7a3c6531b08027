"""Trains a network with the very command that people run, and takes in what comes of it."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

from channels.db import database_sync_to_async

from analysis.training.checkpoint import FILE as CHECKPOINT
from gallery import installed
from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.models import Task
from gallery.models.network import Origin
from gallery.services import emotions, network_tasks
from gallery.words import say
from gallery.worker.work import TaskFailed, commands, intake

LOOK_EVERY = 2.0  # seconds
NETWORKS = ("emotion.onnx", "emotion.keras", "emotion.h5")
REPORT = ("report.json", "report.md", "confusion.svg", "curves.svg", "calibration.svg")


async def run(task: Task, pool: AnalysisPool) -> None:
    """Train, or go on training, in the task's folder; the task is done once the network is there."""
    data = await database_sync_to_async(_data, thread_sensitive=False)(task)
    training = asyncio.create_task(commands.run(_command(task, data)))
    try:
        while not (await asyncio.wait([training], timeout=LOOK_EVERY))[0]:
            await _note(task)
        await training
    except TaskFailed:
        if not _has_learnt(task):
            # It begins anew when it goes on.
            await asyncio.to_thread(shutil.rmtree, _copies(task), ignore_errors=True)
        raise
    finally:
        training.cancel()
        await asyncio.wait([training])
    await _note(task)
    network, *others = [task.folder / name for name in (*NETWORKS, *REPORT)]
    facts = {"corrections": task.arguments["corrections"]}
    await intake.take_in(task, network, Origin.TRAINED, beside=tuple(others), facts=facts)
    await asyncio.to_thread(shutil.rmtree, task.folder, ignore_errors=True)


def _command(task: Task, data: list[Path]) -> list[str | Path]:
    wanted = task.arguments
    return [
        *("manage.py", "train_emotion", *data, "--out", task.folder, "--while-stdin-open"),
        *("--recipe", wanted["recipe"], "--epochs", f"{wanted['epochs']}"),
        *("--seed", f"{wanted['seed']}", "--threads", f"{wanted['threads']}"),
    ]  # fmt: skip


def _data(task: Task) -> list[Path]:
    """Return what to learn from. The corrections are those of the beginning, whoever goes on with it."""
    data = [installed.datasets() / name for name in task.arguments["data"]]
    if gone := [path.name for path in data if not path.exists()]:
        raise TaskFailed(say("dataset_gone", name=gone[0]))
    if task.arguments["corrections"]:
        data.append(_corrected(task))
    return data


def _corrected(task: Task) -> Path:
    """Return the folder of the corrected faces, copied when the training began."""
    copies = _copies(task)
    emotions.forget_withdrawn(task)
    if (copies / emotions.FORGOTTEN).exists():
        if _has_learnt(task):
            raise TaskFailed(say("faces_withdrawn"))
        shutil.rmtree(copies)
    if not copies.exists():
        unfinished = copies.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        emotions.write_folders(unfinished, user=task.owner)
        unfinished.rename(copies)
        emotions.forget_withdrawn(task)  # What was withdrawn meanwhile.
    return copies


def _has_learnt(task: Task) -> bool:
    return (task.folder / CHECKPOINT).exists()


def _copies(task: Task) -> Path:
    return task.folder / emotions.COPIES


async def _note(task: Task) -> None:
    done = len(network_tasks.progress_of(task).get("history", ()))
    if done != task.done and not await database_sync_to_async(tasks.advance)(task, done=done):
        raise LeaseLost
