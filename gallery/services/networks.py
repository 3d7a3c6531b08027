"""The emotion networks of this installation: which there are, who may be told by which, and new ones."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import File
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.text import slugify

from analysis.methods import DEFAULT, EMOTIONS, KERAS_FILES, Available, available
from analysis.training.recipes import RECIPES as TRAINING_RECIPES
from analysis.weights import DEFAULT_DIRECTORY
from gallery import installed
from gallery.jobs import tasks
from gallery.models import Face, Network, Recommendation, Task
from gallery.models.leased import OPEN
from gallery.models.network import Origin
from gallery.models.task import Kind
from gallery.services import emotions, files

STAGE = "emotion"
SUFFIXES = (*KERAS_FILES, ".onnx")
PICTURES = ("confusion.svg", "curves.svg", "calibration.svg")
RECIPES: Mapping[str, tuple[str, int]] = {
    name: (recipe.title, recipe.epochs) for name, recipe in TRAINING_RECIPES.items()
}
OURS = "comes with Facesite"
BROUGHT = "put into models/"
UPLOADED = "uploaded"
TRAINED = "trained here"
MOST_BYTES = 100 * 2**20
MOST_EPOCHS = 1000
NAME_LENGTH = 40
GONE = "Its files are gone. Delete it, or put them back."


class NetworkRefused(Exception):
    """Why something was not done, as a sentence."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A network as administrators see it; `report` is what its `report.json` holds."""

    name: str
    title: str
    about: str
    origin: str
    made_by: str
    made_at: datetime | None
    missing: str
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
    methods += [Available(name, name, GONE) for name in rows.keys() - {one.name for one in methods}]
    found = [_listed(method, rows.get(method.name), recommended) for method in methods]
    return sorted(found, key=lambda one: not one.is_recommended)


def find(name: str) -> Listed | None:
    return next((one for one in listed() if one.name == name), None)


def picture(name: str, file: str) -> Path | None:
    """Return a picture of the network's report, one of PICTURES; None where there is none."""
    found = find(name)
    if found is None or file not in PICTURES or not (path := _folder(found.name) / file).is_file():
        return None
    return path


def recommend(*, user: User, name: str) -> None:
    """Have everyone who chose no other be told emotions by this network from now on."""
    found = find(name)
    if found is None or found.missing:
        raise NetworkRefused(found.missing if found else "This network is not there any more.")
    # Ours needs no row: whoever has none gets a better one of a later version.
    if name == DEFAULT.emotion:
        Recommendation.objects.filter(stage=STAGE).delete()
        return
    values = {"method": name, "made_by": user, "made_at": timezone.now()}
    Recommendation.objects.update_or_create(stage=STAGE, defaults=values)


@transaction.atomic
def delete(network: Network) -> None:
    """Remove an uploaded or trained network; who chose it gets the recommended one."""
    if Recommendation.objects.choice().emotion == network.name:
        raise NetworkRefused("This is the default. Make another network the default first.")
    folder = network.folder
    network.delete()
    transaction.on_commit(lambda: files.remove_folder(folder))


def upload(*, user: User, file: File[bytes], name: str) -> Task:
    """Keep the file and have it checked, before anything of it is used."""
    name = _new_name(name or Path(file.name or "").stem)
    suffix = Path(file.name or "").suffix.lower()
    if suffix not in SUFFIXES:
        raise NetworkRefused(f"Choose a file of one of these kinds: {', '.join(SUFFIXES)}.")
    if file.size > MOST_BYTES:
        raise NetworkRefused(f"This file has more than {MOST_BYTES >> 20} MB.")
    kept = installed.uploads() / f"{uuid.uuid4().hex}{suffix}"
    files.write(kept, file.chunks())
    arguments = {"name": name, "file": file.name, "upload": kept.name}
    return tasks.enqueue(kind=Kind.INTAKE, owner=user, arguments=arguments)


def tell_again(*, user: User) -> Task:
    """Have the recommended network tell the emotion of every face anew, by the crops that were kept."""
    _refuse_a_second_telling()
    arguments = {"network": _usable(Recommendation.objects.choice().emotion).name}
    total = Face.objects.following(STAGE).filter(has_emotion_crop=True).count()
    return tasks.enqueue(kind=Kind.AGAIN, owner=user, arguments=arguments, total=total)


def compare(*, user: User, one: str, other: str) -> Task:
    """Have two networks tell the emotions in the user's own library, changing nothing."""
    if one == other:
        raise NetworkRefused("Choose two different networks.")
    arguments = {"one": _usable(one).name, "other": _usable(other).name}
    total = Face.objects.visible_to(user).filter(has_emotion_crop=True).count()
    return tasks.enqueue(kind=Kind.COMPARISON, owner=user, arguments=arguments, total=total)


def train(
    *,
    user: User,
    name: str,
    recipe: str,
    data: Sequence[str],
    corrections: bool,
    epochs: int | None,
    seed: int,
) -> Task:
    """Have a network trained; it is there, by `name`, when that has ended."""
    name = _new_name(name)
    if recipe not in RECIPES:
        raise NetworkRefused(f"There is no recipe {recipe}.")
    if gone := sorted(set(data) - set(datasets())):
        raise NetworkRefused(f"{gone[0]} is not in the folder of datasets any more.")
    if not data and not corrections:
        raise NetworkRefused("Choose what to learn from.")
    if not data and not emotions.corrected(user).exists():
        raise NetworkRefused("Nobody has corrected the emotion of a face yet.")
    epochs = epochs or RECIPES[recipe][1]
    if not 1 <= epochs <= MOST_EPOCHS:
        raise NetworkRefused(f"Write a number of epochs from 1 to {MOST_EPOCHS}.")
    arguments = {
        "name": name, "recipe": recipe, "title": RECIPES[recipe][0], "data": list(data),
        "corrections": corrections, "epochs": epochs, "seed": seed,
    }  # fmt: skip
    return tasks.enqueue(kind=Kind.TRAINING, owner=user, arguments=arguments, total=epochs)


