"""Trains a network with the very command that people run, and takes in what comes of it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analysis.training.checkpoint import FILE as CHECKPOINT
from gallery import installed, times
from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, TaskFailed
from gallery.models import Task
from gallery.models.network import Origin
from gallery.services import corrections, network_tasks
from gallery.words import say
from gallery.worker.work import commands, intake
from gallery.worker.work.of_networks import OfNetworks

LOOK_EVERY = 2.0  # seconds
NETWORKS = ("emotion.onnx", "emotion.keras", "emotion.h5")
REPORT = ("report.json", "report.md", "confusion.svg", "curves.svg", "calibration.svg")


class Training(OfNetworks):
    """Training of a network; what it has learnt by the time it is stopped is kept in its folder."""

    name = "training"
    lane = Lane.TRAINING
    unit = gettext_lazy("epochs")
    keeps = True
    taken = network_tasks.MADE_ALREADY
    template = "networks/_training.html"

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return network_tasks.key_of(arguments["name"])

    @property
    def title(self) -> str:
        return _("Training of %(name)s") % {"name": self.task.arguments["name"]}

    @property
    def running(self) -> str:
        match self.learnt:
            case {"stage": "training", "epoch": epoch, "epochs": epochs}:
                return _("Epoch %(epoch)s of %(epochs)s.") % {"epoch": epoch, "epochs": epochs}
            case {"stage": _stage}:
                return _("Writing its files and its report.")
            case _nothing:
                return _("Reading what it learns from.")

    @property
    def outcome(self) -> str:
        trained = ngettext(
            "Trained for %(count)s epoch", "Trained for %(count)s epochs", self.task.done
        ) % {"count": intcomma(self.task.done)}
        if self.made is None:
            return _("%(trained)s, deleted since.") % {"trained": trained}
        if self.made.accuracy is None:
            return f"{trained}."
        right, images = self.made.accuracy
        values = {"trained": trained, "percent": f"{right * 100:.1f}", "images": images}
        return _("%(trained)s: %(percent)s\u00a0%% on %(images)s.") % values

    async def step(self, pool: AnalysisPool) -> bool:
        await run(self.task)
        return False

    def before_going_on(self) -> None:
        network_tasks.refuse_taken(self.task.arguments["name"], but=self.task)

    @cached_property
    def learnt(self) -> Mapping[str, Any]:
        """What it last wrote of itself; nothing before it has begun."""
        return network_tasks.progress_of(self.task)

    @property
    def done(self) -> float:
        """How many epochs are done, the share of the one under way included."""
        stage = self.learnt.get("stage")
        if stage == "training":
            return float(self.learnt["epoch"] - 1 + self.learnt["done"])
        # A training may end early; what comes then is a matter of seconds.
        return self.task.total if stage else self.task.done

    @property
    def finished(self) -> int:
        # The file is ahead of the row.
        return len(self.learnt["history"]) if self.learnt else self.task.done

    @property
    def seconds_left(self) -> float | None:
        return self.learnt.get("seconds_left") if self.task.is_running else None

    @property
    def left(self) -> str:
        if self.seconds_left is None:
            return ""
        return _("%(time)s left") % {"time": times.at_most(self.seconds_left)}


async def run(task: Task) -> None:
    """Train, or go on training, in the task's folder; the task is done once the network is there."""
    # In a thread of its own: copying thousands of crops would hold up the shared one, which renews leases.
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
    await _note(task)  # What came after the last look.
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
    corrections.forget_withdrawn(task)
    if (copies / corrections.FORGOTTEN).exists():
        if _has_learnt(task):
            raise TaskFailed(say("faces_withdrawn"))
        shutil.rmtree(copies)
    if not copies.exists():
        # There whole or not at all: what an interrupted copy left is made anew.
        unfinished = copies.with_suffix(".part")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        corrections.write_folders(unfinished, user=task.owner)
        unfinished.rename(copies)
        corrections.forget_withdrawn(task)  # What was withdrawn meanwhile.
    return copies


def _has_learnt(task: Task) -> bool:
    return (task.folder / CHECKPOINT).exists()


def _copies(task: Task) -> Path:
    return task.folder / corrections.COPIES


async def _note(task: Task) -> None:
    done = len(network_tasks.progress_of(task).get("history", ()))
    if done != task.done and not await database_sync_to_async(tasks.advance)(task, done=done):
        raise LeaseLost
