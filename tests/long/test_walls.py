"""What is done with all of a search is done with that alone, and undone; far down no photo is left out.

By a desktop's mouse and by a phone's finger; what happened is read from the rows.
"""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import context_of, watched
from tests.long.known_library import KnownLibrary, Photo, known_library, manage, rows_of
from tests.long.test_searching import DEVICES
from tests.site.process import DATABASE, Site, Visitor, migrated, wait_until

pytestmark = pytest.mark.long
SHIFT = timedelta(days=400)
FOUND = "_000"  # is in the names of the files of these photos
FAR = ("--faces", "5000", "--photos", "5000", "--people", "5", "--pictures", "--no-match")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnownLibrary]:
    yield from known_library(tmp_path_factory, tmp_path_factory.mktemp("walls") / "data")


@dataclass(frozen=True)
class Said:
    """What is said of a photo."""

    caption: str
    is_favourite: bool
    taken: datetime
    source: str
    to: str
    keywords: frozenset[str]
    albums: frozenset[str]

    @classmethod
    def of(cls, photo: Photo) -> Said:
        words = frozenset(photo.keywords), frozenset(photo.albums)
        star = bool(photo.is_favourite)
        assert photo.taken is not None
        return cls(photo.caption, star, photo.taken, photo.source, photo.to, *words)


def said(library: KnownLibrary) -> dict[int, Said]:
    return {photo.key: Said.of(photo) for photo in rows_of(library.database)}


def is_by_a_clock(said: Said) -> bool:
    return said.source != "upload" and said.to != "year"


@dataclass(frozen=True)
class Act:
    """What is pressed and filled in, and whether a photo is as it has to be then."""

    do: str
    is_done: Callable[[Said, Said], bool]
    fields: Mapping[str, str] = field(default_factory=dict)
    button: str = ""


ACTS = {
    "album": Act(
        "album",
        lambda _was, one: "By hand" in one.albums,
        {"say-album-name": "By hand"},
        "Make it",
    ),
    "favourite": Act("favourite", lambda _was, one: one.is_favourite),
    "keyword": Act(
        "keyword",
        lambda was, one: one.keywords == was.keywords | {"sport", "by day"},
        {"say-keyword": "sport, by day"},
        "Add",
    ),
    "caption": Act(
        "caption",
        lambda _was, one: one.caption == "On court",
        {"say-caption": "On court"},
        "Say it of all",
    ),
    "date": Act(
        "date",
        lambda _was, one: (one.source, one.to, one.taken.year) == ("hand", "year", 1999),
        {"say-year": "1999"},
        "Date them",
    ),
    "clock": Act(
        "date",
        # Of no clock is what only an upload or a year says.
        lambda was, one: one.taken == was.taken + (SHIFT if is_by_a_clock(was) else timedelta()),
        {"say-days": f"{SHIFT.days}"},
        "Set them right",
    ),
}


def choose_all(page: Page) -> None:
    """Choose all that the search finds, from one photo on."""
    page.goto(f"/library/?text={FOUND}")
    page.wait_for_load_state("networkidle")
    page.locator(".card-link").first.focus()
    page.keyboard.press("x")
    page.locator("#choose-all").click()


@pytest.mark.parametrize("device", DEVICES)
@pytest.mark.parametrize("name", ACTS)
def test_what_is_said_of_all_that_a_search_finds_is_said_of_those_and_undone(
    browser: Browser, library: KnownLibrary, name: str, device: str
) -> None:
    act, before = ACTS[name], said(library)
    meant = {photo.key for photo in library.photos if photo.says(FOUND)}
    with watched(context_of(browser, library.visitor, **DEVICES[device])) as page:
        choose_all(page)
        expect(page.locator("#chosen-count")).to_have_text(f"{len(meant)} chosen")
        page.locator(f"#do-{act.do}").click()
        for element, text in act.fields.items():
            page.locator(f"#{element}").fill(text)
        if act.button:
            page.locator("dialog[open]").get_by_role("button", name=act.button, exact=True).click()
        undo = page.locator(".toast").get_by_role("button", name="Undo").last
        expect(undo).to_be_visible()
        after = said(library)
        assert all(act.is_done(before[key], after[key]) for key in meant)
        assert {key: one for key, one in after.items() if key not in meant} == {
            key: one for key, one in before.items() if key not in meant
        }
        undo.click()
        expect(page.locator(".toast").filter(has_text="Undone")).to_be_visible()
        assert said(library) == before


@pytest.mark.parametrize("device", DEVICES)
def test_all_that_a_search_finds_is_deleted_and_comes_back(
    browser: Browser, library: KnownLibrary, device: str
) -> None:
    before = said(library)
    meant = {photo.key for photo in library.photos if photo.says(FOUND)}
    with watched(context_of(browser, library.visitor, **DEVICES[device])) as page:
        choose_all(page)
        page.locator("#do-delete").click()
        expect(page.locator(".card")).to_have_count(0)
        expect(page.locator("[data-photo-count]")).to_have_text("0 photos")
        assert said(library).keys() == before.keys() - meant
        page.locator(".toast").get_by_role("button", name="Undo").last.click()
        expect(page.locator(".card")).to_have_count(len(meant))
        assert said(library) == before


