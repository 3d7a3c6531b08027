"""How long it takes to say that two people of 5,000 faces each are one, and to undo that.

    python -m benchmarks.merging

Makes a library by `manage.py seed_library`, names 5,000 unknown faces each for two people, and says so of
them, TIMES times. Told is what a request takes for it, in seconds: others' names follow in the background.
So on SQLite, and on PostgreSQL where its programs are there.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable

from benchmarks import made

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
    from gallery.models import Face, Roster
    from gallery.models.record import Did
    from gallery.services import curating

    roster = Roster.objects.of(made.owner().pk)
    faces = list(Face.objects.of(roster).unknown().order_by("pk").values_list("pk", flat=True))
    lots = faces[:EACH], faces[EACH : 2 * EACH]
    names, people = [], []
    for number, lot in enumerate(lots):
        began = time.perf_counter()
        people.append(curating.name_anew(roster=roster, faces=lot, name=f"Somebody {number}"))
        names.append(time.perf_counter() - began)
    made.told(f"naming {EACH:,} faces", names)
    merged = [
        seconds(lambda: curating.merge(into=people[0], others=[people[1].pk]), undone=Did.MERGE)
        for _ in range(TIMES)
    ]
    made.told(f"merging two of {EACH:,} faces", [one for one, _ in merged])
    made.told("undoing that", [one for _, one in merged])


def seconds(act: Callable[[], object], *, undone: str) -> tuple[float, float]:
    """Return how long the act took, and undoing it."""
    from gallery.models import Action
    from gallery.services import saying

    began = time.perf_counter()
    act()
    done = time.perf_counter()
    saying.undo(action=Action.objects.filter(did=undone).latest("pk"))
    return done - began, time.perf_counter() - done


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "facesite.settings")
    main()
