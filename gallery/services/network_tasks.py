"""What administrators have done in the background about emotion networks, and how it begins."""

from __future__ import annotations

import json
import os
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.files.base import File
from django.db.models import Count, Max, Q
from django.utils.text import slugify
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from analysis.methods import KERAS_FILES
from analysis.training.recipes import RECIPES as TRAINING_RECIPES
from gallery import installed
from gallery.jobs import tasks
from gallery.models import Face, Recommendation, Task
from gallery.models.face_queries import FaceQuerySet
from gallery.services import corrections as corrected_faces
from gallery.services import files, networks
from gallery.services.networks import STAGE, NetworkRefused
from gallery.words import say

SUFFIXES = (*KERAS_FILES, ".onnx")
RECIPES: Mapping[str, tuple[str, int]] = {
    name: (recipe.title, recipe.epochs) for name, recipe in TRAINING_RECIPES.items()
}
MOST_BYTES = 100 * 2**20
MOST_EPOCHS = 1000
NAME_LENGTH = 40
MADE_ALREADY = _("A network of this name is being made already.")


def upload(*, user: User, file: File[bytes], name: str) -> Task:
    """Keep the file and have it checked, before anything of it is used."""
    name = _new_name(name or Path(file.name or "").stem)
    suffix = Path(file.name or "").suffix.lower()
    if suffix not in SUFFIXES:
        raise NetworkRefused(
            gettext("Choose a file of one of these kinds: %(kinds)s.")
            % {"kinds": ", ".join(SUFFIXES)}
        )
    if file.size > MOST_BYTES:
        raise NetworkRefused(
            gettext("This file has more than %(most)s MB.") % {"most": MOST_BYTES >> 20}
        )
    kept = installed.uploads() / f"{uuid.uuid4().hex}{suffix}"
    try:
        # Before the row: a file without a task is swept, a task without its file could only fail.
        files.write(kept, file.chunks())
    except OSError as error:
        raise NetworkRefused(
            gettext("This server could not keep the file: %(reason)s.") % {"reason": error.strerror}
        ) from error
    arguments = {"name": name, "upload": kept.name}
    return tasks.enqueue(kind="intake", owner=user, arguments=arguments)


def tell_again(*, user: User) -> Task:
    """Have the recommended network tell the emotion of every face anew, by the crops that were kept."""
    network = networks.usable(Recommendation.objects.choice().emotion).name
    return _enqueue_faces("emotions", user, Face.objects.following(STAGE), network=network)


def compare(*, user: User, one: str, other: str) -> Task:
    """Have two networks tell the emotions in the user's own library, changing nothing."""
    if one == other:
        raise NetworkRefused(gettext("Choose two different networks."))
    names = {"one": networks.usable(one).name, "other": networks.usable(other).name}
    return _enqueue_faces("comparison", user, Face.objects.visible_to(user), **names)


def _enqueue_faces(kind: str, user: User, faces: FaceQuerySet, **arguments: Any) -> Task:
    """Queue a task about the faces there are now: later ones are told by what is chosen by then."""
    found = faces.filter(has_emotion_crop=True).aggregate(total=Count("pk"), last=Max("pk"))
    arguments["last"] = found["last"] or 0
    return tasks.enqueue(kind=kind, owner=user, arguments=arguments, total=found["total"])


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
        raise NetworkRefused(gettext("There is no recipe %(name)s.") % {"name": recipe})
    if gone := sorted(set(data) - set(datasets())):
        raise NetworkRefused(say("dataset_gone", name=gone[0]))
    if not data and not corrections:
        raise NetworkRefused(gettext("Choose what to learn from."))
    if not data and not corrected_faces.corrected(user).exists():
        raise NetworkRefused(gettext("Nobody has corrected the emotion of a face yet."))
    epochs = epochs or RECIPES[recipe][1]
    if not 1 <= epochs <= MOST_EPOCHS:
        raise NetworkRefused(
            gettext("Write a number of epochs from 1 to %(most)s.") % {"most": MOST_EPOCHS}
        )
    arguments = {
        "name": name, "recipe": recipe, "title": RECIPES[recipe][0], "data": list(data),
        "corrections": corrections, "epochs": epochs, "seed": seed,
        # Another number of threads is another training, and another host may go on with this one.
        "threads": os.cpu_count() or 1,
    }  # fmt: skip
    return tasks.enqueue(kind="training", owner=user, arguments=arguments, total=epochs)


def datasets() -> list[str]:
    """Return the names of what lies in the folder of datasets and may hold labelled crops."""
    folder = installed.datasets()
    found = folder.glob("[!.]*") if folder.is_dir() else ()
    return sorted(one.name for one in found if one.is_dir() or one.suffix in (".csv", ".npz"))


def progress_of(task: Task) -> dict[str, Any]:
    """Return what the training last wrote of its progress; nothing before it has begun."""
    try:
        found: dict[str, Any] = json.loads((task.folder / "progress.json").read_text())
    except (FileNotFoundError, ValueError):
        return {}
    return found


def face_counts() -> Mapping[str, int]:
    """Return how many faces the default is asked about, and how many it cannot be asked about."""
    has_crop = Q(has_emotion_crop=True)
    return Face.objects.following(STAGE).aggregate(
        with_crop=Count("pk", filter=has_crop), without_crop=Count("pk", filter=~has_crop)
    )


def _new_name(text: str) -> str:
    """Return the name that a new network gets; raises NetworkRefused."""
    name = slugify(text, allow_unicode=True)[:NAME_LENGTH].strip("-_")
    if not name:
        raise NetworkRefused(gettext("Write a name of letters and digits."))
    refuse_taken(name)
    return name


def refuse_taken(name: str, *, but: Task | None = None) -> None:
    """Raise NetworkRefused where a network, or one that is being made, has the name."""
    making = tasks.unfinished().filter(key=key_of(name))
    if but is not None:
        making = making.exclude(pk=but.pk)
    if making.exists() or networks.find(name):
        raise NetworkRefused(
            gettext("There is a network called %(name)s already. Choose another name.")
            % {"name": name}
        )


def key_of(name: str) -> str:
    """Return the key of tasks that make a network called so."""
    return f"network {name}"
