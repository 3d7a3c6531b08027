"""Every page, small and wide, light and dark: nothing serious for axe, nothing off the screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
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

SIZES = {"phone": (360, 740), "desktop": (1440, 900)}
PAGES = [
    "/",
    "/photos/1/",
    "/people/",
    "/people/1/",
    "/accounts/",
    "/settings/",
    "/networks/",
    "/networks/mini-xception/",
    "/networks/residual/",
    "/networks/study/",
    "/accounts/password/",
    "/nowhere/",
]


@pytest.fixture(scope="module")
def furnished(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with the sample photos, one of them named."""
    site = migrated(tmp_path_factory, tmp_path_factory.mktemp("site") / "data").start()
    page = browser.new_page(base_url=site.url)
    make_first_account(page)
    page.get_by_role("button", name="Add sample photos").click()
    wait_until_analysed(page, len(samples()))
    open_photo(page, "obama.jpg")
    name_the_face(page, "Barack Obama")
    page.close()
    yield site
    site.stop()


@pytest.fixture(
    params=[(size, scheme) for size in SIZES for scheme in ("light", "dark")], ids="-".join
)
def visitor(request: pytest.FixtureRequest, browser: Browser, furnished: Site) -> Iterator[Page]:
    size, scheme = request.param
    width, height = SIZES[size]
    context = browser.new_context(
        base_url=furnished.url,
        viewport={"width": width, "height": height},
        color_scheme=scheme,
        has_touch=size == "phone",
    )
    yield context.new_page()
    context.close()


def faults(page: Page) -> list[str]:
    """Return what axe calls serious or critical, with the elements that it is about."""
    found = Axe().run(page).response["violations"]
    return [
        f"{page.url} {fault['id']}: {[node['html'][:120] for node in fault['nodes'][:3]]}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
    ]


def overflow(page: Page) -> int:
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def test_no_page_has_a_serious_fault_or_scrolls_sideways(visitor: Page) -> None:
    visitor.goto("/accounts/sign-in/")
    complaints = faults(visitor)
    sign_in(visitor)
    for path in PAGES:
        visitor.goto(path)
        visitor.wait_for_load_state("networkidle")
        complaints += faults(visitor)
        if overflow(visitor) > 0:
            complaints.append(f"{path} is {overflow(visitor)} px too wide")
    assert complaints == []


def test_the_photo_page_works_by_keyboard(page: Page, tmp_path: Path) -> None:
    make_first_account(page)
    drop(page, variants(tmp_path, 2))
    wait_until_analysed(page, 2)
    page.locator(".card-link").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/photos/*/")  # Scripts are there too: a key before them would be lost.
    newest = page.get_by_role("heading", level=1).inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).not_to_have_text(newest)
    page.wait_for_load_state()
    page.keyboard.press("ArrowLeft")
    expect(page.get_by_role("heading", level=1)).to_have_text(newest)
    field = page.get_by_label("Name of face 1")
    field.focus()
    page.keyboard.type("Ada")
    page.keyboard.press("ArrowLeft")  # Within the field it moves the caret, not the photo.
    expect(page.get_by_role("heading", level=1)).to_have_text(newest)
    page.keyboard.press("Enter")
    expect(page.locator(".face[data-state=named] h3")).to_contain_text("Ada")


def test_a_portrait_becomes_a_known_face(page: Page, tmp_path: Path) -> None:
    make_first_account(page)
    first, second = variants(tmp_path, 2)
    drop(page, [first])
    wait_until_analysed(page, 1)
    open_photo(page, first.name)
    name_the_face(page, "Ada")
    page.get_by_role("link", name="Ada", exact=True).click()
    known = page.locator(".known-list img")
    expect(known).to_have_count(1)
    page.locator('input[type="file"][name="file"]').set_input_files(second)
    page.wait_for_load_state()
    expect(page.locator("#portraits")).to_contain_text("Added as a known face", timeout=ANALYSIS_MS)


def test_leaving_while_files_are_on_their_way_warns(page: Page, tmp_path: Path) -> None:
    make_first_account(page)
    page.route("**/api/photos/", lambda route: None)  # The server never answers.
    drop(page, variants(tmp_path, 1))
    expect(page.locator("#upload-panel")).to_be_visible()
    page.locator("body").click()  # Chromium asks only on a page that was used.
    with page.expect_event("dialog") as asked:
        page.close(run_before_unload=True)
    assert asked.value.type == "beforeunload"
    asked.value.accept()
