"""Whatever is killed, every photo ends analysed once."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.site.photos import variants
from tests.site.process import Site, Visitor, migrated, wait_until

BATCH = 14
MOST = 56
# Seconds; they bound a failure only, however busy the machine is.
PATIENCE = 300


@pytest.fixture
def site(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = migrated(tmp_path_factory, tmp_path / "data").start()
    yield site
    site.stop()


@pytest.fixture
def visitor(site: Site) -> Visitor:
    return Visitor(site).make_first_account()


def done(visitor: Visitor) -> int:
    return sum(photo["state"] == "done" for photo in visitor.photos())


def more_done_than(visitor: Visitor, count: int) -> bool:
    return done(visitor) > count


def upload_until_in_the_midst(visitor: Visitor, folder: Path) -> int:
    """Upload photos and return their number while some of them are done and others are not.

    Where this process had to wait for a core, all may be done when it looks: then it uploads more.
    """
    for count in range(BATCH, MOST + 1, BATCH):
        before = count - BATCH
        for path in variants(folder, count)[before:]:
            visitor.upload(path)
        wait_until(partial(more_done_than, visitor, before + 2), PATIENCE)
        if not more_done_than(visitor, count - 6):
            return count
    raise AssertionError("Whenever it was looked at, nearly all photos were done.")


def assert_each_done_once(visitor: Visitor, count: int) -> None:
    photos = visitor.photos()
    assert len(photos) == count
    assert [photo["error"] for photo in photos] == [""] * count
    for photo in photos:
        boxes = [
            tuple(face["box"].values()) for face in visitor.get(f"/api{photo['url']}")["faces"]
        ]
        assert len(boxes) == len(set(boxes)) == 1, photo["filename"]


def test_a_killed_child_costs_no_photo_its_result(
    site: Site, visitor: Visitor, tmp_path: Path
) -> None:
    count = upload_until_in_the_midst(visitor, tmp_path)
    killed = site.children()
    assert killed
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: done(visitor) == count, PATIENCE)
    assert_each_done_once(visitor, count)


def test_a_killed_site_goes_on_where_it_was(site: Site, visitor: Visitor, tmp_path: Path) -> None:
    count = upload_until_in_the_midst(visitor, tmp_path)
    site.kill()
    site.start()
    wait_until(lambda: done(visitor) == count, PATIENCE)
    assert_each_done_once(visitor, count)
