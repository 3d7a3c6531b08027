"""The work on emotion networks that goes on in the background: how far it is, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from gallery.models import Face, Task
from gallery.models.task import Kind
from gallery.services import network_tasks as background
from gallery.services import networks as services
from gallery.services.networks import Listed, NetworkRefused
from gallery.views.http import Request, for_administrators

LATELY = timedelta(days=7)
MOST = 10


@dataclass(frozen=True, slots=True)
class Work:
    """A task as its page shows it, with the networks there are and what its training wrote of itself."""

    task: Task
    found: Sequence[Listed]
    learnt: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        titles = {
            Kind.INTAKE: f"Check of {self.task.arguments.get('name')}",
            Kind.TRAINING: f"Training of {self.task.arguments.get('name')}",
            Kind.AGAIN: f"Emotions again, by {self.network}",
            Kind.COMPARISON: f"Comparison of {self.one} and {self.other}",
        }
        return titles[Kind(self.task.kind)]

    @property
    def one(self) -> str:
        return self._title("one")

    @property
    def other(self) -> str:
        return self._title("other")

    @property
    def network(self) -> str:
        """The title of the network that is asked; its name once it's gone."""
        return self._title("network")

    @property
    def made(self) -> Listed | None:
        """The network that came of it, as long as that is there."""
        return self._named(self.task.result.get("name", "")) if self.task.is_done else None

    @property
    def done(self) -> float:
        """How much is done, the share of the epoch under way included."""
        stage = self.learnt.get("stage")
        if stage == "training":
            return float(self.learnt["epoch"] - 1 + self.learnt["done"])
        # A training may end early; what comes then is a matter of seconds.
        return self.task.total if stage else self.task.done

    @property
    def finished(self) -> int:
        """How much is done of the task, in whole epochs or faces; a training's file is ahead of its row."""
        return len(self.learnt["history"]) if self.learnt else self.task.done

    @property
    def learners(self) -> list[str]:
        """The titles of the compared networks that learnt from faces that people corrected here."""
        compared = [self._named(self.task.arguments.get(role, "")) for role in ("one", "other")]
        return [
            one.title
            for one in compared
            if one and one.network and one.network.facts.get("corrections")
        ]

    @property
    def unit(self) -> str:
        return "epochs" if self.task.kind == Kind.TRAINING else "faces"

    @property
    def has_page(self) -> bool:
        """Whether its page says more than the list does."""
        return self.task.kind in (Kind.TRAINING, Kind.COMPARISON)

    @property
    def differing(self) -> int:
        """On how many faces two networks said different things."""
        return int(self.task.result["faces"] - self.task.result["same"])

    @property
    def agreement(self) -> float:
        """On what share of the faces they said the same; there has to be one."""
        return float(self.task.result["same"] / self.task.result["faces"])

    def _title(self, role: str) -> str:
        name: str = self.task.arguments.get(role, "")
        network = self._named(name)
        return network.title if network else name

    def _named(self, name: str) -> Listed | None:
        return next((one for one in self.found if one.name == name), None)


@dataclass(frozen=True, slots=True)
class Apart:
    """A face of which two networks say different things, each with how sure it is."""

    face: Face
    one: str
    one_confidence: float
    other: str
    other_confidence: float


@for_administrators
@require_safe
def networks_tasks(request: Request) -> HttpResponse:
    context = {"work": work_on_networks(services.listed())}
    return render(request, "networks/_tasks.html", context)


@for_administrators
@require_safe
def network_task(request: Request, pk: int) -> HttpResponse:
    return render(request, "networks/task.html", _context(request, pk))


@for_administrators
@require_safe
def network_task_live(request: Request, pk: int) -> HttpResponse:
    return render(request, "networks/_task_live.html", _context(request, pk))


@for_administrators
@require_POST
def stop_task(request: Request, pk: int) -> HttpResponse:
    task = get_object_or_404(Task, pk=pk)
    if task.is_open:
        background.stop(task)
        messages.success(request, f"{task.get_kind_display()} was stopped.")
    else:
        messages.warning(request, "It had ended already.")
    return _back(request, task)


@for_administrators
@require_POST
def go_on_task(request: Request, pk: int) -> HttpResponse:
    task = get_object_or_404(Task, pk=pk)
    try:
        background.go_on(task)
    except NetworkRefused as refusal:
        messages.error(request, f"{refusal}")
    else:
        messages.success(request, f"{task.get_kind_display()} goes on.")
    return _back(request, task)


@for_administrators
@require_POST
def discard_task(request: Request, pk: int) -> HttpResponse:
    task = get_object_or_404(Task, pk=pk)
    try:
        background.discard(task)
    except NetworkRefused as refusal:
        messages.error(request, f"{refusal}")
        return redirect("network_task", pk)
    messages.success(request, f"The training of {task.arguments['name']} was discarded.")
    return redirect("networks")


def work_on_networks(found: Sequence[Listed]) -> list[Work]:
    """Return what is under way, then what could go on, then what ended lately, each the latest first."""
    tasks = Task.objects.select_related("owner").order_by(
        F("finished_at").desc(nulls_first=True), "-queued_at", "-pk"
    )
    unfinished = list(tasks.unfinished())
    ended = tasks.filter(finished_at__gte=timezone.now() - LATELY)
    lately = ended.exclude(pk__in=[task.pk for task in unfinished])[:MOST]
    return [_work(task, found) for task in (*unfinished, *lately)]


def _context(request: Request, pk: int) -> dict[str, Any]:
    task = get_object_or_404(Task.objects.select_related("owner"), pk=pk)
    # They are faces of the library of who asked; other administrators see the counts alone.
    is_mine = task.owner_id == request.user.pk
    context = {"one": _work(task, services.listed()), "is_mine": is_mine}
    if task.kind == Kind.COMPARISON and task.is_done and is_mine:
        context["apart"] = _apart(task, request)
    return context


def _work(task: Task, found: Sequence[Listed]) -> Work:
    learnt = background.progress_of(task) if task.kind == Kind.TRAINING else {}
    return Work(task, found, learnt)


def _apart(task: Task, request: Request) -> list[Apart]:
    """Return the faces that the networks differ on, most certain first, as far as they are there yet."""
    entries = task.result["apart"]
    visible = Face.objects.visible_to(request.user).only("photo_id")
    faces = visible.in_bulk([entry[0] for entry in entries])
    return [Apart(faces[pk], *answers) for pk, *answers in entries if pk in faces]


def _back(request: Request, task: Task) -> HttpResponse:
    """Return to the page that the form was on."""
    if request.POST.get("back") == "task":
        return redirect("network_task", task.pk)
    return redirect(f"{reverse('networks')}#work")
