"""What a roster's people are known by, as matching takes it: arrays, one set for each encoder."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analysis.results import Array
from gallery.models import KnownEncoding, Roster
from gallery.services import levels, lives
from gallery.services.lives import Lives


class Known(NamedTuple):
    """The known encodings (k, 128) of one roster and one encoder, their levels, and whose they are (k,)."""

    people: NDArray[np.int64]
    vectors: Array
    levels: Array
    lives: Lives | None


def of(roster: Roster) -> dict[str, Known]:
    """Return what the roster's people are known by, by encoder."""
    born = lives.of(roster)
    found: dict[str, list[levels.Leveled]] = defaultdict(list)
    for one in levels.of_known(KnownEncoding.objects.of(roster)):
        found[one.encoder].append(one)
    return {encoder: stacked(some, born) for encoder, some in found.items()}


def stacked(known: Sequence[levels.Leveled], born: dict[int, tuple[float, float, float]]) -> Known:
    """Return known encodings of one encoder as arrays, in their order; `born` is what `lives.of` says."""
    return Known(
        np.array([one.person_id for one in known], dtype=np.int64),
        np.stack([one.encoding for one in known]),
        np.array([one.level or 0.0 for one in known], dtype=np.float32),
        lives.lives_of([one.pk for one in known], born),
    )