@pytest.mark.parametrize("device", DEVICES)
def test_all_that_a_search_finds_is_downloaded_and_analysed_again(
    browser: Browser, library: KnownLibrary, device: str
) -> None:
    before = said(library)
    meant = {photo.key: photo for photo in library.photos if photo.says(FOUND)}
    with watched(context_of(browser, library.visitor, **DEVICES[device])) as page:
        choose_all(page)
        with page.expect_download() as kept:
            page.locator("#do-download").click()
        with zipfile.ZipFile(Path(kept.value.path())) as archive:
            assert sorted(archive.namelist()) == sorted(one.filename for one in meant.values())
            for photo in meant.values():
                path = library.file_of(photo)
                assert path is not None
                assert archive.read(photo.filename) == path.read_bytes()
        page.locator("#do-again").click()
        expect(page.locator(".toast").filter(has_text="analysed again")).to_be_visible()
        wait_until(lambda: library.visitor.get("/api/progress/")["open"] == 0, 300)
    assert said(library) == before
    names = {photo.key: photo.named for photo in rows_of(library.database)}
    assert {key: names[key] for key in meant} == {key: one.named for key, one in meant.items()}


@pytest.fixture(scope="module")
def far(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Visitor, Path]]:
    """A made library of 5,000 photos of many years, and its database."""
    data = tmp_path_factory.mktemp("far") / "data"
    site: Site = migrated(tmp_path_factory, data, ANALYSIS_CHILDREN="1")
    manage(data, "createsuperuser", "--noinput", "--username", "alice", "--email", "a@example.org")
    manage(data, "seed_library", "--owner", "alice", *FAR)
    site.start()
    yield Visitor(site).sign_in("alice"), data / DATABASE
    site.stop()


ON_WALL = """() => [...document.querySelectorAll("#photo-grid .card")].map(
  ({ id }) => Number(id.slice("photo-".length)))"""
HEADINGS = """() => Object.fromEntries([...document.querySelectorAll(".month-title")].map((title) => [
  title.closest(".month").dataset.month,
  Number(title.querySelector(".muted").textContent.replace(",", "")),
]))"""
IN_SIGHT = """() => [...document.querySelectorAll("#photo-grid .month")].find(
  (month) => month.getBoundingClientRect().bottom > 80).dataset.month"""


@pytest.mark.parametrize("device", DEVICES)
def test_far_down_the_timeline_every_photo_has_its_place_upwards_and_downwards(
    browser: Browser, far: tuple[Visitor, Path], device: str
) -> None:
    visitor, database = far
    photos = sorted(rows_of(database), key=lambda one: (one.taken, one.key), reverse=True)
    keys = [photo.key for photo in photos]
    months = [f"{photo.taken:%Y-%m}" for photo in photos]
    with watched(context_of(browser, visitor, **DEVICES[device])) as page:
        page.goto("/library/")
        page.wait_for_load_state("networkidle")
        for share in (0.5, 0.9, 0.2):
            at = scrub(page, share)
            wanted = months[int(share * len(photos))]
            # A pixel of the scrubber is many photos.
            near = {months[max(0, min(len(photos) - 1, at + off))] for off in (-60, 0, 60)}
            assert page.evaluate(IN_SIGHT) in near | {wanted}
            for step in (2000, -2000):
                wander(page, step)
                shown = page.evaluate(ON_WALL)
                first = keys.index(shown[0])
                assert shown == keys[first : first + len(shown)], (share, step)
                for month, count in page.evaluate(HEADINGS).items():
                    assert months.count(month) == count
        page.locator(".card-link").first.focus()
        for key, end in (("End", keys[-1]), ("Home", keys[0])):
            page.keyboard.press(key)
            expect(page.locator(f"#photo-{end}-link")).to_be_focused()


def scrub(page: Page, share: float) -> int:
    """Press the scrubber at a share of its height; return at about which place of the list that is."""
    box = page.locator("#scrubber").bounding_box()
    assert box is not None
    count = int(f"{page.locator('[data-photo-count]').get_attribute('data-photo-count')}")
    before = page.url
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + share * box["height"])
    # The address says so once the wall is there.
    page.wait_for_url(lambda url: url != before)
    page.wait_for_load_state("networkidle")
    return int(share * count)


def wander(page: Page, step: int) -> None:
    """Scroll on for a while, as parts come."""
    for _ in range(12):
        page.mouse.wheel(0, step)
        page.wait_for_timeout(100)
    page.wait_for_load_state("networkidle")
