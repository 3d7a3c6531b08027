"""Looking harder at a photo, from its menu."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.steps import (
    ANALYSIS_MS,
    drop,
    name_the_face,
    open_photo,
    wait_until_analysed,
)
from tests.site.photos import variants


def test_looking_harder_says_what_it_found_and_keeps_the_name(here: Page, tmp_path: Path) -> None:
    page = here
    [photo] = variants(tmp_path, 1)
    drop(page, [photo])
    wait_until_analysed(page, 1)
    open_photo(page, photo.name)
    name_the_face(page, "Ada")

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Look harder").click()

    notice = page.get_by_text("Looked harder: no more faces than before.")
    expect(notice).to_be_visible(timeout=ANALYSIS_MS)
    expect(page.locator(".face[data-state=named] h3")).to_contain_text("Ada")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Analyse again", exact=True).click()
    expect(notice).to_have_count(0)
    expect(page.locator("#photo-result[data-state=done]")).to_be_visible(timeout=ANALYSIS_MS)
    expect(notice).to_have_count(0)
