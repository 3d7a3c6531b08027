"""Faces are put aside by one press, by keys too, and some of many come back."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import context_of, watched
from tests.browser.steps import ANALYSIS_MS, name_the_face, open_photo
from tests.browser.test_pages import complaints_of
from tests.site.photos import variants
from tests.site.process import Visitor, wait_until


@pytest.fixture
def furnished(member: Visitor, tmp_path: Path) -> Visitor:
    """A member with five photos of one face each."""
    for path in variants(tmp_path, 5):
        member.upload(path)
    wait_until(lambda: {one["state"] for one in member.photos()} == {"done"}, ANALYSIS_MS / 1000)
    return member


def put_aside(page: Page, photo: str, what: str) -> None:
    page.goto("/library/")
    open_photo(page, photo)
    button = page.get_by_role("button", name=what)
    button.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Nobody to name")).to_be_visible()


def test_faces_are_put_aside_and_brought_back_by_keys(furnished: Visitor, here: Page) -> None:
    here.goto("/library/")
    open_photo(here, "astronaut-0.jpg")
    name_the_face(here, "Eileen")
    put_aside(here, "biden-1.jpg", "Face 1 is not a face")
    expect(here.locator(".overlay .box")).to_have_count(0)
    for photo in ("grace_hopper-2.jpg", "obama-3.jpg", "obama2-4.jpg"):
        put_aside(here, photo, "Face 1 is a stranger's")
    expect(here.locator(".overlay .box.line")).to_have_count(1)

    here.locator("#to-aside").click()
    strangers = here.locator("#stranger")
    boxes = strangers.get_by_role("checkbox")
    expect(boxes).to_have_count(3)
    assert complaints_of(here) == []
    back = strangers.get_by_role("button", name="A face after all")
    expect(back).to_be_disabled()
    boxes.first.focus()
    here.keyboard.press("Space")
    here.keyboard.press("Shift+ArrowRight")
    expect(boxes.nth(1)).to_be_checked()
    expect(boxes.nth(1)).to_be_focused()
    expect(boxes.nth(2)).not_to_be_checked()
    back.focus()
    here.keyboard.press("Enter")

    expect(here.locator("#toasts")).to_contain_text("2 faces are among the others again.")
    expect(here.get_by_role("heading", name="Strangers 1")).to_be_focused()
    here.keyboard.press("Control+z")
    expect(boxes).to_have_count(3)

    boxes.first.check()
    strangers.get_by_label("Name for the chosen faces").fill("Eileen")
    here.keyboard.press("Enter")
    expect(here.locator("#toasts")).to_contain_text("1 face is Eileen now.")
    expect(boxes).to_have_count(2)


def test_without_scripts_buttons_do_the_same(browser: Browser, furnished: Visitor) -> None:
    with watched(context_of(browser, furnished, java_script_enabled=False)) as page:
        put_aside(page, "biden-1.jpg", "Face 1 is a stranger's")
        page.goto("/people/aside/")
        box = page.get_by_role("checkbox").first
        box.press("Enter")  # It sends nothing.
        box.check()
        page.get_by_role("button", name="A face after all").click()

        expect(page.locator("#toasts")).to_contain_text("A face is among the others again.")
        expect(page.get_by_role("heading", name="Nothing is put aside")).to_be_visible()
