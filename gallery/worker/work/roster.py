"""Trains a network of a roster's people in a program beside the site, and has it tell them."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

from channels.db import database_sync_to_async
from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from analysis.training.wanted import program
from gallery import installed
from gallery.children.pool import AnalysisPool
from gallery.jobs.leases import LeaseLost
from gallery.kinds import Lane, TaskFailed, Work
from gallery.models import Roster, Task
from gallery.models.roster import ACCEPTED
from gallery.services import files, roster_networks, roster_trainings
from gallery.words import say
from gallery.worker.work import commands

LONGEST = 1800.0  # seconds: six times what the most people take on a core


class RosterTraining(Work):
    """A network of a roster's people. `arguments` name the `roster` and how many `people` it has; `result`
    has how many the network knows, and what became of faces that it was tried on.
    """

    name = "roster"
    lane = Lane.LIBRARY
    unit = gettext_lazy("faces")
    home = "people"
    taken = gettext_lazy("A network of the people is being trained already.")

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        return f"roster {arguments['roster']}"

    @property
    def title(self) -> str:
        return _("Training of a network of your people")

    @property
    def running(self) -> str:
        people = self.task.arguments["people"]
        return ngettext(
            "Learns to tell %(count)s person from strangers.",
            "Learns to tell %(count)s people from strangers and each other.",
            people,
        ) % {"count": intcomma(people)}

    @property
    def seconds_left(self) -> float | None:
        return None  # It is one step.

    @property
    def outcome(self) -> str:
        people = self.task.result["people"]
        knows = ngettext(
            "The network knows %(count)s person.", "The network knows %(count)s people.", people
        ) % {"count": intcomma(people)}
        tried = self.task.result["held_out"].get("100", {}).get("several", {"faces": 0})
        if not tried["faces"]:
            return knows
        right = ngettext(
            "Of %(count)s face that it had not seen it named %(right)s right.",
            "Of %(count)s faces that it had not seen it named %(right)s right.",
            tried["faces"],
        )
        counts = {"count": intcomma(tried["faces"]), "right": intcomma(tried["right"])}
        return f"{knows} {right % counts}"

    async def step(self, pool: AnalysisPool) -> bool:
        made = self.task.folder / "roster.onnx"
        try:
            run, known = await database_sync_to_async(_prepare)(self.task, made)
            await commands.run(run, timeout=LONGEST)
            if not await database_sync_to_async(roster_trainings.keep)(self.task, made, known):
                raise LeaseLost
        finally:
            await asyncio.to_thread(files.remove_folder, self.task.folder)
        return False


def _prepare(task: Task, made: Path) -> tuple[list[str | Path], dict[str, int]]:
    """Write what is to be learnt into the task's folder; return how Python runs the program, and of whom.

    What becomes known meanwhile is for the next one.
    """
    roster = Roster.objects.filter(pk=task.arguments["roster"]).first()
    wanted = roster_networks.wanted(roster) if roster else None
    if wanted is None:
        raise TaskFailed(say("roster_of_nobody"))
    task.folder.mkdir(parents=True, exist_ok=True)
    wanted.write(task.folder / "known.npz")
    maps = installed.weights().population
    parts = program(task.folder / "known.npz", maps, made, ACCEPTED)
    known = Counter(f"{person}" for person in wanted.people.tolist())
    return [*parts, "--while-stdin-open"], dict(known)
