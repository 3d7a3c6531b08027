"""Every page, small and wide, light and dark: nothing serious for axe, nothing off the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import (
    ANALYSIS_MS,
    drop,
    make_first_account,
    name_the_face,
    open_photo,
    sign_in,
    wait_until_analysed,
)
from tests.site.photos import samples, variants
from tests.site.process import Site, migrated

Scheme = Literal["light", "dark"]
SCHEMES: tuple[Scheme, ...] = ("light", "dark")
SIZES = {"phone": (360, 740), "desktop": (1440, 900)}
PAGES = [
    "/",
    "/library/",
    "/photos/1/",
    "/photos/1/draw/",
    "/people/",
    "/people/1/",
    "/people/bring/",
    "/people/health/",
    "/accounts/",
    "/settings/",
    "/networks/",
    "/networks/mini-xception/",
    "/networks/residual/",
    "/networks/study/",
    "/folders/",
    "/accounts/password/",
    "/nowhere/",
]


@pytest.fixture(scope="module")
def furnished(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with the sample photos, one of them named."""
    data = tmp_path_factory.mktemp("site") / "data"
    site = migrated(
        tmp_path_factory, data, ANALYSIS_CHILDREN="1", IMPORT_FOLDERS=f"{data.parent}"
    ).start()
    page = browser.new_page(base_url=site.url)
    make_first_account(page)
    page.get_by_role("button", name="Add sample photos").click()
    wait_until_analysed(page, len(samples()))
    open_photo(page, "obama.jpg")
    name_the_face(page, "Barack Obama")
    page.close()
    yield site
    site.stop()


@pytest.fixture(params=SIZES)
def visitor(request: pytest.FixtureRequest, browser: Browser, furnished: Site) -> Iterator[Page]:
    """A page in which motion is reduced: axe would see colours on their way to another scheme."""
    width, height = SIZES[request.param]
    context = browser.new_context(
        base_url=furnished.url,
        viewport={"width": width, "height": height},
        has_touch=request.param == "phone",
        reduced_motion="reduce",
    )
    yield context.new_page()
    context.close()


# The rules of axe for which it matters in which colours a page is shown.
OF_COLOURS = ("color-contrast", "link-in-text-block")
AXE = """async (rules) => {
  const only = rules.length ? {runOnly: {type: "rule", values: rules}} : {};
  const {violations} = await axe.run({resultTypes: ["violations"], ...only});
  return violations
    .filter(({impact}) => ["serious", "critical"].includes(impact))
    .map(({id, nodes}) => [id, nodes.slice(0, 3).map(({html}) => html.slice(0, 120))]);
}"""


# By the second, whatever comes into view has been asked for.
TWO_FRAMES = "new Promise((then) => requestAnimationFrame(() => requestAnimationFrame(then)))"


