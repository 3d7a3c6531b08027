"""How long the start page and its plots take in a library of 100,000 photos and 300,000 faces.

    python -m benchmarks.dashboard

Makes a library by `manage.py seed_library`, serves it, and asks for the start page, what of it follows
changes, and each plot, of all photos and of a search, as a browser does. What is told is until the whole
answer is there, in seconds. So on SQLite, and on PostgreSQL where its programs are there.
"""

from __future__ import annotations

import time

from benchmarks import made
from tests.site.process import Site, Visitor

FACES, PEOPLE = 300_000, 2_000
TIMES = 12
SEARCHES = {"all photos": "", "a search": "emotion=happy&age=20-39"}


def main() -> None:
    parser = made.parser("Time the start page of a large library.", faces=FACES, people=PEOPLE)
    options = parser.parse_args()
    if not options.here:
        made.on_each_database("benchmarks.dashboard", options.on)
        return
    with made.served(options.faces, options.people) as site:
        time_pages(site)


def time_pages(site: Site) -> None:
    from gallery.services import plots

    visitor = made.signed_in(site, made.owner())
    began = time.perf_counter()
    visitor.page("/")
    print(f"start page, with nothing in memory: {time.perf_counter() - began:.3f}", flush=True)
    for what, path in {"start page": "/", "start page, what changes": "/start/now/"}.items():
        made.told(what, [seconds(visitor, path) for _ in range(TIMES)])
    for of, query in SEARCHES.items():
        for name in plots.KINDS:
            path = f"/plots/?plot={name}&{query}"
            made.told(f"{name}, of {of}", [seconds(visitor, path) for _ in range(TIMES)])


def seconds(visitor: Visitor, path: str) -> float:
    began = time.perf_counter()
    visitor.session.get(f"{visitor.site.url}{path}", headers={"HX-Request": "true"})
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
