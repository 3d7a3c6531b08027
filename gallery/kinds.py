"""What a kind of task is: how it is told of and done, and what may become of it.

The kinds themselves are in `gallery.worker.work`, a file each, above the services that they call; pages
and services may not import them. So `gallery.apps` registers them when the site is loaded, and whoever
shows, stops or claims a task asks `of` for it as its kind: nobody else needs to know which kinds there are.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Self

from django.contrib.auth.models import User
from django.contrib.humanize.templatetags.humanize import intcomma
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from gallery import times
from gallery.children.pool import AnalysisPool
from gallery.models import Task
from gallery.words import Words

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class Lane(StrEnum):
    """Tasks of one lane take turns; those of two never wait for each other."""

    QUICK = "quick"  # a person waits for it
    SAID = "said"  # it writes down what a person said of many photos
    LIBRARY = "library"  # it goes through all photos or faces, for minutes or hours
    TRAINING = "training"  # it learns, for hours or days


class TaskFailed(Exception):
    """The task cannot be done, and would not be at another try; the sentence says why."""

    def __init__(self, sentence: Words) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class TaskBusy(Exception):
    """Another process is about to end doing it: try again soon, which counts as no attempt."""


class TaskRefused(Exception):
    """Why a task was not begun, or not gone on with, as a sentence."""


class Work(ABC):
    """A task as its kind does and shows it. A subclass is a kind; `name` is what its rows say.

    `home` names the page that it is begun on, and which lists it besides "work". A task that `keeps`
    something when it ends early (files, a name) keeps it until it goes on or is discarded; any other can be
    dismissed.
    """

    name: ClassVar[str]
    lane: ClassVar[Lane]
    unit: ClassVar[_StrOrPromise] = gettext_lazy("photos")
    home: ClassVar[str] = "work"
    for_administrators: ClassVar[bool] = False  # then they see each other's
    goes_on: ClassVar[bool] = True
    keeps: ClassVar[bool] = False
    taken: ClassVar[_StrOrPromise] = gettext_lazy("This is being done already.")
    template: ClassVar[str] = ""  # what its page shows beside how far it is

    def __init__(self, task: Task) -> None:
        self.task = task

    @classmethod
    def all(cls, tasks: Iterable[Task]) -> list[Self]:
        """Return tasks of this kind; one that looks things up for its sentences does so here, once."""
        return [cls(task) for task in tasks]

    @classmethod
    def key(cls, owner: User, arguments: dict[str, Any]) -> str:
        """Return what no two open tasks may have in common; "" where any number may be open."""
        return ""

    @property
    @abstractmethod
    def title(self) -> str:
        """What is done, to what: "Training of night"."""

    @property
    @abstractmethod
    def outcome(self) -> str:
        """What came of it, as a sentence, once it is done."""

    @abstractmethod
    async def step(self, pool: AnalysisPool) -> bool:
        """Do the next part and save it by `tasks.advance`, or `tasks.finish` and return False.

        A part should take seconds: after it, other owners may have their turn. Raises TaskFailed, TaskBusy,
        LeaseLost, or what the pool raises.
        """

    def before_going_on(self) -> None:
        """Raise TaskRefused where this can't go on, or not now."""
        if not self.goes_on:
            raise TaskRefused(_("This can't go on. Begin it anew."))

    def stopped(self) -> None:  # noqa: B027  (most kinds have nothing to do)
        """Tidy up after a human has stopped it."""

    def context(self, user: User) -> dict[str, Any]:
        """Return what `template` needs for `user` beside the work itself, `one`."""
        return {}

    @property
    def files(self) -> set[Path]:
        """What lies on the disk for this task; the rest there is swept."""
        return {self.task.folder}

    @property
    def running(self) -> str:
        """How far it is, as a sentence, while it runs."""
        return f"{self.counted}."

    @property
    def done(self) -> float:
        """How much is done, in units, as the bar shows it."""
        return self.task.done

    @property
    def finished(self) -> int:
        """How much is done, in whole units."""
        return self.task.done

    @property
    def seconds_left(self) -> float | None:
        """How long it may still take, by its pace so far; None while that is not known."""
        if not self.task.is_running or self.task.pace is None:
            return None
        return max(1.0, self.task.pace * (self.task.total - self.task.done))

    @property
    def left(self) -> str:
        """The same in words, "about 3 min left", or ""."""
        if self.seconds_left is None:
            return ""
        return _("%(time)s left") % {"time": times.about(self.seconds_left)}

    @property
    def address(self) -> str:
        """The page of what came of it, "" where there is none; its own, if that shows anything."""
        return reverse("task", args=[self.task.pk]) if self.task.is_done and self.template else ""

    @property
    def counted(self) -> str:
        return _("%(done)s of %(total)s %(unit)s") % {
            "done": intcomma(self.finished), "total": intcomma(self.task.total), "unit": self.unit,
        }  # fmt: skip

    @property
    def sentence(self) -> str:
        """How far it is, or how it ended."""
        if self.task.is_failed:
            return f"{self.task.error}"
        if self.task.is_done:
            return self.outcome
        if self.task.is_running:
            return self.running
        if self.task.is_open:
            waits = _("Waits for its turn, %(counted)s done."), _("Waits for its turn.")
        else:
            waits = _("Stopped after %(counted)s."), _("Stopped.")
        return waits[0] % {"counted": self.counted} if self.finished else waits[1]

    @property
    def can_go_on(self) -> bool:
        return self.task.has_ended_early and self.goes_on

    @property
    def can_be_discarded(self) -> bool:
        return self.task.has_ended_early and self.keeps

    @property
    def can_be_dismissed(self) -> bool:
        return not self.task.is_open and not self.can_be_discarded


KINDS: dict[str, type[Work]] = {}


def register(kinds: Iterable[type[Work]]) -> None:
    KINDS.update((kind.name, kind) for kind in kinds)


def of(task: Task) -> Work:
    """Return the task as its kind; raises KeyError for a kind that there is not."""
    return KINDS[task.kind](task)


def of_all(tasks: Sequence[Task]) -> list[Work]:
    """Return the tasks as their kinds, in the same order."""
    # A kind at a time, so that each looks up once what all of its tasks need.
    kinds = {task.kind for task in tasks}
    found = {
        one.task.pk: one
        for kind in kinds
        for one in KINDS[kind].all(task for task in tasks if task.kind == kind)
    }
    return [found[task.pk] for task in tasks]


def in_lane(lane: Lane) -> list[str]:
    return [kind.name for kind in KINDS.values() if kind.lane == lane]