def faults(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """Return what axe calls serious or critical by all its rules or by some, with its elements."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    return [f"{page.url} {fault}: {nodes}" for fault, nodes in page.evaluate(AXE, [*rules])]


def wait_for_parts(page: Page) -> None:
    """Return when the scripts have run and what they fetched is there."""
    page.wait_for_load_state()
    page.evaluate(TWO_FRAMES)
    expect(page.locator(".htmx-request")).to_have_count(0)


def overflow(page: Page) -> int:
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def complaints_of(page: Page, *widths: int) -> list[str]:
    """Return what is wrong with the page, as wide as it is or at each of these widths, light and dark."""
    found = []
    for width, scheme in product(widths or [None], SCHEMES):
        if width is not None:
            page.set_viewport_size({"width": width, "height": 900})
        # Without motion: axe would see colours on their way from one scheme to the other.
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        rules = () if scheme == SCHEMES[0] else OF_COLOURS
        found += [f"{scheme}: {fault}" for fault in faults(page, rules)]
        if overflow(page) > 0:
            found.append(f"{page.url} is {overflow(page)} px too wide when {scheme}")
    return found


def test_no_page_has_a_serious_fault_or_scrolls_sideways(visitor: Page) -> None:
    visitor.goto("/accounts/sign-in/")
    complaints = complaints_of(visitor)
    sign_in(visitor)
    for path in PAGES:
        visitor.goto(path)
        wait_for_parts(visitor)
        if path == "/people/1/":
            visitor.locator("#birth-summary").click()
        complaints += complaints_of(visitor)
    assert complaints == []


def test_a_birth_is_said_by_keyboard_and_what_is_refused_stays_to_be_corrected(
    visitor: Page,
) -> None:
    sign_in(visitor)
    visitor.goto("/people/1/")
    summary = visitor.locator("#birth-summary")
    summary.focus()
    visitor.keyboard.press("Enter")
    visitor.keyboard.press("Tab")
    visitor.keyboard.press("Control+A")
    visitor.keyboard.type("1691")
    visitor.keyboard.press("Enter")
    expect(visitor.locator("#birth-error")).to_contain_text("no photography before 1826")
    expect(visitor.get_by_role("textbox", name="Year")).to_have_value("1691")
    expect(visitor.get_by_role("textbox", name="Year")).to_be_focused()
    assert complaints_of(visitor) == []

    visitor.get_by_role("textbox", name="Year").fill("1961")
    visitor.get_by_role("combobox", name="Month").select_option("August")
    visitor.get_by_role("button", name="Save").click()

    expect(summary).to_have_text("Born August 1961")
    expect(visitor.locator("#birth-error")).to_have_count(0)


def test_the_photo_page_works_by_keyboard(here: Page, tmp_path: Path) -> None:
    drop(here, variants(tmp_path, 2))
    wait_until_analysed(here, 2)
    here.reload()  # What has just arrived stands in the order in which it was sent.
    here.locator(".card-link").first.focus()
    here.keyboard.press("Enter")
    here.wait_for_url("**/photos/*/")  # Scripts are there too: a key before them would be lost.
    newest = here.get_by_role("heading", level=1).inner_text()
    here.keyboard.press("ArrowRight")
    expect(here.get_by_role("heading", level=1)).not_to_have_text(newest)
    here.wait_for_load_state()
    here.keyboard.press("ArrowLeft")
    expect(here.get_by_role("heading", level=1)).to_have_text(newest)
    here.wait_for_load_state()
    field = here.get_by_label("Name of face 1")
    field.focus()
    here.keyboard.type("Ada")
    here.keyboard.press("ArrowLeft")  # Within the field it moves the caret, not the photo.
    expect(here.get_by_role("heading", level=1)).to_have_text(newest)
    here.keyboard.press("Enter")
    expect(here.locator(".face[data-state=named] h3")).to_contain_text("Ada")


def test_a_portrait_becomes_a_known_face(here: Page, tmp_path: Path) -> None:
    first, second = variants(tmp_path, 2)
    drop(here, [first])
    wait_until_analysed(here, 1)
    open_photo(here, first.name)
    name_the_face(here, "Ada")
    here.get_by_role("link", name="Ada", exact=True).click()
    known = here.locator(".known-list img")
    expect(known).to_have_count(1)
    here.wait_for_load_state()  # Chosen before the script is there, a file would wait for a button.
    here.locator('input[type="file"][name="file"]').set_input_files(second)
    expect(here.locator("#portraits")).to_contain_text("Added as a known face", timeout=ANALYSIS_MS)


def test_leaving_while_files_are_on_their_way_warns(here: Page, tmp_path: Path) -> None:
    here.route("**/api/photos/", lambda route: None)  # The server never answers.
    drop(here, variants(tmp_path, 1))
    expect(here.locator("#upload-panel")).to_be_visible()
    here.locator("body").click()  # Chromium asks only on a page that was used.
    with here.expect_event("dialog") as asked:
        here.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    with here.expect_event("close"):
        asked.value.accept()
