"""Many faces of one person confirmed at once in a real browser, one taken out, by keyboard and by touch."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import context_of, watched
from tests.browser.steps import ANALYSIS_MS, go_by_tab, name_the_face, open_photo
from tests.browser.test_pages import complaints_of
from tests.site.photos import SAMPLES, jpeg_of
from tests.site.process import Visitor, wait_until

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def furnished(member: Visitor, tmp_path: Path) -> Visitor:
    """A member with six photos of one person."""
    for number in range(6):
        path = tmp_path / f"obama-{number}.jpg"
        # Bytes after a JPEG's end make another file of the same photo.
        path.write_bytes(jpeg_of(SAMPLES / "obama.jpg") + b"%d" % number)
        member.upload(path)
    wait_until(lambda: {one["state"] for one in member.photos()} == {"done"}, ANALYSIS_MS / 1000)
    return member


@pytest.fixture
def at(furnished: Visitor, here: Page) -> Page:
    """The page of the person, who is named on one of the photos."""
    here.goto("/library/")
    open_photo(here, "obama-0.jpg")
    name_the_face(here, "Barack")
    here.goto("/people/")
    here.get_by_role("link", name="Barack").click()
    expect(here.get_by_role("heading", name="Surely Barack 5")).to_be_visible()
    here.wait_for_load_state()
    return here


@pytest.fixture
def phone(browser: Browser, furnished: Visitor, at: Page) -> Iterator[Page]:
    with watched(context_of(browser, furnished, reduced_motion="reduce", **PHONE)) as page:
        page.goto(at.url)
        yield page


def test_some_of_many_are_confirmed_by_keyboard_and_the_one_taken_out_is_refused(at: Page) -> None:
    boxes = at.locator("#guesses").get_by_role("checkbox")
    assert complaints_of(at) == []
    boxes.nth(1).focus()
    at.keyboard.press("Enter")  # It sends nothing.
    at.keyboard.press("Space")
    expect(boxes.nth(1)).not_to_be_checked()
    confirm = at.get_by_role("button", name="Confirm these 4")
    expect(at.get_by_role("button", name="None of these 4")).to_be_visible()
    left_out = boxes.nth(1).get_attribute("value")

    confirm.focus()
    at.keyboard.press("Enter")

    expect(at.locator("#toasts")).to_contain_text("4 faces are Barack now.")
    expect(at.get_by_role("heading", name="Surely Barack 1")).to_be_focused()
    expect(boxes).to_have_count(1)
    assert boxes.get_attribute("value") == left_out
    expect(at.locator("#person-count")).to_contain_text("5 photos")
    expect(at.locator("#person-photos .card")).to_have_count(5)

    # Whoever goes there has seen it; the second half of a double press would say nothing.
    go_by_tab(at.get_by_role("button", name="Not this one"))
    at.keyboard.press("Enter")

    expect(at.locator("#toasts")).to_contain_text("1 face is not Barack")
    expect(at.locator("#guesses")).to_have_count(0)
    expect(at.get_by_role("heading", level=1)).to_be_focused()
    expect(at.locator("#person-count")).not_to_contain_text("guess")


def test_news_leaves_what_is_taken_out_and_the_number_on_the_buttons(at: Page) -> None:
    boxes = at.locator("#guesses").get_by_role("checkbox")
    boxes.first.uncheck()
    boxes.nth(2).click(modifiers=["Shift"])
    expect(at.get_by_role("button", name="Confirm these 2")).to_be_visible()

    with at.expect_response("**/faces/?*"):
        at.evaluate("htmx.trigger(document.body, 'people')")

    expect(at.get_by_role("button", name="Confirm these 2")).to_be_visible()
    at.get_by_role("button", name="Choose none").click()
    expect(at.get_by_role("button", name="Confirm these")).to_be_disabled()
    at.get_by_role("button", name="Choose all").click()
    expect(at.get_by_role("button", name="Confirm these 5")).to_be_enabled()


def test_the_faces_fit_a_phone_and_lead_to_their_photos(phone: Page) -> None:
    assert complaints_of(phone) == []
    phone.locator(".crop-choice").first.tap()
    expect(phone.get_by_role("button", name="Confirm these 4")).to_be_in_viewport()

    phone.locator(".crop-photo").first.tap()

    expect(phone.get_by_role("heading", level=1)).to_contain_text("obama-")
    expect(phone.locator(".face:target")).to_be_visible()


def test_what_comes_above_leaves_the_faces_where_they_are(phone: Page) -> None:
    phone.set_viewport_size({"width": 360, "height": 320})
    phone.locator("#count-guesses").tap()
    heading = phone.locator("#guesses-title")
    phone.locator(".crop-choice").first.tap()
    before = heading.bounding_box()

    phone.get_by_role("button", name="Confirm these 4").tap()

    # Whom four more faces are known by is shown above, and the photos below.
    expect(phone.locator(".known-list img")).to_have_count(5)
    expect(phone.locator("#person-photos .card")).to_have_count(5)
    after = heading.bounding_box()
    assert before
    assert after
    assert after["y"] == pytest.approx(before["y"], abs=8)


def test_without_scripts_the_same_form_does_it(
    browser: Browser, furnished: Visitor, at: Page
) -> None:
    with watched(context_of(browser, furnished, java_script_enabled=False)) as page:
        page.goto(at.url)
        first = page.locator("#guesses").get_by_role("checkbox").first
        first.press("Enter")  # It sends nothing.
        first.uncheck()
        page.get_by_role("button", name="Confirm these", exact=True).click()

        expect(page.locator("#toasts")).to_contain_text("4 faces are Barack now.")
        expect(page.get_by_role("heading", name="Surely Barack 1")).to_be_visible()
