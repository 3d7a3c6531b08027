"""Two people of one name, told apart in a real browser: by mouse, keyboard and IME, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import context_of, watched
from tests.browser.steps import ANALYSIS_MS, name_the_face, open_photo
from tests.browser.test_focus import QUIET_MS
from tests.browser.test_pages import faults, overflow
from tests.site.photos import variants
from tests.site.process import Visitor, wait_until

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
# The photo has changed, as another page of its owner's may say.
NEWS = """() => {
  const result = document.getElementById("photo-result");
  htmx.trigger(document.body, result.getAttribute("hx-trigger").split(" ")[0]);
}"""
FIRST, SECOND, THIRD = "astronaut-0.jpg", "biden-1.jpg", "grace_hopper-2.jpg"


@pytest.fixture
def furnished(member: Visitor, tmp_path: Path) -> Visitor:
    """A member with three photos of three people."""
    for path in variants(tmp_path, 3):
        member.upload(path)
    wait_until(lambda: {one["state"] for one in member.photos()} == {"done"}, ANALYSIS_MS / 1000)
    return member


@pytest.fixture
def at(furnished: Visitor, here: Page) -> Page:
    here.goto("/library/")
    return here


@pytest.fixture
def bare(browser: Browser, furnished: Visitor) -> Iterator[Page]:
    """A page without scripts."""
    with watched(context_of(browser, furnished, java_script_enabled=False)) as page:
        page.goto("/library/")
        yield page


def name_both_anna(page: Page) -> None:
    """Name two faces Anna, the second as another one, and note what tells her apart."""
    open_photo(page, FIRST)
    name_the_face(page, "Anna")
    page.goto("/library/")
    open_photo(page, SECOND)
    name_the_face(page, "Anna")
    page.locator(".offer").get_by_role("button", name="This is another Anna").click()
    page.get_by_role("link", name="Tell them apart").click()
    page.get_by_label("What tells this Anna apart?").fill("cousin from Busan")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("header .person-note")).to_have_text("cousin from Busan")
    page.goto("/library/")


def choices(page: Page) -> Locator:
    return page.get_by_role("group", name="2 people are called Anna").get_by_role("button")


def test_two_people_of_one_name_are_made_noted_and_chosen_between(at: Page) -> None:
    name_both_anna(at)
    open_photo(at, THIRD)
    field = at.get_by_label("Name of face 1")
    field.fill("Anna")
    field.press("Enter")

    # The keyboard is led to the question, which news does not take away.
    expect(choices(at)).to_have_count(3)
    expect(choices(at).first).to_be_focused()
    assert faults(at) == []
    with at.expect_response(re.compile("/result/")):
        at.evaluate(NEWS)
    expect(choices(at)).to_have_count(3)
    expect(field).to_have_value("Anna")
    at.wait_for_timeout(QUIET_MS)  # Whoever reads the question takes longer than a double press.
    choices(at).filter(has_text="cousin from Busan").press("Enter")

    expect(at.locator(".face[data-state=named] h3")).to_contain_text("Anna")
    expect(at.locator(".face-note")).to_have_text("cousin from Busan")
    expect(at.locator(".which")).to_have_count(0)
    at.goto("/people/")
    cards = at.locator(".person-card")
    expect(cards).to_have_count(2)
    expect(cards.filter(has_text="cousin from Busan")).to_contain_text("2 photos")


def test_a_suggestion_with_its_note_names_without_a_question(at: Page) -> None:
    name_both_anna(at)
    open_photo(at, THIRD)
    suggestions = at.locator("#people-names option")
    values = suggestions.evaluate_all("options => options.map((option) => option.value)")
    assert values == ["Anna", "Anna (cousin from Busan)"]

    field = at.get_by_label("Name of face 1")
    field.fill(values[1])
    field.press("Enter")

    expect(at.locator(".face-note")).to_have_text("cousin from Busan")


def test_an_ime_that_composes_a_name_sends_nothing_before_it_is_done(at: Page) -> None:
    open_photo(at, FIRST)
    sent: list[str] = []
    at.on("request", lambda request: sent.append(request.url) if "/name/" in request.url else None)
    at.get_by_label("Name of face 1").focus()
    keyboard = at.context.new_cdp_session(at)
    for letters in ("ㅇ", "아", "안"):
        keyboard.send(
            "Input.imeSetComposition",
            {"text": letters, "selectionStart": 1, "selectionEnd": 1},
        )
    # What an IME leaves of the Enter by which it is told to be done.
    keyboard.send(
        "Input.dispatchKeyEvent",
        {"type": "rawKeyDown", "key": "Process", "code": "Enter", "windowsVirtualKeyCode": 229},
    )
    keyboard.send("Input.insertText", {"text": "안나"})
    at.wait_for_timeout(300)
    assert sent == []

    at.keyboard.press("Enter")

    expect(at.locator(".face[data-state=named] h3")).to_contain_text("안나")
    assert len(sent) == 1


def test_without_scripts_a_page_asks_which_one(bare: Page) -> None:
    name_both_anna(bare)
    open_photo(bare, THIRD)
    field = bare.get_by_label("Name of face 1")
    field.fill("Anna")
    field.press("Enter")

    expect(bare.get_by_role("heading", name="Which one is this?")).to_be_visible()
    choices(bare).filter(has_text="cousin from Busan").click()

    expect(bare.locator(".face[data-state=named] h3")).to_contain_text("Anna")
    expect(bare.locator(".face-note")).to_have_text("cousin from Busan")


def test_the_question_and_the_people_fit_a_phone(
    browser: Browser, furnished: Visitor, at: Page
) -> None:
    name_both_anna(at)
    with watched(context_of(browser, furnished, **PHONE)) as page:
        page.goto("/library/")
        open_photo(page, THIRD)
        page.get_by_label("Name of face 1").fill("Anna")
        page.get_by_role("button", name="Save the name").tap()
        expect(choices(page)).to_have_count(3)
        assert overflow(page) == 0
        assert faults(page) == []
        choices(page).last.tap()
        expect(page.locator(".offer")).to_contain_text("Somebody else is called Anna too.")
        page.get_by_role("link", name="Tell them apart").tap()
        page.get_by_label("What tells this Anna apart?").fill("W" * 60)
        page.get_by_role("button", name="Save", exact=True).tap()
        expect(page.locator("header .person-note")).to_be_visible()
        for path in (page.url, "/people/"):
            page.goto(path)
            assert overflow(page) == 0
            assert faults(page) == []
