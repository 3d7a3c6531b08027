"""What the lab asks of a child: one detector at a time, and what every network says of faces it shows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analysis.errors import UnusableNetwork, WeightsMissing
from analysis.limits import Limits
from analysis.methods import Choice
from analysis.processes import Loaded
from analysis.results import Box

if TYPE_CHECKING:
    from analysis.lab import Detected, LookedAt


@dataclass(frozen=True, slots=True)
class AskDetector:
    """Have one detector look at a photo, turned clockwise by so many degrees, a multiple of 90.

    Raises WeightsMissing where its files are not there.
    """

    path: Path
    limits: Limits
    detector: str
    turned: int = 0

    def answer(self, loaded: Loaded) -> Detected:
        from analysis.images import decode
        from analysis.lab import detect

        # Loaded before the time is taken.
        detector = loaded.method("detector", self.detector)
        return detect(detector, decode(self.path, limits=self.limits), self.turned)


@dataclass(frozen=True, slots=True)
class LookClosely:
    """Have several networks look at the faces in `boxes`, whose photo's result says `turned`.

    A network that is not there, or is none, says nothing.
    """

    path: Path
    limits: Limits
    choice: Choice
    boxes: tuple[Box, ...]
    turned: int
    ages: tuple[str, ...]
    emotions: tuple[str, ...]

    def answer(self, loaded: Loaded) -> list[LookedAt]:
        from analysis.images import decode
        from analysis.lab import look

        photo = decode(self.path, limits=self.limits)
        faces = loaded.pipeline(self.choice).aligned(photo, self.boxes, self.turned)
        ages = self._there(loaded, "age_gender", self.ages)
        return look(faces, ages, self._there(loaded, "emotion", self.emotions))

    def _there(self, loaded: Loaded, stage: str, names: tuple[str, ...]) -> dict[str, Any]:
        found = {}
        for name in names:
            try:
                found[name] = loaded.method(stage, name)
            except (WeightsMissing, UnusableNetwork):
                continue
        return found
