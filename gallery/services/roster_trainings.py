"""Has a network of a roster's people trained, as a task: asked for, or when the roster has changed."""

from __future__ import annotations

import shutil
import uuid
from contextlib import suppress
from pathlib import Path

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from analysis import roster_network
from analysis.naming import Way
from analysis.sentences import say
from analysis.training.checkpoint import TrainingError
from analysis.training.wanted import usable
from gallery import installed
from gallery.jobs import tasks
from gallery.kinds import TaskRefused
from gallery.models import Roster, RosterNetwork, Task
from gallery.services import names, roster_networks, turns
from gallery.words import Words

KIND = "roster"
_looked: dict[int, tuple[object, ...]] = {}


def train(roster: Roster) -> Task:
    """Have a network of the roster's people trained.

    Raises TaskRefused while one is, and where none can be: nobody is known, or too many people are.
    """
    found = installed.population()
    known = roster_networks.counts(roster, found.encoder if found else "")
    try:
        usable(len(known), found.encoder if found else "", found)
        if not known:
            raise TrainingError(say("roster_of_nobody"))
    except TrainingError as error:
        raise TaskRefused(f"{Words.of(error.sentence)}") from error
    arguments = {"roster": roster.pk, "people": len(known)}
    return tasks.enqueue(kind=KIND, owner=roster.owner, arguments=arguments, total=known.total())


def choose(roster: Roster) -> Task | None:
    """Begin it if it is due, now that people are to be told that way; None where it is not.

    Raises TaskRefused as `train` does.
    """
    kept = RosterNetwork.objects.filter(roster=roster).first()
    is_there = kept is not None and kept.path.exists()
    if kept is not None and is_there and not roster_networks.has_changed(kept):
        return None
    return train(roster)


def is_being_trained(roster: Roster) -> bool:
    return Task.objects.filter(kind=KIND, arguments__roster=roster.pk).open().exists()


def begin_where_due() -> int:
    """Begin it for all rosters told that way whose network lacks, or has changed; return for how many.

    One that somebody stopped, or that failed, waits for its owner. Where people are told otherwise a
    network that knows somebody who is known no longer is dropped.
    """
    rosters = Roster.objects.filter(Q(way=Way.CLASSIFIER.value) | Q(network__isnull=False))
    return sum(map(_look_at, rosters.select_related("network")))


def _look_at(roster: Roster) -> bool:
    kept = getattr(roster, "network", None)
    looked = roster.revision, kept.pk if kept else None, roster.way, roster.is_plain
    if _looked.get(roster.pk) == looked:
        return False  # Nothing is otherwise than when this process looked last.
    is_told = Way(roster.way) is Way.CLASSIFIER and not roster.is_plain
    begun = False
    if is_told:
        is_due = kept is None or not kept.path.exists() or roster_networks.has_changed(kept)
        begun = is_due and _begin(roster)
    elif kept is not None and roster_networks.knows_too_many(kept):
        roster_networks.drop(roster)
    _looked[roster.pk] = looked
    return begun


def _begin(roster: Roster) -> bool:
    last = Task.objects.filter(kind=KIND, arguments__roster=roster.pk).order_by("-pk").first()
    if last is not None and (last.is_open or last.has_ended_early):
        return False
    with suppress(TaskRefused):
        train(roster)
        return True
    return False


def keep(task: Task, made: Path, known: dict[str, int]) -> bool:
    """Have the roster's people told by the network that was made of `known`, under the task's lease.

    Names are guessed anew by it where that way is chosen. False where the task is no longer this worker's.
    """
    network = roster_network.read(made)
    file = f"{uuid.uuid4().hex}.onnx"
    installed.rosters().mkdir(parents=True, exist_ok=True)
    # Before the row: a file without a row is swept, a row without its file tells nobody.
    shutil.move(made, installed.rosters() / file)
    with transaction.atomic():
        roster = turns.take(task.arguments["roster"])
        result = {"people": len(network.people), "held_out": dict(network.held_out)}
        if not tasks.finish(task, result):
            return False
        roster_networks.drop(roster)
        RosterNetwork.objects.create(
            roster=roster,
            file=file,
            encoder=network.encoder,
            trained_at=timezone.now(),
            known=known,
            held_out=dict(network.held_out),
        )
        if Way(roster.way) is Way.CLASSIFIER:
            with suppress(TaskRefused):  # It is under way, and begins anew.
                names.guess_again(roster)
    return True
