"""Choosing methods in a real browser: with a mouse, by keyboard, and without scripts."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import context_of
from tests.browser.steps import (
    ANALYSIS_MS,
    drop,
    name_the_face,
    open_photo,
    wait_until_analysed,
)
from tests.site.photos import variants
from tests.site.process import Visitor

DOTS = ".landmarks path"


def dots(page: Page) -> int:
    """Return how many landmarks are drawn on the photo."""
    return (page.locator(DOTS).first.get_attribute("d") or "").count("M")


def test_a_photo_is_analysed_again_with_a_choice_and_keeps_its_name(
    here: Page, tmp_path: Path
) -> None:
    [photo] = variants(tmp_path, 1)
    drop(here, [photo])
    wait_until_analysed(here, 1)
    open_photo(here, photo.name)
    name_the_face(here, "Ada")
    assert dots(here) == 68

    here.get_by_role("button", name="More actions").click()
    here.get_by_role("button", name="Analyse by other methods").click()
    dialog = here.get_by_role("dialog", name="Analyse this photo again")
    expect(dialog.get_by_label("Landmarks")).to_have_value("dlib68")
    dialog.get_by_label("Landmarks").select_option("dlib5")
    expect(dialog.locator("[data-chosen=id_landmarks]")).to_contain_text("quicker")
    dialog.get_by_role("button", name="Analyse", exact=True).click()

    expect(here.locator("#photo-result[data-state=done]")).to_be_visible(timeout=ANALYSIS_MS)
    expect(here.locator(".face[data-state=named] h3")).to_contain_text("Ada")
    assert dots(here) == 5
    here.locator("#file-info summary").click()
    expect(here.locator("#file-info")).to_contain_text("dlib-5")
    here.get_by_role("button", name="More actions").click()
    here.get_by_role("button", name="Analyse by other methods").click()
    expect(dialog.get_by_label("Landmarks")).to_have_value("dlib5")
    here.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(here.get_by_role("button", name="More actions")).to_be_focused()


def test_the_settings_are_reached_and_changed_by_keyboard(here: Page, tmp_path: Path) -> None:
    here.get_by_role("button", name="Account").focus()
    here.keyboard.press("Enter")
    here.get_by_role("link", name="Settings").focus()
    here.keyboard.press("Enter")
    here.wait_for_url("**/settings/")

    landmarks = here.get_by_label("Landmarks")
    landmarks.focus()
    here.keyboard.type("dlib, 5")
    here.keyboard.press("Tab")
    here.get_by_role("button", name="Save").press("Enter")

    expect(here.locator("#toasts")).to_contain_text("Saved. New photos are analysed that way.")
    expect(landmarks).to_have_value("dlib5")
    here.goto("/library/")
    [photo] = variants(tmp_path, 1)
    drop(here, [photo])
    wait_until_analysed(here, 1)
    open_photo(here, photo.name)
    assert dots(here) == 5


def test_the_settings_work_without_scripts(browser: Browser, member: Visitor) -> None:
    context = context_of(browser, member, java_script_enabled=False)
    plain = context.new_page()
    plain.goto("/library/")
    plain.get_by_role("button", name="Account").click()
    plain.get_by_role("link", name="Settings").click()
    plain.get_by_label("Landmarks").select_option("dlib5")
    plain.get_by_role("button", name="Save").click()

    expect(plain.get_by_text("Saved. New photos are analysed that way.")).to_be_visible()
    expect(plain.get_by_label("Landmarks")).to_have_value("dlib5")
    context.close()
