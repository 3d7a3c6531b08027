"""What a camera's page asks of a child: what one frame shows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from analysis.methods import Choice
from analysis.processes import Loaded

if TYPE_CHECKING:
    from analysis.frames import SeenFrame


@dataclass(frozen=True, slots=True)
class SeeFrame:
    """Look at one frame, a JPEG, by these methods; the detector is always YuNet."""

    jpeg: bytes
    choice: Choice

    def answer(self, loaded: Loaded) -> SeenFrame:
        from analysis.frames import see

        return see(self.jpeg, loaded.pipeline(self.choice))
