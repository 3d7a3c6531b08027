"""How long the pages of a library of 100,000 photos and 300,000 faces take: `python -m benchmarks.library`.

Makes one by `manage.py seed_library`, serves it, and asks for searches, the wall, the start page and its
plots as a browser does. What is told is until the whole answer is there, in seconds. So on SQLite, and on
PostgreSQL where its programs are there.
"""

from __future__ import annotations

from benchmarks import dashboard, made, search, wall

FACES, PEOPLE = 300_000, 2_000


def main() -> None:
    parser = made.parser("Time the pages of a large library.", faces=FACES, people=PEOPLE)
    options = parser.parse_args()
    if not options.here:
        made.on_each_database("benchmarks.library", options.on)
        return
    with made.served(options.faces, options.people) as site:
        visitor = made.signed_in(site, made.owner())
        search.tell_memory(made.owner())
        for part in (search, wall, dashboard):
            part.time_pages(visitor)


if __name__ == "__main__":
    main()
