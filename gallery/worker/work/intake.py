"""Takes in a network: checks the file in a process of its own, and makes a network of the site's of it."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.utils.translation import gettext as _

from analysis.weights import NETWORK
from gallery import installed
from gallery.children.pool import AnalysisPool
from gallery.kinds import Lane, TaskFailed, TaskRefused
from gallery.models import Task
from gallery.models.network import Origin
from gallery.services import files, network_tasks, networks
from gallery.services.weights import SAMPLES
from gallery.words import say
from gallery.worker.work import commands
from gallery.worker.work.of_networks import OfNetworks

PROGRAM = ("-m", "analysis.training.intake", "--while-stdin-open")
SLOWEST = 250  # milliseconds a face: a chunk of them must not exceed the time of a child
TIMEOUT = 300.0  # seconds, of which TensorFlow takes five to start and a network ten to convert


class Intake(OfNetworks):
    """Check of an uploaded network; it is done once the network is there."""

    name = "intake"
    lane = Lane.QUICK
    goes_on = False
    taken = network_tasks.MADE_ALREADY

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return network_tasks.key_of(arguments["name"])

    @property
    def title(self) -> str:
        return _("Check of %(name)s") % {"name": self.task.arguments["name"]}

    @property
    def running(self) -> str:
        return _("Being checked, in a process of its own.")

    @property
    def outcome(self) -> str:
        return _("Checked and added.") if self.made else _("Checked and added, deleted since.")

    async def step(self, pool: AnalysisPool) -> bool:
        try:
            if not self._upload.is_file():
                raise TaskFailed(say("upload_gone"))
            await take_in(self.task, self._upload, Origin.UPLOADED)
        # After any other error the file stays for another try.
        except TaskFailed:
            files.remove([self._upload])
            raise
        files.remove([self._upload])
        return False

    def before_going_on(self) -> None:
        raise TaskRefused(str(say("upload_gone")))

    def stopped(self) -> None:
        files.remove([self._upload])

    @property
    def files(self) -> set[Path]:
        return {self._upload}

    @property
    def _upload(self) -> Path:
        path: Path = installed.uploads() / self.task.arguments["upload"]
        return path


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
    # Among the networks, so that it becomes one by a rename; its dot keeps it from every list, and has what
    # a killed process leaves swept.
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
        shutil.rmtree(folder, ignore_errors=True)  # Gone already where it became the network's.
