"""Choosing methods in a real browser: with a mouse, by keyboard, and without scripts."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import (
    ANALYSIS_MS,
    drop,
    make_first_account,
    name_the_face,
    open_photo,
    sign_in,
    wait_until_analysed,
)
from tests.site.photos import variants
from tests.site.process import Site

DOTS = ".landmarks path"


def dots(page: Page) -> int:
    """Return how many landmarks are drawn on the photo."""
    return (page.locator(DOTS).first.get_attribute("d") or "").count("M")


def test_a_photo_is_analysed_again_with_a_choice_and_keeps_its_name(
    page: Page, tmp_path: Path
) -> None:
    make_first_account(page)
    [photo] = variants(tmp_path, 1)
    drop(page, [photo])
    wait_until_analysed(page, 1)
    open_photo(page, photo.name)
    name_the_face(page, "Ada")
    assert dots(page) == 68

    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Analyse by other methods").click()
    dialog = page.get_by_role("dialog", name="Analyse this photo again")
    expect(dialog.get_by_label("Landmarks")).to_have_value("dlib68")
    dialog.get_by_label("Landmarks").select_option("dlib5")
    dialog.get_by_role("button", name="Analyse", exact=True).click()

    expect(page.locator("#photo-result[data-state=done]")).to_be_visible(timeout=ANALYSIS_MS)
    expect(page.locator(".face[data-state=named] h3")).to_contain_text("Ada")
    assert dots(page) == 5
    page.locator("#file-info summary").click()
    expect(page.locator("#file-info")).to_contain_text("dlib-5")
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Analyse by other methods").click()
    expect(dialog.get_by_label("Landmarks")).to_have_value("dlib5")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="More actions")).to_be_focused()


def test_the_settings_are_reached_and_changed_by_keyboard(page: Page, tmp_path: Path) -> None:
    make_first_account(page)
    page.get_by_role("button", name="Account").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Settings").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/settings/")

    landmarks = page.get_by_label("Landmarks")
    landmarks.focus()
    page.keyboard.type("dlib, 5")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Save").press("Enter")

    expect(page.locator("#toasts")).to_contain_text("Saved. New photos are analysed that way.")
    expect(landmarks).to_have_value("dlib5")
    page.goto("/")
    [photo] = variants(tmp_path, 1)
    drop(page, [photo])
    wait_until_analysed(page, 1)
    open_photo(page, photo.name)
    assert dots(page) == 5


def test_the_settings_work_without_scripts(browser: Browser, site: Site, page: Page) -> None:
    make_first_account(page)
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    plain = context.new_page()
    sign_in(plain)
    plain.get_by_role("button", name="Account").click()
    plain.get_by_role("link", name="Settings").click()
    plain.get_by_label("Landmarks").select_option("dlib5")
    plain.get_by_role("button", name="Save").click()

    expect(plain.get_by_text("Saved. New photos are analysed that way.")).to_be_visible()
    expect(plain.get_by_label("Landmarks")).to_have_value("dlib5")
    context.close()
