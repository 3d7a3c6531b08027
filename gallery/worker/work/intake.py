"""Takes in a network: checks the file in a process of its own, and makes a network of the site's of it."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async

from analysis.weights import NETWORK
from gallery import installed
from gallery.children.pool import AnalysisPool
from gallery.models import Task
from gallery.models.network import Origin
from gallery.services import files, networks
from gallery.services.weights import SAMPLES
from gallery.words import say
from gallery.worker.work import TaskFailed, commands

PROGRAM = ("-m", "analysis.training.intake", "--while-stdin-open")
SLOWEST = 250  # milliseconds a face: a chunk of them must not exceed the time of a child
TIMEOUT = 300.0  # seconds, of which TensorFlow takes five to start and a network ten to convert


async def run(task: Task, pool: AnalysisPool) -> None:
    """Take in the file that was uploaded; the task is done once the network is there."""
    upload = installed.uploads() / task.arguments["upload"]
    try:
        if not upload.is_file():
            raise TaskFailed(say("upload_gone"))
        await take_in(task, upload, Origin.UPLOADED)
    except TaskFailed:
        files.remove([upload])
        raise
    files.remove([upload])


async def take_in(
    task: Task,
    file: Path,
    origin: Origin,
    beside: tuple[Path, ...] = (),
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Check `file`, and make it with the files `beside` it a network; raises TaskFailed.

    Of the network `facts` are kept, with those that are measured.
    """
    folder = installed.networks() / f".{uuid.uuid4().hex}"
    folder.mkdir(parents=True)
    try:
        said = await commands.run(
            [
                *PROGRAM,
                file,
                folder / NETWORK,
                *sorted(SAMPLES.glob("*.jpg")),
            ],
            timeout=TIMEOUT,
        )
        for path in beside:
            shutil.copy2(path, folder / path.name)
        measured = json.loads(said.splitlines()[-1])
        if measured["milliseconds"] > SLOWEST:
            milliseconds = round(measured["milliseconds"])
            raise TaskFailed(say("network_slow", milliseconds=milliseconds, most=SLOWEST))
        await database_sync_to_async(networks.place)(
            task=task, folder=folder, origin=origin, facts={**measured, **(facts or {})}
        )
    except networks.NameTaken as refusal:
        raise TaskFailed(refusal.sentence) from refusal
    finally:
        shutil.rmtree(folder, ignore_errors=True)
