"""What is shown otherwise by what was said."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Changed:
    """The photos, by key, of which something is shown otherwise, and whether names are to follow.

    Nobody has compared the faces of those that are `unmatched`. Of `people` more or less may be said by
    now; in `albums` are others. Where it is boxes, faces may be due to be measured.
    """

    photos: set[int] = field(default_factory=set)
    unmatched: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    albums: set[int] = field(default_factory=set)
    has_names_follow: bool = False
    has_boxes: bool = False
    has_groups_follow: bool = False
