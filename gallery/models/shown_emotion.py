"""What a face shows, as people see it: by a network's scores, and by what humans said of these."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from analysis.results import EMOTIONS


@dataclass(frozen=True, slots=True)
class ShownEmotion:
    """The emotion as people see it: a human's word, or a guess and its share (0 to 1)."""

    label: str
    share: float | None = None

    @property
    def is_said(self) -> bool:
        return self.share is None


def shown(
    emotion: str, share: float, scores: Mapping[str, float], words: Mapping[str, bool]
) -> ShownEmotion:
    """Return the emotion as people see it: of a network's scores and a human's words, by emotion."""
    if said := next((one for one in EMOTIONS if words.get(one)), ""):
        return ShownEmotion(said)
    left = [name for name in scores if name not in words]
    if not words or not left:
        return ShownEmotion(emotion, share)
    best = max(left, key=lambda name: scores[name])
    return ShownEmotion(best, scores[best])
