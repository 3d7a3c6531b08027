"""Emotion networks and work on them as the pages find them: files, reports, rows, and no network."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import asdict
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from analysis.methods import DEFAULT
from analysis.results import EMOTIONS
from analysis.training import metrics
from analysis.training.recipes import Epoch
from analysis.training.report import Judged, Report, Training
from gallery.models import Network, Task
from gallery.models.leased import State
from gallery.models.network import Origin

LIST = "/networks/"
FACTS = {
    "side": [48, 48], "channels": 1, "parameters": 642935, "bytes": 2621440, "milliseconds": 1.84,
}  # fmt: skip
WANTED = {
    "recipe": "study", "title": "the study's convolutional network", "data": ["fer2013.csv"],
    "corrections": True, "epochs": 200, "seed": 0,
}  # fmt: skip


def history(epochs: int) -> list[Epoch]:
    return [
        Epoch(1.8 - step / 100, 0.3 + step / 100, 1.7 - step / 100, 0.35 + step / 100, 1e-3, 170.0)
        for step in range(epochs)
    ]


def write_report(folder: Path, file: Path) -> None:
    """Write a report as a training does: on 70 images, of which 63 are told right."""
    labels = np.repeat(np.arange(7, dtype=np.uint8), 10)
    told = np.where(np.arange(70) % 10 == 0, (labels + 1) % 7, labels)
    found = metrics.evaluation(np.eye(7, dtype=np.float32)[told], labels)
    judged = [Judged(name, "ab" * 32, found) for name in ("validation", "PrivateTest")]
    settings = {"recipe": "study", "seed": 0}
    Report("Emotions", [file], judged, Training(settings, 28709, history(12), 1.25)).write(folder)


def own_network(
    owner: User, name: str = "mine", *, origin: Origin = Origin.UPLOADED, report: bool = False
) -> Network:
    """Save a network with its files, none of which is a network."""
    network = Network.objects.create(name=name, origin=origin, made_by=owner, facts=FACTS)
    network.folder.mkdir(parents=True)
    file = network.folder / "emotion.onnx"
    file.write_bytes(b"some network")
    if report:
        write_report(network.folder, file)
    return network


def make_task(owner: User, kind: str, state: State = State.DONE, **fields: Any) -> Task:
    now = timezone.now()
    if state == State.RUNNING:
        fields |= {"lease": uuid.uuid4(), "lease_until": now + timedelta(seconds=20)}
    elif state != State.QUEUED:
        fields.setdefault("finished_at", now)
    return Task.objects.create(kind=kind, owner=owner, state=state, **fields)


def training(owner: User, state: State, epochs: int = 3, **fields: Any) -> Task:
    """Save a training of 200 epochs with what it wrote of itself in the third and later."""
    arguments = {"name": "night"} | WANTED
    values = {"arguments": arguments, "total": 200, "done": epochs} | fields
    task = make_task(owner, "training", state, **values)
    progress = {
        "stage": "training", "epochs": 200, "epoch": epochs + 1, "done": 0.5, "loss": 1.301,
        "accuracy": 0.504, "seconds_left": 18200.0, "history": [asdict(one) for one in history(epochs)],
    }  # fmt: skip
    task.folder.mkdir(parents=True)
    (task.folder / "progress.json").write_text(json.dumps(progress))
    return task


def comparison(owner: User, **result: Any) -> Task:
    """Save a comparison in which a network says of two of ten faces other than the default."""
    counts = [[0] * 7 for _ in EMOTIONS]
    counts[3][3], counts[4][6] = 8, 2
    values = {
        "faces": 10, "missing": 0, "same": 8, "counts": counts, "apart": [],
        "said": {"faces": 4, "one": 1, "other": 3},
    } | result  # fmt: skip
    arguments = {"one": DEFAULT.emotion, "other": "mine"}
    return make_task(owner, "comparison", arguments=arguments, result=values)


def text(answer: Any) -> str:
    """Return what a page says, without tags and with single spaces."""
    words = re.sub(r"<(style|script|svg).*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", unescape(words))


def of_task(task: Task) -> str:
    return reverse("task", args=[task.pk])
