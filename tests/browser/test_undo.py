"""What was said is undone by its message, by keys that leave fields alone, and from the list."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.steps import ANALYSIS_MS, name_the_face, open_photo
from tests.browser.test_pages import complaints_of
from tests.site.photos import variants
from tests.site.process import Visitor, wait_until


@pytest.fixture
def at(member: Visitor, here: Page, tmp_path: Path) -> Page:
    """The page of a photo with one face."""
    for path in variants(tmp_path, 1):
        member.upload(path)
    wait_until(lambda: {one["state"] for one in member.photos()} == {"done"}, ANALYSIS_MS / 1000)
    here.goto("/library/")
    open_photo(here, "astronaut-0.jpg")
    return here


def test_a_name_is_undone_by_button_key_and_list(at: Page) -> None:
    toasts = at.locator("#toasts")
    field = at.get_by_role("combobox", name="Name of face 1")
    name_the_face(at, "Eileen")
    expect(toasts).to_contain_text("1 face is Eileen now.")
    toasts.get_by_role("button", name="Undo").click()
    expect(toasts).to_contain_text("Undone: 1 face is Eileen now.")
    expect(field).to_have_value("")

    toasts.get_by_role("button", name="Do again").click()
    expect(at.get_by_role("heading", name="Eileen")).to_be_visible()
    at.locator("#main").focus()
    at.keyboard.press("u")
    expect(field).to_have_value("")

    # In a field it is a letter, and while a syllable is composed nothing at all.
    field.press_sequentially("ulu")
    expect(field).to_have_value("ulu")
    field.press("Control+z")
    expect(toasts).not_to_contain_text("nothing to undo")

    at.goto("/done/")
    assert complaints_of(at) == []
    at.get_by_role("button", name="Do again: 1 face is Eileen now.").click()
    expect(toasts).to_contain_text("Done again")
    at.keyboard.press("Control+z")
    expect(toasts).to_contain_text("Undone: 1 face is Eileen now.")
    at.keyboard.press("Control+z")
    expect(toasts).to_contain_text("There is nothing to undo.")
