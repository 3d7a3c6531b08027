"""How long the people page takes with 5,000 people, and to find who of them may be one.

    python -m benchmarks.people

Makes a library by `manage.py seed_library`, serves it, and asks for the page in each of its orders,
narrowed, searched and further down, as a browser does. What is told is until the whole answer is there, in
seconds. So on SQLite, and on PostgreSQL where its programs are there.
"""

from __future__ import annotations

import time

from benchmarks import made
from tests.site.process import Site

FACES, PEOPLE = 100_000, 5_000
TIMES = 12
ADDRESSES = {
    "most photos first": "",
    "most photos first, the 20th page": "page=20",
    "by name": "order=name",
    "newest first": "order=newest",
    "most unconfirmed first": "order=unconfirmed",
    "with unconfirmed faces": "show=unconfirmed",
    "without a good known face": "show=unreferenced",
    "searched for": "q=an",
}


def main() -> None:
    parser = made.parser("Time the people page of a large roster.", faces=FACES, people=PEOPLE)
    options = parser.parse_args()
    if not options.here:
        made.on_each_database("benchmarks.people", options.on)
        return
    with made.served(options.faces, options.people) as site:
        time_finding()
        time_pages(site)


def time_finding() -> None:
    """Time what is done behind the pages whenever what people are known by has changed."""
    from gallery.models import Alike, Roster
    from gallery.services import alike

    roster = Roster.objects.of(made.owner().pk)
    taken = []
    for _ in range(TIMES):
        began = time.perf_counter()
        alike.follow(roster)
        taken.append(time.perf_counter() - began)
    made.told(f"who may be one, of whom there are {Alike.objects.count():,} pairs", taken)


def time_pages(site: Site) -> None:
    visitor = made.signed_in(site, made.owner())
    visitor.page("/people/")
    for what, query in ADDRESSES.items():
        address = f"/people/?{query}"
        made.told(f"people, {what}", [made.seconds(visitor, address) for _ in range(TIMES)])


if __name__ == "__main__":
    main()
