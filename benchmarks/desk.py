"""How long the desk takes for the next card: `python -m benchmarks.desk`.

Makes a library by `manage.py seed_library`, has its groups found, serves it, and asks for the card after
each of some of every kind, as the page does. What is told is until the whole answer is there, in seconds.
"""

from __future__ import annotations

import time

from benchmarks import made
from tests.site.process import Site

FACES, PEOPLE = 300_000, 2_000
TIMES = 12


def main() -> None:
    parser = made.parser("Time the desk of a large library.", faces=FACES, people=PEOPLE)
    options = parser.parse_args()
    if not options.here:
        made.on_each_database("benchmarks.desk", options.on)
        return
    with made.served(options.faces, options.people) as site:
        group()
        time_cards(site)


def group() -> None:
    """Have all groups found, as is done behind the pages once there are faces."""
    from gallery.models import Roster
    from gallery.services import grouping

    roster = Roster.objects.of(made.owner().pk)
    grouping.go_on(roster)
    began = time.perf_counter()
    grouping.follow(roster)
    made.told("all groups", [time.perf_counter() - began])


def time_cards(site: Site) -> None:
    from gallery.models import Roster
    from gallery.services import desk

    roster = Roster.objects.of(made.owner().pk)
    visitor = made.signed_in(site, made.owner())
    visitor.page("/desk/")
    for name, kind in desk.KINDS.items():
        taken: list[float] = []
        card = kind.after(roster, ())
        while card and len(taken) < TIMES and desk.following(roster, name, card.place):
            taken.append(made.seconds(visitor, f"/desk/card/?after={card.after}"))
            card = kind.after(roster, card.place)
        if taken:
            made.told(f"the card after one of the kind {name}", taken)
    made.told("how far one is", [made.seconds(visitor, "/desk/progress/") for _ in range(TIMES)])


if __name__ == "__main__":
    main()
