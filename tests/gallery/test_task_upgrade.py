"""Tasks of the version before are what they were, under the key that keeps a second one out."""

from __future__ import annotations

from importlib import import_module
from types import SimpleNamespace
from typing import Any

from django.apps import apps
from django.contrib.auth.models import User
from django.db import connection

from gallery.models import Task
from gallery.models.leased import State
from tests.gallery.emotion_networks import make_task

upgrade = import_module("gallery.migrations.0005_tasks_of_any_kind")


def test_tasks_keep_all_but_get_their_keys(alice: User) -> None:
    rows = [
        make_task(alice, "again", State.RUNNING, arguments={"network": "mine"}, cursor=7, done=3),
        make_task(alice, "training", State.STOPPED, arguments={"name": "night"}, done=5, total=20),
        make_task(alice, "intake", State.QUEUED, arguments={"name": "dawn", "upload": "a.h5"}),
        # Two that nothing but a look before kept apart.
        make_task(alice, "intake", State.QUEUED, arguments={"name": "dawn", "upload": "b.h5"}),
        make_task(alice, "comparison", arguments={"one": "a", "other": "b"}, result={"faces": 3}),
    ]
    before: list[dict[str, Any]] = list(Task.objects.order_by("pk").values())  # type: ignore[arg-type]

    upgrade.name_and_key(apps, SimpleNamespace(connection=connection))

    after: list[dict[str, Any]] = list(Task.objects.order_by("pk").values())  # type: ignore[arg-type]
    keys = ["emotions", "network night", "network dawn", "", ""]
    assert [task["key"] for task in after] == keys
    assert after[0]["kind"] == "emotions"
    for task, was in zip(after, before, strict=True):
        changed = {name for name in was if was[name] != task[name]}
        assert changed <= {"kind", "key"}
    assert len(rows) == len(after)


def test_the_way_back_gives_the_kind_its_old_name(alice: User) -> None:
    make_task(alice, "emotions")
    upgrade.name_as_before(apps, SimpleNamespace(connection=connection))
    assert Task.objects.get().kind == "again"
