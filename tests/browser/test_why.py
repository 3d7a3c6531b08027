"""Why a face has its name: a dialog over the photo, by mouse and keyboard, and a page without scripts."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import context_of, watched
from tests.browser.steps import ANALYSIS_MS, name_the_face, open_photo
from tests.browser.test_pages import complaints_of
from tests.site.photos import samples, variants
from tests.site.process import Visitor, wait_until

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
FIRST, AGAIN, OTHER = "astronaut-0.jpg", f"astronaut-{len(samples())}.jpg", "biden-1.jpg"


@pytest.fixture
def furnished(member: Visitor, tmp_path: Path) -> Visitor:
    """A member with two photos of one person, and photos of others."""
    for path in variants(tmp_path, len(samples()) + 1):
        member.upload(path)
    wait_until(lambda: {one["state"] for one in member.photos()} == {"done"}, ANALYSIS_MS / 1000)
    return member


def asked_why(page: Page) -> Locator:
    """Name the person on one photo, go to the other and open the reasons of the guess there."""
    page.goto("/library/")
    open_photo(page, FIRST)
    name_the_face(page, "Eileen")
    page.goto("/library/")
    open_photo(page, AGAIN)
    page.get_by_role("link", name="Why?").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def test_why_opens_over_the_photo_and_gives_the_focus_back(
    furnished: Visitor, here: Page, browser: Browser
) -> None:
    dialog = asked_why(here)

    expect(dialog.get_by_role("heading", level=2)).to_be_focused()
    expect(dialog).to_contain_text("Taken for Eileen, until you say so or not.")
    expect(dialog).to_contain_text("Very likely: closer than")
    expect(dialog.get_by_role("img", name="The nearest known face of Eileen")).to_be_visible()
    assert dialog.locator("svg circle").count() == 2
    assert complaints_of(here) == []
    here.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(here.get_by_role("link", name="Why?")).to_be_focused()

    # Of another face, in the same dialog; the photo is as it was.
    here.goto("/library/")
    open_photo(here, OTHER)
    here.get_by_role("link", name="Why no name?").press("Enter")
    expect(dialog).to_contain_text("Nobody you named is near enough.")
    dialog.get_by_role("button", name="Close").click()
    expect(dialog).to_be_hidden()

    address = here.get_by_role("link", name="Why no name?").get_attribute("href")
    options = {"java_script_enabled": False} | PHONE
    with watched(context_of(browser, furnished, **options)) as bare:
        bare.goto(f"{address}")
        expect(bare.get_by_role("heading", level=1)).to_have_text("Why?")
        expect(bare.locator("main")).to_contain_text("Nobody you named is near enough.")
        bare.get_by_role("link", name="Back to the photo").click()
        expect(bare.get_by_role("heading", level=1)).to_have_text(OTHER)


def test_why_fits_a_phone(furnished: Visitor, browser: Browser) -> None:
    with watched(context_of(browser, furnished, reduced_motion="reduce", **PHONE)) as page:
        dialog = asked_why(page)

        expect(dialog).to_contain_text("Taken for Eileen")
        assert complaints_of(page) == []
        page.goto(f"{page.get_by_role('link', name='Why?').get_attribute('href')}")
        assert complaints_of(page) == []
