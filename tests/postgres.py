"""Runs a PostgreSQL of the tests' own: `python -m tests.postgres --install` gets one where it can.

Debian's package is installed when root; elsewhere what needs PostgreSQL is skipped by name without one.
"""

from __future__ import annotations

import argparse
import grp
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEBIAN = (
    ("apt-get", "update"),
    ("apt-get", "install", "--yes", "--no-install-recommends", "postgresql"),
)


def find() -> Path | None:
    """Return the folder of the programs of a PostgreSQL server, the newest there is; None without."""
    if path := shutil.which("initdb"):
        return Path(path).parent
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in found), default=None, key=lambda path: int(path.parts[-2]))


def install() -> None:
    """Install Debian's package if there is no server and this is root of a Debian."""
    if find() or os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in DEBIAN:
        if subprocess.run(command, env=environment, stdin=subprocess.DEVNULL).returncode:
            return


@contextmanager
def server(programs: Path) -> Iterator[str]:
    """Serve an empty database on a free loopback port, and give its DATABASE_URL."""
    # Not below pytest's folder, which is closed to the account that the server runs as.
    folder = Path(tempfile.mkdtemp(prefix="facesite-postgres-"))
    account = _account()
    if account:
        shutil.chown(folder, **account)
    port = _free_port()

    def run(program: str, *arguments: str) -> None:
        command = [programs / program, "--pgdata", folder / "data", *arguments]
        with (folder / "log").open("ab") as log:
            subprocess.run(command, check=True, cwd="/", stdout=log, stderr=log, **account)  # type: ignore[call-overload]

    try:
        run("initdb", "--username=facesite", "--auth=trust", "--encoding=UTF8", "--no-sync")
        options = f"-c listen_addresses=127.0.0.1 -p {port} -k '' -c fsync=off"
        run("pg_ctl", "--wait", "--options", options, "start")
        try:
            yield f"postgres://facesite@127.0.0.1:{port}/postgres"
        finally:
            run("pg_ctl", "--mode=immediate", "--wait", "stop")
    finally:
        shutil.rmtree(folder)


def _account() -> dict[str, str]:
    """Return whom to run the server as: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    # Debian's package brings an account for it, others may not.
    known = {entry.pw_name for entry in pwd.getpwall()}
    user = pwd.getpwnam("postgres" if "postgres" in known else "nobody")
    return {"user": user.pw_name, "group": grp.getgrgid(user.pw_gid).gr_name}


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Find a PostgreSQL server for the tests.")
    parser.add_argument("--install", action="store_true", help="install one if there is none")
    if parser.parse_args().install:
        install()
    sys.stdout.write(f"PostgreSQL: {find() or 'none'}\n")
