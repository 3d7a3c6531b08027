"""How long it takes to name a face in a large library: `python -m benchmarks.naming`.

Makes one by `manage.py seed_library`, serves it, and says of faces whose they are as a page's scripts do:
one after the other, then by many people at once. *Answer* is when the page has its answer, *rest* when all
faces are called by it, both in seconds. So on SQLite, and on PostgreSQL where its programs are there.
"""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from benchmarks import made
from tests.site.process import Site, Visitor

if TYPE_CHECKING:
    from django.contrib.auth.models import User

FACES, PEOPLE, CLIENTS = 300_000, 2_000, 50
NAMINGS = 12
LONGEST = 600.0  # seconds that the rest may take


def main() -> None:
    parser = made.parser("Time naming in a large made library.", faces=FACES, people=PEOPLE)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    options = parser.parse_args()
    if not options.here:
        made.on_each_database("benchmarks.naming", options.on)
        return
    with made.served(options.faces, options.people) as site:
        time_namings(site, options.clients)


def time_namings(site: Site, clients: int) -> None:
    owner = made.owner()
    faces = unnamed(owner, NAMINGS + clients)
    visitor = made.signed_in(site, owner)
    visitor.page("/people/")
    before = anonymous_mb(site.pid)
    answers, rests, most = [], [], before
    for number, face in enumerate(faces[:NAMINGS]):
        began = time.perf_counter()
        answers.append(name(visitor, face, f"Somebody {number}"))
        most = max(most, wait_for_the_rest(site))
        rests.append(time.perf_counter() - began)
    told("one after the other: answer", answers)
    told("one after the other: rest", rests)
    visitors = [made.signed_in(site, owner) for _ in range(clients)]
    began = time.perf_counter()
    with ThreadPoolExecutor(clients) as at_once:
        names = [f"Somebody else {number}" for number in range(clients)]
        told(f"{clients} at once: answer", [*at_once.map(name, visitors, faces[NAMINGS:], names)])
    most = max(most, wait_for_the_rest(site))
    print(f"{clients} at once: the rest of all after {time.perf_counter() - began:.2f} s")
    print(f"the site's own memory (RssAnon): {before} MB before, {most} MB at most", flush=True)


def told(what: str, seconds: Sequence[float]) -> None:
    line = f"{median(seconds):.2f} (median), {max(seconds):.2f} (longest)"
    print(f"{what}: {line}", flush=True)


def unnamed(owner: User, count: int) -> list[int]:
    """Return faces, clear ones, of which neither a human nor a machine says whose they are."""
    from gallery.models import Face

    nobody = Face.objects.filter(photo__owner=owner, named_by="", suggestion=None)
    clear = nobody.filter(quality_score__gte=0.5).order_by("pk")
    keys = list(clear.values_list("pk", flat=True))
    return keys[:: max(1, len(keys) // count)][:count]


def name(visitor: Visitor, face: int, text: str) -> float:
    """Say whose face it is, and return after how many seconds that was answered."""
    began = time.perf_counter()
    address = f"{visitor.site.url}/faces/{face}/name/"
    headers = {"X-CSRFToken": "x" * 32, "Referer": visitor.site.url, "HX-Request": "true"}
    answer = visitor.session.post(address, {"name": text}, headers=headers, timeout=LONGEST)
    assert answer.status_code == 200, answer.status_code
    return time.perf_counter() - began


def wait_for_the_rest(site: Site) -> int:
    """Wait until nothing waits in the background; return the site's own memory at its most."""
    from gallery.models import KnownChange, Nearest, Task

    most, until = 0, time.monotonic() + LONGEST
    waiting = KnownChange.objects.all(), Nearest.objects.filter(is_due=True), Task.objects.open()
    while any(rows.exists() for rows in waiting):
        assert time.monotonic() < until, "The rest never came."
        most = max(most, anonymous_mb(site.pid))
        time.sleep(0.02)
    return max(most, anonymous_mb(site.pid))


def anonymous_mb(pid: int) -> int:
    """Return what the process alone holds, without files that it shares, in MB."""
    found = re.search(r"RssAnon:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1]) // 1024


if __name__ == "__main__":
    main()
