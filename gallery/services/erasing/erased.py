"""What was erased, while that is being done."""

from __future__ import annotations

from dataclasses import dataclass, field

from analysis.results import Array


@dataclass(slots=True)
class Erased:
    """Names and encodings, to look for what is left of them; photos by key, and how much it was.

    It is only ever in memory. Whoever `is_private` does not want to be recognised.
    """

    is_private: bool = False
    names: set[str] = field(default_factory=set)
    vectors: list[Array] = field(default_factory=list)
    photos: set[int] = field(default_factory=set)
    faces: int = 0
    crops: int = 0
    reports: int = 0
