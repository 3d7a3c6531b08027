"""How long it takes to name a face in a large library: `python -m benchmarks.naming`.

Makes one by `manage.py seed_library`, serves it, and says of faces whose they are as a page's scripts do:
one after the other, then by many people at once. *Answer* is when the page has its answer, *rest* when all
faces are called by it, both in seconds. So on SQLite, and on PostgreSQL where its programs are there.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests import postgres
from tests.site.process import Site, Visitor

if TYPE_CHECKING:
    from django.contrib.auth.models import User

OWNER = "made-up"
FACES, PEOPLE, CLIENTS = 300_000, 2_000, 50
NAMINGS = 12
LONGEST = 600.0  # seconds that the rest may take


def main() -> None:
    parser = argparse.ArgumentParser(description="Time naming in a large made library.")
    parser.add_argument("--faces", type=int, default=FACES)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--clients", type=int, default=CLIENTS)
    parser.add_argument("--on", choices=("sqlite", "postgresql"), help="one database alone")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.here:
        measure(options.faces, options.people, options.clients)
        return
    for name, server in databases():
        if options.on in (None, name):
            with server as environment, tempfile.TemporaryDirectory() as folder:
                print(f"{name}:", flush=True)
                # Settings are read once in a process.
                command = [sys.executable, "-m", "benchmarks.naming", "--here", *sys.argv[1:]]
                environment |= {"DATA_DIR": folder}
                subprocess.run(command, env=os.environ | environment, check=True)


def databases() -> Iterator[tuple[str, AbstractContextManager[dict[str, str]]]]:
    yield "sqlite", sqlite()
    if programs := postgres.find():
        yield "postgresql", on_postgres(programs)


@contextmanager
def sqlite() -> Iterator[dict[str, str]]:
    yield {"DATABASE_URL": ""}


@contextmanager
def on_postgres(programs: Path) -> Iterator[dict[str, str]]:
    with postgres.server(programs) as url:
        yield {"DATABASE_URL": url}


def measure(size: int, known: int, clients: int) -> None:
    """Print how long naming takes on the database and in the data folder that the settings name."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "facesite.settings"
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("seed_library", owner=OWNER, faces=size, people=known)
    site = Site(Path(os.environ["DATA_DIR"])).start()
    try:
        time_namings(site, clients)
    finally:
        site.stop()


def time_namings(site: Site, clients: int) -> None:
    from django.contrib.auth.models import User

    owner = User.objects.get(username=OWNER)
    faces = unnamed(owner, NAMINGS + clients)
    visitor = signed_in(site, owner)
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
    visitors = [signed_in(site, owner) for _ in range(clients)]
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


def signed_in(site: Site, owner: User) -> Visitor:
    """Return somebody who is signed in as the owner, without the second that a password takes."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = f"{owner.pk}"
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = owner.get_session_auth_hash()
    session.create()
    visitor = Visitor(site)
    visitor.session.cookies.set(settings.SESSION_COOKIE_NAME, f"{session.session_key}")
    visitor.session.cookies.set("csrftoken", "x" * 32)
    return visitor


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
