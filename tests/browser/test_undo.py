"""What was said is undone by its message, by keys that leave fields alone, and from the list."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import context_of, watched
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


SAY = """async () => {
  const { toast } = await import("/static/js/toasts.js");
  toast("The date of 12 photos was set to 3 May 2019, 12:00.", "info", { undo: "/undo/1/" });
}"""
UNDER = """() => {
  const covers = (box, other) => box.left < other.right - 1 && box.right > other.left + 1
    && box.top < other.bottom - 1 && box.bottom > other.top + 1;
  const said = document.querySelector(".toast").getBoundingClientRect();
  const all = document.querySelectorAll(":is(main, .rail) :is(a, button, input, select, summary)");
  const seen = { visibilityProperty: true, opacityProperty: true };
  return [...all].filter((one) => one.checkVisibility(seen))
    .filter((one) => covers(one.getBoundingClientRect(), said)).map((one) => one.outerHTML);
}"""


def test_on_a_phone_the_last_buttons_come_out_from_under_a_message_and_the_panel_is_not_covered(
    browser: Browser, member: Visitor, tmp_path: Path
) -> None:
    with watched(context_of(browser, member, viewport={"width": 360, "height": 640})) as page:
        page.goto("/settings/")
        page.wait_for_load_state()
        page.evaluate(SAY)
        expect(page.locator(".toast")).to_be_visible()
        page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
        # It stands where it is to stay at the next look, 0.2 s later at most.
        wait_until(lambda: page.evaluate(UNDER) == [], 10)

        page.goto("/library/")
        page.wait_for_load_state()
        (tmp_path / "no-photo.jpg").write_bytes(b"no")
        page.locator("input[type=file][name=files]").first.set_input_files(
            tmp_path / "no-photo.jpg"
        )
        expect(page.locator("#upload-title")).to_have_text("1 refused")
        page.evaluate(SAY)
        panel, said = page.locator("#upload-panel"), page.locator(".toast")
        expect(said).to_be_visible()
        wait_until(lambda: is_above(said.bounding_box(), panel.bounding_box()), 10)


def is_above(box: Any, other: Any) -> bool:
    return bool(box["y"] + box["height"] <= other["y"])
