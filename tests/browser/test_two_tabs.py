"""Two tabs on one photo: news from one never takes what is typed in the other out of one's hands."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from tests.browser.steps import (
    ANALYSIS_MS,
    drop,
    name_the_face,
    open_photo,
    wait_until_analysed,
)
from tests.site.photos import pair_of

TYPED = "Barack Obema"
CARET = 10  # Behind the wrong letter, where somebody stands who corrects it.
NEWS_MS = 1000  # Longer than news takes to be swapped in.


@pytest.fixture
def pair(tmp_path: Path) -> Path:
    """A photo of two people: one president on the left, the other on the right."""
    return pair_of(tmp_path / "pair.jpg", "obama.jpg", "biden.jpg")


@pytest.fixture
def tabs(here: Page, pair: Path) -> tuple[Page, Page]:
    """Two tabs that show the same photo with its two faces."""
    drop(here, [pair])
    wait_until_analysed(here, 1)
    open_photo(here, pair.name)
    other = here.context.new_page()
    other.goto(here.url)
    expect(other.locator(".face")).to_have_count(2)
    return here, other


def type_half_a_name(field: Locator) -> None:
    field.fill(TYPED)
    field.evaluate(f"field => field.setSelectionRange({CARET}, {CARET})")


def expect_untouched(field: Locator) -> None:
    expect(field).to_have_value(TYPED)
    expect(field).to_be_focused()
    assert field.evaluate("field => field.selectionStart") == CARET


def analyse_again(page: Page) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Analyse again", exact=True).click()
    expect(page.locator("#photo-result[data-state=done]")).to_be_visible(timeout=ANALYSIS_MS)


def test_a_second_analysis_elsewhere_leaves_what_is_being_typed(tabs: tuple[Page, Page]) -> None:
    elsewhere, here = tabs
    field = here.get_by_label("Name of face 2")
    here.locator("details.emotions summary").first.click()
    type_half_a_name(field)

    with here.expect_response("**/result/"):
        analyse_again(elsewhere)
    here.wait_for_timeout(NEWS_MS)

    expect_untouched(field)
    expect(here.locator("details.emotions").first).to_have_attribute("open", "")
    field.press("Enter")
    expect(here.locator(".face[data-state=named] h3")).to_contain_text(TYPED)


def test_a_second_analysis_elsewhere_leaves_the_rename_field(tabs: tuple[Page, Page]) -> None:
    elsewhere, here = tabs
    name_the_face(here, "Ada")
    here.get_by_label("Give face 1 another name").click()
    field = here.get_by_label("Name of face 1")
    type_half_a_name(field)

    with here.expect_response("**/result/"):
        analyse_again(elsewhere)
    here.wait_for_timeout(NEWS_MS)

    expect_untouched(field)


def test_a_name_given_elsewhere_shows_once_the_field_is_left(tabs: tuple[Page, Page]) -> None:
    elsewhere, here = tabs
    field = here.get_by_label("Name of face 2")
    type_half_a_name(field)

    with here.expect_response("**/result/"):
        name_the_face(elsewhere, "Ada")
    here.wait_for_timeout(NEWS_MS)
    expect_untouched(field)
    expect(here.locator(".face[data-state=named]")).to_have_count(0)

    here.get_by_role("heading", level=1).click()
    expect(here.locator(".face[data-state=named] h3")).to_contain_text("Ada")
    expect(field).to_have_value(TYPED)


def test_details_that_are_open_are_open_again_after_a_second_analysis(
    tabs: tuple[Page, Page],
) -> None:
    elsewhere, here = tabs
    here.get_by_label("Name of face 1").fill(TYPED)
    here.locator("details.emotions summary").last.click()
    here.get_by_role("heading", level=1).click()

    with here.expect_response("**/result/"):
        analyse_again(elsewhere)
    here.wait_for_timeout(NEWS_MS)

    expect(here.locator("#photo-result[data-state=done]")).to_be_visible()
    expect(here.locator("details.emotions").last).to_have_attribute("open", "")
    expect(here.get_by_label("Name of face 1")).to_have_value(TYPED)


def test_an_answer_leaves_what_is_typed_at_another_face(tabs: tuple[Page, Page]) -> None:
    _, here = tabs
    here.get_by_label("Name of face 1").fill("Ada")
    held: list[Route] = []
    here.route("**/name/", lambda route: held.append(route))
    with here.expect_request("**/name/"):
        here.get_by_label("Name of face 1").press("Enter")
    field = here.get_by_label("Name of face 2")
    type_half_a_name(field)
    held[0].continue_()

    expect(here.locator(".face[data-state=named] h3")).to_contain_text("Ada")
    expect_untouched(field)


def test_a_photo_deleted_elsewhere_leaves_the_wall_and_the_count(
    here: Page, tmp_path: Path
) -> None:
    paths = [tmp_path / f"{shade}.png" for shade in (40, 90, 140)]
    for path in paths:
        Image.new("L", (90, 60), int(path.stem)).save(path)
    drop(here, paths)
    wait_until_analysed(here, 3)
    elsewhere = here.context.new_page()
    elsewhere.goto("/library/")
    open_photo(elsewhere, "90.png")
    here.get_by_role("link", name="90.png").first.focus()
    elsewhere.get_by_role("button", name="More actions").click()
    elsewhere.get_by_role("button", name="Delete", exact=True).click()

    expect(here.locator(".card")).to_have_count(2)
    expect(here.locator("[data-photo-count]")).to_have_text("2 photos")
    assert here.evaluate("document.activeElement.matches('.card-link')")
