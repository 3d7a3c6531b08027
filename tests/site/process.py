"""Runs `manage.py serve` on a free loopback port with a data folder of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest
import requests

from tests.once import once

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a-long-pass-phrase-9"
DATABASE = "facesite.sqlite3"


class Site:
    """One server process and its children."""

    def __init__(self, data: Path, **environment: str) -> None:
        self.environment = os.environ | {"DATA_DIR": f"{data}", "PORT": "0"} | environment
        self.process: subprocess.Popen[str] | None = None
        self.url = ""

    def start(self) -> Self:
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "serve"],
            cwd=ROOT,
            env=self.environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("Facesite is at "):
                self.url = line.removeprefix("Facesite is at ").strip()
                return self
        raise AssertionError(f"The site ended with status {self.process.wait()}.")

    @property
    def starts(self) -> set[str]:
        """The addresses where somebody is who has just signed in: the start page may lead on."""
        return {f"{self.url}/", f"{self.url}/library/"}

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def children(self) -> list[int]:
        """Return the ids of the children that have loaded anything worth killing."""
        found = []
        for task in Path(f"/proc/{self.pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                command = Path(f"/proc/{child}/cmdline").read_bytes()
                if b"spawn_main" in command:
                    found.append(int(child))
        return found

    def kill(self) -> None:
        """End the server as a power cut would: no chance to tidy up."""
        os.kill(self.pid, signal.SIGKILL)
        self.stop()

    def stop(self) -> None:
        assert self.process is not None
        with self.process:  # Closes the pipe and waits.
            self.process.terminate()


def migrated(factory: pytest.TempPathFactory, data: Path, **environment: str) -> Site:
    """Return a site, to be started, whose data folder has the empty database of a first start.

    The migrations take half the processor time of such a start, and the sites of all tests would
    run them one by one; tests/test_serve.py lets one make its own.
    """

    data.mkdir(mode=0o700)
    shutil.copy(empty_database(factory), data)
    return Site(data, **environment)


def empty_database(factory: pytest.TempPathFactory) -> Path:
    """Return the file of a database after the migrations, to be copied."""

    def make(folder: Path) -> None:
        command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
        subprocess.run(command, cwd=ROOT, env=os.environ | {"DATA_DIR": f"{folder}"}, check=True)

    return once(factory, "migrated", make) / DATABASE


class Visitor:
    """Someone with cookies who speaks to the API as the pages' scripts do."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.session = requests.Session()
        self.uploaded: list[int] = []

    def make_first_account(self, name: str = "alice") -> Self:
        return self._sign_up("/welcome/", name)

    def register(self, name: str) -> Self:
        """Make an account of one's own, on a site with REGISTRATION_OPEN."""
        return self._sign_up("/accounts/register/", name)

    def _sign_up(self, path: str, name: str) -> Self:
        self.session.get(f"{self.site.url}{path}", timeout=60)
        form = {"username": name, "password1": PASSWORD, "password2": PASSWORD}
        assert self.post(path, data=form).url in self.site.starts
        return self

    def sign_in(self, name: str, password: str = PASSWORD) -> Self:
        self.session.get(f"{self.site.url}/accounts/sign-in/")
        form = {"username": name, "password": password}
        answer = self.post("/accounts/sign-in/", data=form)
        assert answer.url in self.site.starts, answer.url
        return self

    def page(self, path: str) -> str:
        """Return the HTML of a page, which has to be there."""
        answer = self.session.get(f"{self.site.url}{path}", timeout=60)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        return answer.text

    def post(self, path: str, **options: Any) -> requests.Response:
        headers = {"X-CSRFToken": self.session.cookies["csrftoken"], "Referer": self.site.url}
        return self.session.post(f"{self.site.url}{path}", headers=headers, timeout=60, **options)

    def get(self, path: str) -> Any:
        return self.session.get(f"{self.site.url}{path}", timeout=60).json()

    def upload(self, path: Path, **said: str) -> int:
        with path.open("rb") as file:
            answer = self.post("/api/photos/", data=said, files={"file": (path.name, file)})
        assert answer.status_code == 201, answer.text
        self.uploaded.append(int(answer.json()["id"]))
        return self.uploaded[-1]

    def photo(self, number: int = 1) -> str:
        """Return the path of the page of the photo that was uploaded first, or later by its number."""
        return f"/photos/{self.uploaded[number - 1]}/"

    def photos(self) -> list[dict[str, Any]]:
        return list(self.get("/api/photos/")["results"])


def wait_until(true: Callable[[], bool], seconds: float) -> None:
    """Return as soon as `true()`; fail after `seconds`."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"Not so after {seconds} seconds."
        time.sleep(0.05)
