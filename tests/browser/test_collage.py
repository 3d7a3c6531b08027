"""A photo with the same people several times, in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.steps import ANALYSIS_MS, open_photo
from tests.browser.test_focus import crowds
from tests.site.process import Visitor, wait_until


def test_each_of_two_is_named_once_until_the_photo_has_them_several_times(
    member: Visitor, here: Page, tmp_path: Path
) -> None:
    member.upload(crowds(tmp_path)[0])
    wait_until(lambda: {one["state"] for one in member.photos()} == {"done"}, ANALYSIS_MS / 1000)
    here.goto("/library/")
    open_photo(here, "crowd-0.jpg")
    for number, name in ((0, "Barack"), (1, "Joseph")):
        field = here.locator(".face").nth(number).get_by_role("combobox")
        field.fill(name)
        field.press("Enter")
        expect(here.locator(".face").nth(number)).to_have_attribute("data-state", "named")
    expect(here.locator(".face[data-state=unknown]")).to_have_count(2)

    menu(here, "The same people several times")

    expect(here.locator(".face .face-label")).to_have_text(["Barack?", "Joseph?"])

    menu(here, "Each person at most once")

    expect(here.locator(".face[data-state=unknown]")).to_have_count(2)


def menu(page: Page, name: str) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name=name).click()
