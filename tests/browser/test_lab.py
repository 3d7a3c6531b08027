"""The lab in a real browser: columns that come as they are ready, sliders, all without scripts too."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import context_of, watched
from tests.browser.steps import ANALYSIS_MS, open_photo, wait_until_analysed
from tests.browser.test_pages import complaints_of
from tests.site.photos import pair_of
from tests.site.process import Visitor

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


def test_a_photo_is_looked_at_by_every_method(
    member: Visitor, here: Page, browser: Browser, tmp_path: Path
) -> None:
    member.upload(pair_of(tmp_path / "pair.jpg", "obama.jpg", "grace_hopper.jpg"))
    here.goto("/library/")
    wait_until_analysed(here, 1)
    open_photo(here, "pair.jpg")
    here.get_by_role("button", name="More actions").click()
    here.get_by_role("link", name="Open in the lab").click()

    # Nobody needs to press anything, and what is there does not wait for the rest.
    yunet = here.locator("#lab-yunet")
    expect(yunet.get_by_role("status")).to_have_text("2 boxes", timeout=ANALYSIS_MS)
    expect(here.locator(".lab-chips")).to_be_visible(timeout=ANALYSIS_MS)
    expect(here.locator("#lab-anew")).to_be_visible(timeout=ANALYSIS_MS)
    expect(here.locator(".lab-least input[type=range]")).to_have_count(7)

    slider = yunet.get_by_label("Least score")
    slider.focus()
    slider.press("End")
    expect(yunet.get_by_role("status")).to_have_text("0 boxes")
    expect(yunet.locator("g[data-score]:visible")).to_have_count(0)
    slider.press("Home")
    expect(yunet.get_by_role("status")).to_have_text(re.compile(r"^([2-9]|\d\d) boxes"))

    here.get_by_role("link", name="Face 2").click()
    expect(here.get_by_role("link", name="Face 2")).to_have_attribute("aria-current", "true")
    assert here.locator(".lab-points circle").count() == 68
    assert here.locator(".lab-encoding rect").count() == 128
    expect(here.get_by_role("table", name="Plain distances")).to_be_visible()
    assert complaints_of(here) == []

    address = here.url
    with watched(context_of(browser, member, **PHONE)) as phone:
        phone.goto(address)
        expect(phone.locator(".lab-least input[type=range]")).to_have_count(7)
        assert complaints_of(phone, 360) == []
    with watched(context_of(browser, member, java_script_enabled=False)) as bare:
        bare.goto(address)
        field = bare.locator("#hog-least")
        expect(field).to_have_attribute("type", "number")
        field.fill("1")
        bare.get_by_role("button", name="Show by these thresholds").click()
        expect(bare.locator("#lab-hog [data-count]")).to_have_text("0 boxes")
        expect(bare.locator("#lab-hog")).to_contain_text(" ms")
