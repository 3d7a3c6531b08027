"""Uploads go on while children and the site are killed at moments that nobody chose."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.site.photos import variants
from tests.site.process import Site, Visitor, wait_until
from tests.site.test_survival import assert_each_done_once, done

pytestmark = pytest.mark.long
PHOTOS = 60
# Seconds until all are done; they bound a failure only, however busy the machine is.
LONGEST = 1800
# A photo has three attempts: whatever is killed, two blows cost none of them its last.
BLOWS = 2


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "data").start()
    yield site
    site.stop()


def strike(site: Site, chance: random.Random) -> None:
    """Kill the site or its children a few times, each time a moment later."""
    for _ in range(BLOWS):
        time.sleep(chance.uniform(0.5, 6))
        if chance.random() < 0.5:
            site.kill()
            site.start()
        else:
            for pid in site.children():
                os.kill(pid, signal.SIGKILL)


def upload_in_the_storm(visitor: Visitor, path: Path) -> None:
    """Upload until the site has the photo; it may have it although its answer was lost."""
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        try:
            with path.open("rb") as file:
                answer = visitor.post("/api/photos/", files={"file": (path.name, file)})
        except requests.ConnectionError:
            time.sleep(0.2)
            continue
        assert answer.status_code == 201 or answer.json()["code"] == "duplicate", answer.text
        return
    raise AssertionError(f"The site was away for {LONGEST} s.")


@pytest.mark.parametrize("seed", range(5))
def test_sixty_uploads_end_done_once_whatever_is_killed(
    site: Site, tmp_path: Path, seed: int
) -> None:
    visitor = Visitor(site).make_first_account()
    paths = variants(tmp_path, PHOTOS)
    storm = threading.Thread(target=strike, args=[site, random.Random(seed)])
    storm.start()
    for path in paths:
        upload_in_the_storm(visitor, path)
    storm.join()
    wait_until(lambda: done(visitor) == PHOTOS, LONGEST)
    assert_each_done_once(visitor, PHOTOS)
