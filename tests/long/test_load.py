"""Many people at once: everybody is answered, and every photo is analysed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.site.photos import variants
from tests.site.process import Site, Visitor, wait_until
from tests.site.test_survival import assert_each_done_once, done

pytestmark = pytest.mark.long
PEOPLE = 6
PHOTOS = 25
# Seconds until all are done; they bound a failure only, however busy the machine is.
LONGEST = 1800
LONGEST_ANSWER = 10  # seconds: a person still waits for a page, and no proxy gives up.
PAGES = ("/library/", "/people/", "/settings/", "/api/photos/")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "data", REGISTRATION_OPEN="yes").start()
    yield site
    site.stop()


def spend_an_evening(visitor: Visitor, paths: list[Path]) -> float:
    """Upload photos and look at pages in between; return the seconds of the longest answer."""
    longest = 0.0
    for number, path in enumerate(paths):
        began = time.monotonic()
        visitor.upload(path)
        longest = max(longest, time.monotonic() - began)
        began = time.monotonic()
        address = f"{visitor.site.url}{PAGES[number % len(PAGES)]}"
        assert visitor.session.get(address, timeout=60).status_code == 200
        longest = max(longest, time.monotonic() - began)
    return longest


def test_six_people_upload_and_look_at_once_and_all_are_answered(
    site: Site, tmp_path: Path
) -> None:
    first = Visitor(site).make_first_account("person-0")
    others = [Visitor(site).register(f"person-{number}") for number in range(1, PEOPLE)]
    people = [first, *others]
    paths = variants(tmp_path, PHOTOS)
    with ThreadPoolExecutor(PEOPLE) as evening:
        longest = list(evening.map(spend_an_evening, people, [paths] * PEOPLE))
    assert max(longest) < LONGEST_ANSWER
    for person in people:
        wait_until(lambda person=person: done(person) == PHOTOS, LONGEST)  # type: ignore[misc]
        assert_each_done_once(person, PHOTOS)
