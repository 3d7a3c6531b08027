"""How long the library takes with 100,000 photos: its page, and any place of its timeline.

    python -m benchmarks.wall

Makes a library by `manage.py seed_library`, serves it, and asks for pages and parts as a browser does. What
is told is until the whole answer is there, in seconds. So on SQLite, and on PostgreSQL where its programs
are there.
"""

from __future__ import annotations

import random
import time

from benchmarks import made
from tests.site.process import Site, Visitor

FACES, PEOPLE = 300_000, 2_000
TIMES = 20


def main() -> None:
    parser = made.parser("Time the wall of a large library.", faces=FACES, people=PEOPLE)
    options = parser.parse_args()
    if not options.here:
        made.on_each_database("benchmarks.wall", options.on)
        return
    with made.served(options.faces, options.people) as site:
        time_pages(site)


def time_pages(site: Site) -> None:
    from gallery.models import Photo

    visitor = made.signed_in(site, made.owner())
    keys = [*Photo.objects.filter(owner=made.owner()).values_list("pk", flat=True)]
    chance = random.Random(1)
    visitor.page("/library/")
    some = [chance.choice(keys) for _ in range(TIMES)]
    for what, addresses in {
        "the library, its newest photos": ["/library/"] * TIMES,
        "the library, around a photo anywhere": [f"/library/?around={key}" for key in some],
        "the library, by date added": ["/library/?order=added"] * TIMES,
        "a part of the timeline, anywhere": [f"/photos/page/?before={key}" for key in some],
        "a photo's card": [f"/photos/cards/?keys={key}" for key in some],
    }.items():
        made.told(what, [seconds(visitor, address) for address in addresses])


def seconds(visitor: Visitor, address: str) -> float:
    began = time.perf_counter()
    visitor.page(address)
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
