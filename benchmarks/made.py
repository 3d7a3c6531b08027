"""A large library made by `manage.py seed_library`, on each database that is there, to measure in."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from tests import postgres
from tests.site.process import Site, Visitor

if TYPE_CHECKING:
    from django.contrib.auth.models import User

OWNER = "made-up"


def parser(what: str, *, faces: int, people: int) -> argparse.ArgumentParser:
    """Return what reads how large the library is to be, and on which database."""
    found = argparse.ArgumentParser(description=what)
    found.add_argument("--faces", type=int, default=faces)
    found.add_argument("--people", type=int, default=people)
    found.add_argument("--on", choices=("sqlite", "postgresql"), help="one database alone")
    found.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    return found


def on_each_database(module: str, only: str | None) -> None:
    """Run the module again with `--here`, once on each database, with a data folder of its own."""
    for name, server in _databases():
        if only in (None, name):
            with server as environment, tempfile.TemporaryDirectory() as folder:
                print(f"{name}:", flush=True)
                # Settings are read once in a process.
                command = [sys.executable, "-m", module, "--here", *sys.argv[1:]]
                environment |= {"DATA_DIR": folder}
                subprocess.run(command, env=os.environ | environment, check=True)


def _databases() -> Iterator[tuple[str, AbstractContextManager[dict[str, str]]]]:
    yield "sqlite", _on_sqlite()
    if programs := postgres.find():
        yield "postgresql", _on_postgres(programs)


@contextmanager
def _on_sqlite() -> Iterator[dict[str, str]]:
    yield {"DATABASE_URL": ""}


@contextmanager
def _on_postgres(programs: Path) -> Iterator[dict[str, str]]:
    with postgres.server(programs) as url:
        yield {"DATABASE_URL": url}


def library(faces: int, people: int) -> None:
    """Make the library on the database and in the data folder that the settings name."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "facesite.settings"
    import django
    from django.core.management import call_command
    from django.db import connection
    from django.utils import timezone

    django.setup()
    from gallery.models import Roster

    call_command("migrate", verbosity=0)
    call_command("seed_library", owner=OWNER, faces=faces, people=people)
    Roster.objects.update(groups_due_at=timezone.now())
    with connection.cursor() as cursor:
        # As PostgreSQL does by itself within minutes, of what grew by and by.
        cursor.execute("ANALYZE")


@contextmanager
def served(faces: int, people: int) -> Iterator[Site]:
    """Make the library, and serve it."""
    library(faces, people)
    site = Site(Path(os.environ["DATA_DIR"])).start()
    try:
        wait_until_grouped()
        yield site
    finally:
        site.stop()


def wait_until_grouped() -> None:
    """Return once the site has put unknown faces together: till then it has both cores."""
    from gallery.models import Roster

    while not Roster.objects.filter(grouped__gt=0, groups_due_at=None, alike_due_at=None).exists():
        time.sleep(1)


def owner() -> User:
    from django.contrib.auth.models import User

    return User.objects.get(username=OWNER)


def signed_in(site: Site, user: User) -> Visitor:
    """Return somebody who is signed in as the user, without the second that a password takes."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    session = SessionStore()
    session[SESSION_KEY] = f"{user.pk}"
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    visitor = Visitor(site)
    visitor.session.cookies.set(settings.SESSION_COOKIE_NAME, f"{session.session_key}")
    visitor.session.cookies.set("csrftoken", "x" * 32)
    return visitor


def seconds(visitor: Visitor, address: str) -> float:
    """Return how long it takes until the whole page is there."""
    began = time.perf_counter()
    visitor.page(address)
    return time.perf_counter() - began


def told(what: str, seconds: Sequence[float]) -> None:
    line = f"{median(seconds):.3f} (median), {max(seconds):.3f} (longest)"
    print(f"{what}: {line}", flush=True)
