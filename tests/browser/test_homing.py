"""Whole pages, messages and the list of uploads leave the focus where one goes on from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, context_of, furnished_with, watched
from tests.browser.steps import drop, follow, wait_until_analysed
from tests.site.photos import SAMPLES
from tests.site.process import Site, Visitor

FOCUSED = "document.activeElement.id || document.activeElement.tagName"


@pytest.fixture(scope="module")
def owner(shared_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Visitor:
    """The owner of one portrait."""
    return furnished_with([SAMPLES / "obama.jpg"], shared_site)


@pytest.fixture
def here(browser: Browser, owner: Visitor) -> Iterator[Page]:
    """A page of the owner's, whose console must stay free of errors."""
    with watched(context_of(browser, owner, viewport=DESKTOP)) as page:
        yield page


def grey(folder: Path, name: str, shade: int) -> Path:
    path = folder / name
    Image.new("L", (90, 60), shade).save(path)
    return path


def test_the_same_page_again_has_the_focus_where_it_was(here: Page) -> None:
    here.goto("/settings/")
    here.get_by_role("button", name="Save").focus()
    with here.expect_navigation():
        here.keyboard.press("Enter")
    expect(here.get_by_role("button", name="Save")).to_be_focused()


def test_what_is_pressed_in_a_menu_gives_the_focus_to_the_menus_button(
    here: Page, owner: Visitor
) -> None:
    here.goto(owner.photo())
    opener = here.get_by_role("button", name="More actions")
    opener.press("Enter")
    with here.expect_navigation():
        here.get_by_role("button", name="Analyse again", exact=True).press("Enter")
    expect(opener).to_be_focused()
    expect(here.locator(".face")).to_have_count(1, timeout=120_000)


def test_another_page_has_the_focus_on_its_heading(here: Page, tmp_path: Path) -> None:
    here.goto("/library/")
    drop(here, [grey(tmp_path, "away.jpg", 40)])
    wait_until_analysed(here, 2)
    follow(here.get_by_role("link", name="away.jpg").first)
    here.get_by_role("button", name="More actions").press("Enter")
    with here.expect_navigation():
        here.get_by_role("button", name="Delete", exact=True).press("Enter")
    expect(here.get_by_role("heading", level=1)).to_be_focused()

    with here.expect_navigation():
        here.get_by_role("link", name="Back to the library").press("Enter")
    assert here.evaluate(FOCUSED) == "BODY"  # A link leads to the start of a page, as ever.


STANDS = """document.addEventListener("load", ({ target }) => {
  if (target.src?.includes("js/page")) document.documentElement.dataset.stands = "";
}, true);"""


def test_a_press_before_all_scripts_are_there_has_the_focus_on_the_page_that_it_brings(
    here: Page, owner: Visitor
) -> None:
    here.add_init_script(STANDS)
    here.route(
        "**/js/live*", lambda route: None, times=1
    )  # Before it, no form is sent by a script.
    here.goto(owner.photo(), wait_until="commit")
    expect(here.locator("html")).to_have_attribute("data-stands", "")
    here.locator("details.emotions summary").click()
    word = here.locator("details.emotions").get_by_role("button", name="fear", exact=True)

    with here.expect_navigation():
        word.click()

    expect(word).to_have_attribute("aria-pressed", "true")
    expect(word).to_be_focused()


def test_a_message_that_is_dismissed_hands_the_focus_on(here: Page) -> None:
    here.goto("/settings/")
    save = here.get_by_role("button", name="Save")
    save.focus()
    here.evaluate("""async () => {
      const { toast } = await import(document.querySelector('script[src*="js/page"]').src
        .replace(/page[^/]*\\.js/, "toasts.js")).catch(() => ({}));
      window.said = Boolean(toast);
      toast?.("One.", "error");
      toast?.("Two.", "error");
    }""")
    assert here.evaluate("window.said")
    dismiss = here.get_by_role("button", name="Dismiss this message")
    expect(dismiss).to_have_count(2)
    dismiss.first.focus()
    here.keyboard.press("Enter")
    expect(dismiss).to_have_count(1)
    expect(dismiss).to_be_focused()
    here.keyboard.press("Enter")
    expect(dismiss).to_have_count(0)
    expect(save).to_be_focused()


def test_the_list_of_uploads_hands_the_focus_on(here: Page, tmp_path: Path) -> None:
    here.goto("/library/")
    here.route("**/api/photos/", lambda route: route.fulfill(status=500, body="{}"))
    drop(here, [grey(tmp_path, "one.jpg", 80), grey(tmp_path, "two.jpg", 90)])
    rows = here.locator(".upload-row")
    expect(here.locator('.upload-row[data-state="failed"]')).to_have_count(2)

    rows.first.get_by_role("button", name="Retry").press("Enter")
    expect(rows.first).to_be_focused()
    expect(here.locator('.upload-row[data-state="failed"]')).to_have_count(2)
    here.get_by_role("button", name="Retry all").press("Enter")
    expect(here.get_by_role("button", name="Show each file")).to_be_focused()
    expect(here.locator('.upload-row[data-state="failed"]')).to_have_count(2)
    here.get_by_role("button", name="Close the list of uploads").press("Enter")
    assert here.evaluate("document.activeElement.matches('input[type=file][name=files]')")


def test_news_of_a_photo_that_is_gone_is_no_error(here: Page, tmp_path: Path) -> None:
    here.goto("/library/")
    drop(here, [grey(tmp_path, "gone.jpg", 120)])
    wait_until_analysed(here, 2)
    number = here.locator(".card").first.get_attribute("id")
    assert number is not None
    address = f"/photos/{number.split('-')[1]}/"
    [token] = [one["value"] for one in here.context.cookies() if one["name"] == "csrftoken"]
    headers = {"X-CSRFToken": token, "Referer": here.url}
    assert here.request.post(f"{address}delete/", headers=headers).ok

    key = number.split("-")[1]
    with here.expect_response(f"**/photos/cards/?*{key}*") as answer:
        here.evaluate(f"htmx.trigger(document.body, 'photos', {{keys: [{key}]}})")

    assert answer.value.ok
    assert number not in answer.value.text()
