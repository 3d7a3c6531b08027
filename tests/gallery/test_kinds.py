"""A kind of task is one class: the site shows, does, stops and sweeps it without knowing of it."""

from __future__ import annotations

import ast
import asyncio
import re
from pathlib import Path

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from gallery import kinds
from gallery.children.pool import AnalysisPool
from gallery.jobs import tasks
from gallery.models import Task
from gallery.services import work
from gallery.worker.task_runner import TaskRunner
from gallery.worker.work import KINDS
from tests.conftest import signed_in
from tests.counting import Counting, counting
from tests.gallery.emotion_networks import text

ROOT = Path(__file__).resolve().parents[2]


async def to_the_end() -> None:
    TaskRunner(AnalysisPool(timeout=1, memory=1)).wake()
    while others := asyncio.all_tasks() - {asyncio.current_task()}:
        await asyncio.wait(others, timeout=20)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("can_count")
def test_a_kind_that_is_added_is_done_and_shown(alice: User, as_alice: Client) -> None:
    task = counting(alice)
    page = reverse("work")
    assert "Counting to 10 Waits for its turn." in text(as_alice.get(page))
    mine = tasks.claim([Counting.name])
    assert mine is not None
    tasks.advance(mine, done=3)
    assert "Counting to 10 3 of 10 numbers." in text(as_alice.get(page))
    tasks.pass_on(mine)
    async_to_sync(to_the_end)()
    assert "Counting to 10 Counted to 10." in text(as_alice.get(page))
    assert Task.objects.get(pk=task.pk).result == {"last": 10}


@pytest.mark.usefixtures("can_count")
def test_a_kind_that_is_added_is_stopped_gone_on_with_and_dismissed(
    alice: User, as_alice: Client
) -> None:
    task = counting(alice)
    answer = as_alice.post(reverse("stop_task", args=[task.pk]), follow=True)
    assert answer.redirect_chain[-1][0] == reverse("work")
    assert "Counting to 10 was stopped." in text(answer)
    answer = as_alice.post(reverse("go_on_task", args=[task.pk]), follow=True)
    assert "Counting to 10 goes on." in text(answer)
    as_alice.post(reverse("dismiss_task", args=[task.pk]), follow=True)
    assert Task.objects.get(pk=task.pk).dismissed_at is None
    work.stop(task)
    as_alice.post(reverse("dismiss_task", args=[task.pk]))
    assert "Counting" not in text(as_alice.get(reverse("work_list")))


@pytest.mark.usefixtures("can_count")
def test_a_kind_for_everybody_is_shown_to_its_owner_alone(alice: User, bob: User) -> None:
    task = counting(alice)
    bob.is_staff = True
    bob.save()
    for name in ("task", "task_live"):
        assert signed_in(alice).get(reverse(name, args=[task.pk])).status_code == 200
        assert signed_in(bob).get(reverse(name, args=[task.pk])).status_code == 404
    assert "Counting" not in text(signed_in(bob).get(reverse("work")))


def test_every_kind_has_a_name_of_its_own_and_every_lane_a_kind() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS)
    assert {kind.lane for kind in KINDS} == set(kinds.Lane)
    assert set(kinds.KINDS.values()) >= set(KINDS)


def test_nobody_but_a_kind_asks_which_kind_a_task_is_of() -> None:
    """What differs between kinds stands in their files: `kinds.of(task)` is asked, never `task.kind`."""
    found = []
    for path in (ROOT / "gallery").rglob("*.py"):
        if "migrations" in path.parts or path.name == "kinds.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Compare | ast.Match) and ".kind" in ast.unparse(node):
                found.append(f"{path.relative_to(ROOT)}:{node.lineno}: {ast.unparse(node)}")
    shown = [
        f"{path.relative_to(ROOT)}"
        for path in (ROOT / "templates").rglob("*.html")
        # A card of the desk has a kind too.
        if re.search(r"\b(?!card\.)\w+\.kind\b", path.read_text(encoding="utf-8"))
    ]
    assert found == []
    assert shown == []
