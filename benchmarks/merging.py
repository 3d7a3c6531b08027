"""How long it takes to say that two people of 5,000 faces each are one, and to undo that.

    python -m benchmarks.merging

Makes a library by `manage.py seed_library`, names 5,000 unknown faces each for two people, and says so of
them, TIMES times. Told is what a request takes for it, in seconds: others' names follow in the background.
So on SQLite, and on PostgreSQL where its programs are there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from typing import NamedTuple, TypeVar

from benchmarks import made

Result = TypeVar("Result")

FACES, PEOPLE = 30_000, 200
EACH = 5_000
TIMES = 5


def main() -> None:
    parser = made.parser("Time merging two large people.", faces=FACES, people=PEOPLE)
    options = parser.parse_args()
    if not options.here:
        made.on_each_database("benchmarks.merging", options.on)
        return
    made.library(options.faces, options.people)
    time_merging()


def time_merging() -> None:
    from gallery.models import Action, Face, Roster
    from gallery.models.record import Did
    from gallery.services import curating, saying

    roster = Roster.objects.of(made.owner().pk)
    faces = list(Face.objects.of(roster).unknown().order_by("pk").values_list("pk", flat=True))
    lots = faces[:EACH], faces[EACH : 2 * EACH]
    names, people = [], []
    for number, lot in enumerate(lots):
        name = partial(curating.name_anew, roster=roster, faces=lot, name=f"Somebody {number}")
        person, taken = timed(name)
        names.append(taken)
        people.append(person)
    told(f"naming {EACH:,} faces", names)
    merged, undone = [], []
    for _ in range(TIMES):
        merge = partial(curating.merge, into=people[0], others=[people[1].pk])
        merged.append(timed(merge)[1])
        last = Action.objects.filter(did=Did.MERGE).latest("pk")
        undone.append(timed(partial(saying.undo, action=last))[1])
    told(f"merging two of {EACH:,} faces", merged)
    told("undoing that", undone)


class Taken(NamedTuple):
    """Seconds that something took, and those of this process's own processor."""

    seconds: float
    busy: float


def timed(act: Callable[[], Result]) -> tuple[Result, Taken]:
    began, busy = time.perf_counter(), time.process_time()
    result = act()
    return result, Taken(time.perf_counter() - began, time.process_time() - busy)


def told(what: str, taken: Sequence[Taken]) -> None:
    made.told(what, [one.seconds for one in taken])
    print(f"  of processor time: {median(one.busy for one in taken):.3f} (median)", flush=True)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facesite.settings")
    main()
