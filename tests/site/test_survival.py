"""Whatever is killed, every photo ends analysed once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.site.photos import variants
from tests.site.process import Site, Visitor, wait_until

PHOTOS = 20


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "data").start()
    yield site
    site.stop()


@pytest.fixture
def uploaded(site: Site, tmp_path: Path) -> Visitor:
    visitor = Visitor(site).make_first_account()
    for path in variants(tmp_path, PHOTOS):
        visitor.upload(path)
    return visitor


def done(visitor: Visitor) -> int:
    return sum(photo["state"] == "done" for photo in visitor.photos())


def assert_each_done_once(visitor: Visitor) -> None:
    photos = visitor.photos()
    assert len(photos) == PHOTOS
    assert [photo["error"] for photo in photos] == [""] * PHOTOS
    for photo in photos:
        boxes = [
            tuple(face["box"].values()) for face in visitor.get(f"/api{photo['url']}")["faces"]
        ]
        assert len(boxes) == len(set(boxes)) == 1, photo["filename"]


def test_a_killed_child_costs_no_photo_its_result(site: Site, uploaded: Visitor) -> None:
    wait_until(lambda: 3 <= done(uploaded) < PHOTOS - 5, 60)
    killed = site.children()
    assert killed
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: done(uploaded) == PHOTOS, 90)
    assert_each_done_once(uploaded)


def test_a_killed_site_goes_on_where_it_was(site: Site, uploaded: Visitor) -> None:
    wait_until(lambda: 3 <= done(uploaded) < PHOTOS - 5, 60)
    site.kill()
    site.start()
    wait_until(lambda: done(uploaded) == PHOTOS, 120)
    assert_each_done_once(uploaded)
