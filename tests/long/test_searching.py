"""Ten searches of each kind, typed or pressed in the page, show what rows and the folders' names say.

On a desktop and on a phone: the wall shows these photos in their order, and the count says how many.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from analysis.matching import distance
from tests.browser.conftest import DESKTOP, context_of, watched
from tests.browser.steps import ANALYSIS_MS, follow
from tests.long.known_library import Face, KnownLibrary, Photo, known_library
from tests.long.searches import KINDS, Case, Part, both, impossible, people_of, quoted

pytestmark = pytest.mark.long
PHONE: dict[str, Any] = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
DEVICES: Mapping[str, dict[str, Any]] = {"desktop": {"viewport": DESKTOP}, "phone": PHONE}
# What the page's wall shows, once it was followed to its end.
SHOWN = """async () => {
  const wall = document.getElementById("photo-grid");
  const pause = () => new Promise((go) => setTimeout(go, 30));
  while (wall.querySelector(".more")) {
    wall.querySelector(".more").scrollIntoView();
    await pause();
  }
  return [...wall.querySelectorAll(".card")].map(({ id }) => Number(id.slice("photo-".length)));
}"""
LIMITS = re.compile(r'data-limits="([0-9]+) sure;([0-9]+) asked"')
# How much a distance may differ by a second look at the same photo, and a limit by how a page writes it.
CLOSE = 0.001


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnownLibrary]:
    yield from known_library(tmp_path_factory, tmp_path_factory.mktemp("searching") / "data")


@pytest.fixture(params=DEVICES)
def page(browser: Browser, library: KnownLibrary, request: pytest.FixtureRequest) -> Iterator[Page]:
    with watched(context_of(browser, library.visitor, **DEVICES[request.param])) as page:
        yield page


def ask(page: Page, case: Case) -> None:
    """Begin anew; type, press and fill in what is searched for."""
    page.goto("/library/")
    if case.typed:
        page.locator("#search-q").fill(case.typed)
        with page.expect_navigation():
            page.locator("#search-q").press("Enter")
    for facet, label in case.pressed:
        narrow_down(page)
        name = re.compile(rf"^{re.escape(label)} [0-9,]+ photos?$")
        options = page.get_by_role("region", name=facet, exact=True)
        follow(options.get_by_role("link", name=name).first)
    if case.filled:
        narrow_down(page)
        for field, text in case.filled.items():
            page.locator(f"#search-{field}").fill(text)
        with page.expect_navigation():
            page.locator("#search-spans-send").click()


def narrow_down(page: Page) -> None:
    page.wait_for_load_state()
    page.locator("#search-more > summary").click()
    expect(page.locator(".search-spans")).to_be_visible()


def count_of(page: Page) -> str:
    return page.locator("[data-photo-count]").inner_text()


def counted(number: int) -> str:
    return f"{number} photo{'s' * (number != 1)}"


def in_order(photos: Sequence[Photo]) -> list[int]:
    """Return their keys, what was taken last first."""
    by_date = sorted(photos, key=lambda one: (one.taken, one.to != "year", one.key), reverse=True)
    return [photo.key for photo in by_date]


@pytest.mark.parametrize("kind", KINDS)
def test_ten_searches_of_a_kind_show_the_photos_of_which_they_are_true(
    page: Page, library: KnownLibrary, kind: str
) -> None:
    cases = [*KINDS[kind](library)]
    wrong, some = [], 0
    for case in cases:
        wanted = in_order([photo for photo in library.photos if case.fits(photo)])
        some += 0 < len(wanted) < len(library.photos)
        ask(page, case)
        shown = page.evaluate(SHOWN), count_of(page)
        if shown != (wanted, counted(len(wanted))):
            wrong.append((f"{case}", page.url, shown, wanted))
    assert wrong == []
    assert len(cases) == 10
    assert some > 5


def ways_out(library: KnownLibrary, parts: Sequence[Part]) -> list[str]:
    """Return what is said of each that could be taken away, so that others are left with photos."""
    told = []
    for part in parts:
        fits = both(*(other[2] for other in parts if other is not part))
        if count := sum(map(fits, library.photos)):
            told.append(f"Without {quoted(part[1])}: {counted(count)}")
    return sorted(told)


def test_where_nothing_is_found_each_chip_that_could_be_taken_away_is_named(
    page: Page, library: KnownLibrary
) -> None:
    named = 0
    for parts in impossible(library):
        fits = both(*(part[2] for part in parts))
        assert not any(map(fits, library.photos)), parts
        ask(page, Case(fits, " ".join(part[0] for part in parts)))
        expect(page.get_by_role("heading", name="Nothing found")).to_be_visible()
        assert count_of(page) == counted(0)
        ways = page.locator(".search-ways a").filter(has_text="Without")
        if wanted := ways_out(library, parts):
            named += 1
            assert sorted(ways.all_inner_texts()) == wanted
            said = ways.last.inner_text()
            follow(ways.last)
            assert said.endswith(f": {count_of(page)}")
    assert named > 5


def limits(library: KnownLibrary) -> tuple[float, float]:
    """Return up to which distance the site is sure of a face, and asks about it, to a thousandth."""
    found = LIMITS.search(library.visitor.page("/plots/?plot=distances"))
    assert found
    return int(found[1]) / 1000, int(found[2]) / 1000


def nearest(library: KnownLibrary, example: Face) -> list[tuple[float, Face]]:
    """Return the nearest face of each photo with its normalised distance, nearest first."""

    def far(face: Face) -> float:
        plain = distance(face.encoding, example.encoding)
        return float(plain) - (face.level + example.level) / 2

    found = [
        min((far(face), face.key, face) for face in one.shown)
        for one in library.photos
        if one.shown
    ]
    return [(apart, face) for apart, _key, face in sorted(found)]


def examples(library: KnownLibrary) -> Iterator[tuple[Photo, int]]:
    """Yield real photos, and which face on them is to be found: of one face six, of two four."""
    real = [one for one in library.photos if not one.is_gone and library.file_of(one)]
    for name in people_of(library)[:6]:
        yield next((one, 0) for one in real if one.named == {name} and len(one.faces) == 1)
    for photo in [one for one in real if len(one.named) == len(one.faces) == 2][:4]:
        yield photo, photo.key % 2


def test_a_photo_that_is_shown_finds_the_photos_of_its_person_the_nearest_first(
    page: Page, library: KnownLibrary
) -> None:
    sure, maybe = limits(library)
    shown = [*examples(library)]
    for photo, at in shown:
        face = sorted(photo.faces, key=lambda one: one.key)[at]
        far = {one.key: apart for apart, one in nearest(library, face)}
        people = {one.key: one.person for photo in library.photos for one in photo.shown}
        path = library.file_of(photo)
        assert path
        page.goto("/search/face/")
        page.wait_for_load_state()
        page.locator("#example-photo").set_input_files(path)
        if len(photo.faces) > 1:
            follow(page.locator(f"#example-face-{at + 1}"))
        title = page.locator("#example-found-title")
        expect(title).to_be_visible(timeout=ANALYSIS_MS)
        surely, perhaps = listed(page, "Very likely"), listed(page, "Perhaps")
        found = [*surely, *perhaps]
        expect(title).to_have_text(f"On {counted(len(found))}")
        assert all(far[one] <= far[other] + CLOSE for one, other in pairwise(found))
        for keys, limit in ((surely, sure), (found, maybe)):
            assert {key for key in far if far[key] < limit - CLOSE} <= {*keys}, photo.filename
            assert {*keys} <= {key for key in far if far[key] < limit + CLOSE}, photo.filename
        assert {people[key] for key in surely} <= {face.person, ""}
    assert len(shown) == 10


def listed(page: Page, title: str) -> list[int]:
    """Return the keys of the faces below a heading, in their order."""
    part = page.locator(f'h3:has-text("{title}") + .example-list')
    links = part.locator("a").evaluate_all("all => all.map((one) => one.hash)")
    return [int(link.removeprefix("#face-")) for link in links]
