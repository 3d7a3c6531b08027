"""People who are one become one: chosen on People, or asked about at the desk."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DESKTOP, context_of, watched
from tests.browser.steps import ANALYSIS_MS
from tests.browser.test_asked import PHONE
from tests.browser.test_pages import complaints_of
from tests.site.photos import SAMPLES
from tests.site.process import Visitor, wait_until

NAMES = {"obama.jpg": "Barack", "obama2.jpg": "Barry", "obama3.jpg": "Barack", "biden.jpg": "Joe"}


@pytest.fixture
def curator(member: Visitor) -> Visitor:
    """A member who gave one person two names, and another person a name."""
    photos = {name: member.upload(Path(SAMPLES / name)) for name in NAMES}
    wait_until(lambda: {one["state"] for one in member.photos()} == {"done"}, ANALYSIS_MS / 1000)
    for name, photo in photos.items():
        [face] = member.get(f"/api/photos/{photo}/")["faces"]
        member.post(f"/api/faces/{face['id']}/name/", json={"name": NAMES[name]})
    return member


def cards(page: Page) -> Locator:
    return page.locator(".person-card .person-name")


def test_two_who_are_chosen_become_one_and_two_again(browser: Browser, curator: Visitor) -> None:
    with watched(context_of(browser, curator, viewport=DESKTOP)) as page:
        page.goto("/people/")
        expect(cards(page)).to_have_text(["Barack", "Barry", "Joe"])
        page.get_by_role("link", name="Choose").click()
        for name in ("Barack", "Barry"):
            page.get_by_role("checkbox", name=name).check()
        page.get_by_role("button", name="These are one person").click()
        expect(page.get_by_role("radio")).to_have_count(2)
        assert complaints_of(page, 1280, 360) == []
        page.set_viewport_size(DESKTOP)
        page.get_by_role("radio", name="Barry").check()
        page.get_by_role("button", name="They are one person").click()

        expect(page.get_by_role("heading", name="Barry", exact=True)).to_be_visible()
        expect(page.locator("#count-photos")).to_have_text("3 photos")
        page.wait_for_load_state()  # Until then the button brings a whole page: what was done.
        page.locator("#toasts").get_by_role("button", name="Undo").click()
        expect(page.locator("#count-photos")).to_have_text("1 photo")
        page.goto("/people/")
        expect(cards(page)).to_have_text(["Barack", "Barry", "Joe"])
        page.get_by_role("link", name="Joe").click()
        page.goto(f"{page.url}rename/?name=barack")
        assert complaints_of(page, 1280, 360) == []


def test_a_name_that_is_taken_merges_without_a_script(browser: Browser, curator: Visitor) -> None:
    with watched(context_of(browser, curator, java_script_enabled=False, **PHONE)) as page:
        page.goto("/people/")
        page.get_by_role("link", name="Barry").first.click()
        page.goto(f"{page.url}rename/?name=BARACK&note=from+Hawaii")
        expect(page.get_by_label("Note")).to_have_value("from Hawaii")
        page.get_by_role("button", name="Merge Barry and Barack").click()
        expect(page.get_by_role("heading", name="Barack", exact=True)).to_be_visible()
        expect(page.locator("#count-photos")).to_contain_text("3 photos")


def test_the_desk_asks_who_is_one_by_keys_alone(browser: Browser, curator: Visitor) -> None:
    with watched(context_of(browser, curator, viewport=DESKTOP)) as page:
        page.goto("/desk/")
        question = page.get_by_role("heading", name="Are Barack and Barry one person?")
        done = page.get_by_role("heading", name="Nothing waits for you")
        toasts = page.locator("#toasts")
        expect(question).to_be_focused()
        assert complaints_of(page, 1280, 360) == []
        page.set_viewport_size(DESKTOP)

        # There is no field for a name, no face and no photo.
        for key in ("/", "x", "p", "a", "ArrowRight"):
            page.keyboard.press(key)
        expect(question).to_be_focused()
        page.keyboard.press("s")
        expect(toasts).to_contain_text("What you skipped comes again")
        page.keyboard.press("n")
        expect(done).to_be_focused()
        expect(toasts).to_contain_text("are two people")
        page.keyboard.press("u")
        expect(question).to_be_focused()
        page.keyboard.press("y")
        expect(done).to_be_focused()
        expect(toasts).to_contain_text("1 person more is Barack.")
        page.keyboard.press("u")
        expect(question).to_be_focused()
        page.keyboard.press("2")
        expect(toasts).to_contain_text("1 person more is Barry.")
        expect(page.locator("#desk-progress")).to_contain_text("5 of 5 answered today")


def test_people_shows_who_may_be_one_on_a_phone(browser: Browser, curator: Visitor) -> None:
    with watched(context_of(browser, curator, reduced_motion="reduce", **PHONE)) as page:
        page.goto("/people/")
        page.wait_for_load_state()
        assert complaints_of(page) == []
        page.get_by_role("button", name="Barack and Barry are two people").tap()
        expect(page.get_by_role("heading", name="They may be one")).to_have_count(0)
        page.locator("#toasts").get_by_role("button", name="Undo").tap()
        expect(page.get_by_role("heading", name="They may be one")).to_be_visible()