def datasets() -> list[str]:
    """Return the names of what lies in the folder of datasets and may hold labelled crops."""
    folder = installed.datasets()
    found = folder.glob("[!.]*") if folder.is_dir() else ()
    return sorted(one.name for one in found if one.is_dir() or one.suffix in (".csv", ".npz"))


def place(*, task: Task, folder: Path, origin: Origin, facts: Mapping[str, Any]) -> None:
    """Make the files in `folder` a network of the site's, and end the task that made them.

    Raises NetworkRefused if its name was taken meanwhile, and does nothing if the task was stopped.
    """
    name = task.arguments["name"]
    with transaction.atomic():
        if not tasks.finish(task, {"name": name}):
            return
        if name in EMOTIONS or Network.objects.filter(name=name).exists():
            raise NetworkRefused(f"There is a network called {name} by now. Choose another name.")
        values = {"origin": origin, "made_by": task.owner, "facts": dict(facts)}
        network = Network.objects.create(name=name, **values)
        shutil.rmtree(network.folder, ignore_errors=True)  # Of an attempt that died right here.
        folder.rename(network.folder)


def stop(task: Task) -> None:
    """End a task at a human's word. What a training has learnt is kept, for it to go on."""
    if tasks.stop(task) and task.kind == Kind.INTAKE:
        files.remove([installed.uploads() / task.arguments["upload"]])


def go_on(task: Task) -> None:
    """Have a task go on that was stopped or that failed; raises NetworkRefused where it cannot."""
    if task.kind == Kind.INTAKE:
        raise NetworkRefused("The file is not there any more. Upload it again.")
    if not task.can_go_on:
        raise NetworkRefused("It goes on already, or has come to its end.")
    if task.kind == Kind.AGAIN:
        _refuse_a_second_telling()
    if task.kind == Kind.TRAINING:
        _refuse_taken(task.arguments["name"], but=task)
    tasks.go_on(task)


@transaction.atomic
def discard(task: Task) -> None:
    """Forget a training that ended early, with all that it has learnt."""
    discarded = Task.objects.unfinished().filter(pk=task.pk, kind=Kind.TRAINING)
    if not discarded.exclude(state__in=OPEN).delete()[0]:
        raise NetworkRefused("Stop it first.")
    transaction.on_commit(lambda: files.remove_folder(task.folder))


def face_counts() -> Mapping[str, int]:
    """Return how many faces there are, and how many of them have a crop that networks can be asked by."""
    return Face.objects.aggregate(
        faces=Count("pk"), with_crop=Count("pk", filter=Q(has_emotion_crop=True))
    )


def _listed(method: Available, row: Network | None, recommended: str) -> Listed:
    report = _report(_folder(method.name))
    made = datetime.fromisoformat(report["made"]) if report else None
    return Listed(
        name=method.name,
        title=method.title,
        about=method.about,
        origin=_origin(method.name, row),
        made_by=row.made_by.username if row and row.made_by else "",
        made_at=row.made_at if row else made,
        missing=method.missing,
        is_recommended=method.name == recommended,
        report=report,
        network=row,
    )


def _origin(name: str, row: Network | None) -> str:
    if row is not None:
        return UPLOADED if row.origin == Origin.UPLOADED else TRAINED
    return OURS if name in EMOTIONS else BROUGHT


def _folder(name: str) -> Path:
    """Return where the report of a network lies."""
    return (DEFAULT_DIRECTORY / "emotion" if name in EMOTIONS else installed.networks()) / name


def _report(folder: Path) -> Mapping[str, Any] | None:
    try:
        report: Mapping[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    return report


def _usable(name: str) -> Listed:
    found = find(name)
    if found is None:
        raise NetworkRefused(f"There is no network called {name}.")
    if found.missing:
        raise NetworkRefused(found.missing)
    return found


def _new_name(text: str) -> str:
    """Return the name that a new network gets; raises NetworkRefused."""
    name = slugify(text, allow_unicode=True)[:NAME_LENGTH].strip("-_")
    if not name:
        raise NetworkRefused("Write a name of letters and digits.")
    _refuse_taken(name)
    return name


def _refuse_taken(name: str, *, but: Task | None = None) -> None:
    """Raise NetworkRefused where a network, or one that is being made, has the name."""
    making = Task.objects.unfinished().filter(
        kind__in=(Kind.INTAKE, Kind.TRAINING), arguments__name=name
    )
    if but is not None:
        making = making.exclude(pk=but.pk)
    if making.exists() or any(one.name == name for one in listed()):
        raise NetworkRefused(f"There is a network called {name} already. Choose another name.")


def _refuse_a_second_telling() -> None:
    if Task.objects.filter(kind=Kind.AGAIN).open().exists():
        raise NetworkRefused("The emotions are being told again already.")
