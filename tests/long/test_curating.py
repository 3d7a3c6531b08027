"""A library of 200 photos is named at the desk by keys alone, and every answer is counted."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from benchmarks.accuracy import sets
from tests.analysis.conftest import SHARED
from tests.browser.conftest import DESKTOP, context_of, watched
from tests.browser.steps import ANALYSIS_MS
from tests.long.curator import Curator
from tests.site.process import Visitor, migrated, wait_until

pytestmark = pytest.mark.long
log = logging.getLogger(__name__)
DATA = SHARED.parent
PHOTOS, PAIRS, CROWDS = 200, 20, 5
FEWEST, MOST = 3, 8  # photos of one person
EAST = 10  # of the people are East Asian, whom encodings tell apart worst
SIDE = 250  # px, of a photo of LFW
# Who is on a photo, from left to right, each in the middle of their share of it.
People = tuple[str, ...]


@dataclass(frozen=True)
class Library:
    """Somebody's analysed photos, and whose each face on them is, by key; "" is in the background."""

    visitor: Visitor
    names: Mapping[int, str]
    photos: Sequence[int]

    @property
    def people(self) -> Counter[str]:
        return Counter(name for name in self.names.values() if name)

    def named(self) -> Counter[bool]:
        """Count the faces of people by whether they have their name, and fail for a wrong one."""
        found: Counter[bool] = Counter()
        for photo in self.photos:
            for face in self.visitor.get(f"/api/photos/{photo}/")["faces"]:
                name = face["person"]["name"] or ""
                assert name in ("", self.names[face["id"]]), face
                if self.names[face["id"]]:
                    found[name != ""] += 1
        return found


def portraits() -> list[tuple[Path, People]]:
    """Return photos of people of whom there are several, person by person."""
    west = sets.folders_of_people(DATA / "lfw_dev")
    east = sets.folders_of_people(DATA / "lfw_asian_dev")
    several = [
        {name: photos[:MOST] for name, photos in found.items() if len(photos) >= FEWEST}
        for found in (east, west)
    ]
    names = [*list(several[0])[:EAST], *several[1]]
    found = several[1] | several[0]
    return [(photo, (name.replace("_", " "),)) for name in names for photo in found[name]]


def paired(photos: Sequence[tuple[Path, People]], folder: Path) -> Iterator[tuple[Path, People]]:
    """Write photos of two people each, side by side."""
    half = len(photos) // 2
    for (left, one), (right, other) in zip(photos[:half], photos[half:], strict=True):
        both = Image.new("RGB", (2 * SIDE, SIDE))
        for at, path in enumerate((left, right)):
            with Image.open(path) as photo:
                both.paste(photo, (at * SIDE, 0))
        path = folder / f"{left.stem}-{right.stem}.jpg"
        both.save(path, quality=95)
        yield path, one + other


def whole(folder: Path) -> list[tuple[Path, People]]:
    """Return the photos of a library, and who is on each."""
    found = portraits()[: PHOTOS + PAIRS - CROWDS]
    pairs = found[:: len(found) // (2 * PAIRS)][: 2 * PAIRS]
    crowds = sorted((DATA / "detection_dev").glob("*.jpg"))[:CROWDS]
    alone = [one for one in found if one not in pairs]
    return [*alone, *paired(pairs, folder), *((path, ()) for path in crowds)]


def names_of(result: Mapping[str, Any], people: People) -> dict[int, str]:
    """Return whose the faces of a photo are, by key: whoever's place is within the box."""
    named = {}
    for face in result["faces"]:
        box = face["box"]
        at = [
            name
            for number, name in enumerate(people)
            if box["left"] < (number + 0.5) * SIDE < box["right"]
            and box["top"] < SIDE / 2 < box["bottom"]
        ]
        named[face["id"]] = at[0] if at else ""
    return named


@pytest.fixture
def library(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Library]:
    if not (DATA / "lfw_dev").is_dir():
        pytest.skip("the folder shared/data/lfw_dev is not beside this checkout")
    site = migrated(tmp_path_factory, tmp_path / "data").start()
    visitor = Visitor(site).make_first_account()
    photos = {visitor.upload(path): people for path, people in whole(tmp_path)}
    assert len(photos) == PHOTOS
    wait_until(lambda: visitor.get("/api/progress/")["open"] == 0, 5 * ANALYSIS_MS / 1000)
    names: dict[int, str] = {}
    for photo, people in photos.items():
        names |= names_of(visitor.get(f"/api/photos/{photo}/"), people)
    yield Library(visitor, names, list(photos))
    site.stop()


def test_a_library_is_named_by_an_answer_a_person_and_one_a_wrong_face(
    browser: Browser, library: Library
) -> None:
    with watched(context_of(browser, library.visitor, viewport=DESKTOP)) as page:
        page.goto("/desk/")
        page.wait_for_load_state()
        curator = Curator(page, library.names)
        began = time.monotonic()
        curator.work()
        seconds = time.monotonic() - began
        expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    named = library.named()
    log.info(
        "%s people with %s faces, %s named; %s; %s presses, %s wrong, %s apart, %.0f s",
        len(library.people), library.people.total(), named[True], dict(curator.answers),
        curator.presses, len(curator.wrong), len(curator.apart), seconds,
    )  # fmt: skip
    assert curator.answers.total() <= len(library.people) + len(curator.apart)
    assert named[True] >= 0.97 * named.total()
