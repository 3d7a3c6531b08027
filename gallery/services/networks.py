"""The emotion networks of this installation: which there are, how right they are, which is the default."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from analysis.available import Available, available
from analysis.methods import DEFAULT, EMOTIONS
from analysis.training.recipes import Epoch
from analysis.weights import DEFAULT_DIRECTORY
from gallery import installed
from gallery.jobs import queue, tasks
from gallery.kinds import TaskRefused
from gallery.models import Network, Recommendation, Task
from gallery.models.network import Origin
from gallery.services import files
from gallery.words import Words, say

STAGE = "emotion"
PICTURES = ("confusion.svg", "calibration.svg")
OURS = gettext_lazy("comes with Facesite")
OURS_BY_OTHERS = gettext_lazy("comes with Facesite, made")
BROUGHT = gettext_lazy("put into models/")
UPLOADED = gettext_lazy("uploaded")
TRAINED = gettext_lazy("trained here")


class NetworkRefused(TaskRefused):
    """Why something was not done, as a sentence."""


class NameTaken(NetworkRefused):
    """Another network got the name while the task that asked for it went on."""

    def __init__(self, name: str) -> None:
        self.sentence = say("network_name_taken", name=name)
        super().__init__(self.sentence)


@dataclass(frozen=True, slots=True)
class Listed:
    """A network as administrators read of it; `report` is what its `report.json` holds."""

    name: str
    title: str
    about: str
    origin: str
    made_by: str
    made_at: datetime | None
    missing: Words | None
    is_recommended: bool
    report: Mapping[str, Any] | None
    network: Network | None

    @property
    def accuracy(self) -> tuple[float, str] | None:
        """The share that it is right on, and on which images."""
        if not self.report or not (found := self.report.get("evaluations")):
            return None
        return found[-1]["accuracy"], found[-1]["on"]


def listed() -> list[Listed]:
    """Return every network, the recommended one first."""
    recommended = Recommendation.objects.choice().emotion
    rows = {row.name: row for row in Network.objects.select_related("made_by")}
    methods = available(installed.weights())[STAGE]
    methods += [
        Available(name, name, say("network_files_gone"))
        for name in rows.keys() - {one.name for one in methods}
    ]
    found = [_listed(method, rows.get(method.name), recommended) for method in methods]
    return sorted(found, key=lambda one: not one.is_recommended)


def title(name: str) -> str:
    """Return what a network is called; the site's own go by their names, in any language."""
    return gettext(EMOTIONS[name].title) if name in EMOTIONS else name


def find(name: str) -> Listed | None:
    return next((one for one in listed() if one.name == name), None)


def picture(name: str, file: str) -> Path | None:
    """Return a picture of the network's report, one of PICTURES; None where there is none."""
    found = find(name)
    if found is None or file not in PICTURES or not (path := _folder(found.name) / file).is_file():
        return None
    return path


def usable(name: str) -> Listed:
    """Return the network called so; raises NetworkRefused where it cannot be asked."""
    found = find(name)
    if found is None:
        raise NetworkRefused(gettext("There is no network called %(name)s.") % {"name": name})
    if found.missing:
        raise NetworkRefused(found.missing)
    return found


def recommend(*, user: User, name: str) -> None:
    """Have everyone who chose no other be told emotions by this network from now on."""
    found = find(name)
    if found is None or found.missing:
        raise NetworkRefused(
            found.missing if found else gettext("This network is not there any more.")
        )
    # Ours needs no row: whoever has none gets a better one of a later version.
    if name == DEFAULT.emotion:
        Recommendation.objects.filter(stage=STAGE).delete()
        return
    values = {"method": name, "made_by": user, "made_at": timezone.now()}
    Recommendation.objects.update_or_create(stage=STAGE, defaults=values)


@transaction.atomic
def delete(network: Network) -> None:
    """Remove an uploaded or trained network; who chose it, and photos that wait, get the default."""
    recommended = Recommendation.objects.choice().emotion
    if recommended == network.name:
        raise NetworkRefused(
            gettext("This is the default. Make another network the default first.")
        )
    queue.choose_instead(STAGE, network.name, recommended)
    folder = network.folder
    network.delete()
    # Not before: a row that stays after all needs its files.
    transaction.on_commit(lambda: files.remove_folder(folder))


def place(*, task: Task, folder: Path, origin: Origin, facts: Mapping[str, Any]) -> None:
    """Make the files in `folder` a network of the site's, and end the task that made them.

    Raises NameTaken if its name was taken meanwhile, and does nothing if the task was stopped.
    """
    name = task.arguments["name"]
    with transaction.atomic():
        if not tasks.finish(task, {"name": name}):
            return
        if name in EMOTIONS or Network.objects.filter(name=name).exists():
            raise NameTaken(name)  # Takes `finish` back, so the task can fail.
        values = {"origin": origin, "made_by": task.owner, "facts": dict(facts)}
        network = Network.objects.create(name=name, **values)
        shutil.rmtree(network.folder, ignore_errors=True)  # Of an attempt that died right here.
        folder.rename(network.folder)


def _listed(method: Available, row: Network | None, recommended: str) -> Listed:
    report = _report(_folder(method.name))
    # A report without a training is younger than the network.
    made = datetime.fromisoformat(report["made"]) if report and "training" in report else None
    return Listed(
        name=method.name,
        title=title(method.name),
        about=gettext(method.about) if method.about else "",
        origin=_origin(method.name, row),
        made_by=row.made_by.username if row and row.made_by else _author(method.name),
        made_at=row.made_at if row else made,
        missing=Words.of(method.missing) if method.missing else None,
        is_recommended=method.name == recommended,
        report=report,
        network=row,
    )


def _origin(name: str, row: Network | None) -> str:
    if row is not None:
        return f"{UPLOADED if row.origin == Origin.UPLOADED else TRAINED}"
    if name not in EMOTIONS:
        return f"{BROUGHT}"
    return f"{OURS_BY_OTHERS if EMOTIONS[name].author else OURS}"


def _author(name: str) -> str:
    return EMOTIONS[name].author if name in EMOTIONS else ""


def _folder(name: str) -> Path:
    """Return where the report of a network lies."""
    return (DEFAULT_DIRECTORY / "emotion" if name in EMOTIONS else installed.networks()) / name


def _report(folder: Path) -> Mapping[str, Any] | None:
    """Return what `report.json` holds; None where there is none, or one that another version wrote."""
    try:
        report: Mapping[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
        datetime.fromisoformat(report["made"])
        if not all(
            {"on", "accuracy", "loss", "classes"} <= one.keys() for one in report["evaluations"]
        ):
            return None
        for epoch in report.get("training", {}).get("history", ()):
            Epoch(**epoch)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return report
