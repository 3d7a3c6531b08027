"""In a large library names follow in a process of its own, whatever becomes of that."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import pytest

from gallery.services.little import LITTLE
from tests.site.process import DATABASE, PASSWORD, ROOT, Site, Visitor, migrated, wait_until

PATIENCE = 120
FACES = LITTLE + 1500  # Some of them are known.


@pytest.fixture
def site(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = migrated(tmp_path_factory, tmp_path / "data")
    fill = f"""
from django.core.management import call_command
call_command("seed_library", "--faces={FACES}", "--people=60", "--verbosity=0")
from django.contrib.auth.models import User
user = User.objects.get(); user.set_password({PASSWORD!r}); user.save()
"""
    program = [sys.executable, "manage.py", "shell", "--command", fill]
    subprocess.run(program, cwd=ROOT, env=site.environment, check=True, stdout=subprocess.DEVNULL)
    yield site.start()
    site.stop()


def ask(site: Site, sql: str, *values: object) -> list[tuple[int, ...]]:
    path = Path(site.environment["DATA_DIR"]) / DATABASE
    with closing(sqlite3.connect(path)) as database:
        return database.execute(sql, values).fetchall()


def wait_for_the_rest(site: Site) -> None:
    waiting = """
        SELECT 1 FROM gallery_knownchange UNION SELECT 1 FROM gallery_nearest WHERE is_due
        UNION SELECT 1 FROM gallery_task WHERE state IN ('queued', 'running')
    """
    wait_until(lambda: not ask(site, waiting), PATIENCE)


def follower_of(site: Site) -> int:
    """Return the process that has names follow, once it is there."""
    found: list[int] = []

    def is_there() -> bool:
        for task in Path(f"/proc/{site.pid}/task").iterdir():
            # Threads and children end while they are looked at.
            with suppress(OSError):
                for child in (task / "children").read_text().split():
                    if b"follow" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                        found.append(int(child))
        return bool(found)

    wait_until(is_there, PATIENCE)
    return found[0]


def test_names_follow_what_is_said_though_the_process_that_does_it_is_killed(site: Site) -> None:
    """Two faces of somebody new are alike: the second one is called by the first."""
    wait_for_the_rest(site)
    visitor = Visitor(site).sign_in("made-up")
    [(face, person, distance)] = ask(
        site,
        "SELECT id, person_id, distance FROM gallery_face WHERE named_by = 'machine' "
        "ORDER BY distance LIMIT 1",
    )
    guesses = "SELECT count(*) FROM gallery_face WHERE named_by = 'machine' AND person_id = ?"
    assert ask(site, guesses, person)[0][0] > 0
    os.kill(follower_of(site), signal.SIGKILL)

    deleted = visitor.post(f"/people/{person}/delete/")

    assert deleted.status_code == 200
    wait_for_the_rest(site)
    assert ask(site, guesses, person) == [(0,)]
    named = visitor.post(f"/faces/{face}/name/", data={"name": "Somebody new"})
    assert named.status_code == 200
    wait_for_the_rest(site)
    [(anew,)] = ask(site, "SELECT id FROM gallery_person WHERE name = 'Somebody new'")
    # Whom the same face was told to be like before are called by it now.
    assert ask(site, guesses, anew)[0][0] > 0
    assert distance < 0.6
