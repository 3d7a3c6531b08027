"""What all work on emotion networks has in common: who may see it, where it is begun, and what it names."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Self

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from gallery.kinds import Work
from gallery.models import Task
from gallery.services import networks
from gallery.services.networks import Listed


class Networks:
    """Those there are, looked up once for all that is shown together, and only if something asks."""

    @cached_property
    def found(self) -> Sequence[Listed]:
        return networks.listed()


class OfNetworks(Work):
    home = "networks"
    for_administrators = True
    unit = _("faces")

    def __init__(self, task: Task, there: Networks | None = None) -> None:
        super().__init__(task)
        self._there = there or Networks()

    @classmethod
    def all(cls, tasks: Iterable[Task]) -> list[Self]:
        there = Networks()
        return [cls(task, there) for task in tasks]

    @property
    def made(self) -> Listed | None:
        """The network that came of it, as long as that is there."""
        name = self.task.result.get("name", "")
        return self.named(name) if name and self.task.is_done else None

    @property
    def address(self) -> str:
        return reverse("network", args=[self.made.name]) if self.made else super().address

    def title_of(self, role: str) -> str:
        """Return the title of the network that the arguments name so."""
        return networks.title(self.task.arguments.get(role, ""))

    def named(self, name: str) -> Listed | None:
        return next((one for one in self._there.found if one.name == name), None)
