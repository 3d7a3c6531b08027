"""The camera in a real browser, which is a film: who is on it, a snapshot, and why it may be off."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tests.browser import camera, chromium
from tests.browser.conftest import DESKTOP, context_of, watched
from tests.browser.steps import ANALYSIS_MS
from tests.browser.test_pages import complaints_of
from tests.site.photos import SAMPLES
from tests.site.process import Site, Visitor, wait_until

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
# Each script that hides something from the page, and what that then says.
WITHOUT = [
    ("Object.defineProperty(window, 'isSecureContext', {value: false})", "begins with https"),
    (
        "navigator.mediaDevices.getUserMedia = () => "
        "Promise.reject(new DOMException('', 'NotFoundError'))",
        "No camera was found",
    ),
    (
        "navigator.mediaDevices.getUserMedia = () => "
        "Promise.reject(new DOMException('', 'NotAllowedError'))",
        "Allow it beside the address",
    ),
]
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A Chromium whose camera shows one of the samples."""
    path = camera.film(tmp_path_factory.mktemp("film") / "camera.y4m", [SAMPLES / "obama.jpg"])
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium.find(), args=camera.arguments(path)
        )
        yield browser
        browser.close()


@pytest.fixture
def admin(shared_site: Site) -> Visitor:
    return Visitor(shared_site).sign_in("alice")


@pytest.fixture
def context(browser: Browser, admin: Visitor) -> BrowserContext:
    return context_of(browser, admin, viewport=DESKTOP)


def name_the_photo(visitor: Visitor) -> None:
    """Have the visitor know the one on the film by another photo."""
    visitor.upload(SAMPLES / "obama2.jpg")
    wait_until(lambda: {one["state"] for one in visitor.photos()} == {"done"}, ANALYSIS_MS / 1000)
    [face, *_] = visitor.get(f"/api/photos/{visitor.photos()[0]['id']}/")["faces"]
    assert visitor.post(f"/api/faces/{face['id']}/name/", json={"name": "Ada"}).ok


def switch_on(page: Page) -> None:
    page.goto("/live/")
    page.get_by_role("button", name="Switch the camera on").click()


def test_who_is_before_the_camera_is_named_and_a_snapshot_is_a_photo(
    context: BrowserContext, admin: Visitor
) -> None:
    name_the_photo(admin)
    before = len(admin.photos())
    with watched(context) as page:
        switch_on(page)
        seen = page.get_by_role("list", name="Who is seen").get_by_role("listitem")
        expect(seen).to_have_text(re.compile(r"^Ada\?, male, about"), timeout=ANALYSIS_MS)
        expect(page.locator("#camera-overlay rect.line")).to_have_count(1)
        page.get_by_label("Landmarks").check()
        expect(page.locator("#camera-overlay path.dot")).to_have_count(1)
        page.get_by_label("Names").uncheck()
        expect(page.locator("#camera-overlay text")).to_have_count(2)
        assert complaints_of(page, 1280, 360) == []
        assert len(admin.photos()) == before

        page.evaluate(HIDE, True)
        expect(page.locator("#camera-off")).to_contain_text("rests while the page is hidden")
        page.evaluate(HIDE, False)
        expect(seen).to_have_count(1, timeout=ANALYSIS_MS)

        page.get_by_role("button", name="Take a snapshot").click()
        expect(page.locator(".toast")).to_contain_text("in your library now")
        assert len(admin.photos()) == before + 1

        page.get_by_role("button", name="Switch it off").click()
        expect(page.get_by_role("button", name="Switch the camera on")).to_be_focused()
        expect(seen).to_have_count(0)


def test_it_ends_with_the_session_and_in_another_window(
    browser: Browser, context: BrowserContext, admin: Visitor
) -> None:
    with watched(context) as page:
        switch_on(page)
        expect(page.locator("#camera-pace")).not_to_be_empty(timeout=ANALYSIS_MS)
        with watched(context_of(browser, admin, **PHONE)) as other:
            switch_on(other)
            expect(page.locator("#camera-off")).to_contain_text("on in another window")
            expect(other.locator("#camera-pace")).not_to_be_empty(timeout=ANALYSIS_MS)
            admin.post("/accounts/sign-out/")
            expect(other.locator("#camera-off")).to_contain_text("You are signed out")


@pytest.mark.parametrize(("script", "sentence"), WITHOUT, ids=["http", "none", "refused"])
def test_the_page_says_why_the_camera_is_off(
    context: BrowserContext, script: str, sentence: str
) -> None:
    with watched(context) as page:
        page.add_init_script(script)
        page.goto("/live/")
        start = page.get_by_role("button", name="Switch the camera on")
        if start.is_enabled():
            start.click()
        expect(page.get_by_role("alert")).to_contain_text(sentence)
        expect(page.locator("#camera")).to_have_attribute("data-state", "off")
        assert complaints_of(page) == []
