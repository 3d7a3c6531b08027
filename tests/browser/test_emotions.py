"""Saying what a face shows, in a real browser: by mouse, by keyboard, on a phone and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DESKTOP, context_of, furnished_with, watched
from tests.browser.steps import open_photo
from tests.browser.test_pages import faults, overflow
from tests.site.photos import SAMPLES
from tests.site.process import Site, Visitor

PHOTOS = 11  # one for each test
PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
Visit = Callable[..., Page]


def pairs(folder: Path) -> list[Path]:
    """Write photos of two people, one that smiles on the left and one that does not on the right."""
    photo = Image.new("RGB", (800, 500))
    for index, name in enumerate(["obama.jpg", "biden.jpg"]):
        with Image.open(SAMPLES / name) as half:
            photo.paste(half.convert("RGB").resize((400, 500)), (400 * index, 0))
    paths = [folder / f"pair-{number}.jpg" for number in range(PHOTOS)]
    for number, path in enumerate(paths):
        photo.save(path, quality=95 - number)
    return paths


@pytest.fixture(scope="module")
def furnished(
    shared_site: Site, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Visitor, list[str]]:
    """An owner, and the names of photos of theirs of which nobody has said anything yet."""
    paths = pairs(tmp_path_factory.mktemp("photos"))
    owner = furnished_with(paths, shared_site)
    return owner, [path.name for path in paths]


@pytest.fixture
def visit(browser: Browser, furnished: tuple[Visitor, list[str]]) -> Iterator[Visit]:
    """Open a photo of one's own in a browser whose console must stay free of errors."""
    owner, names = furnished
    with ExitStack() as opened:

        def open_it(**options: Any) -> Page:
            context = context_of(browser, owner, **({"viewport": DESKTOP} | options))
            page = opened.enter_context(watched(context))
            page.goto("/library/")
            open_photo(page, names.pop())
            return page

        yield open_it


def emotion_of(page: Page, number: int = 1) -> Locator:
    return page.locator("details.emotions").nth(number - 1)


def summary(page: Page, number: int = 1) -> Locator:
    return emotion_of(page, number).locator("summary")


def word(page: Page, label: str, number: int = 1) -> Locator:
    return emotion_of(page, number).get_by_role("button", name=label, exact=True)


def size_of(button: Locator) -> tuple[float, float]:
    box = button.bounding_box()
    assert box is not None
    return box["width"], box["height"]


def press(word: Locator) -> None:
    """Press by mouse or finger, and see it pressed, or no more."""
    before = word.get_attribute("aria-pressed")
    word.click()
    expect(word).to_have_attribute("aria-pressed", "false" if before == "true" else "true")


def test_an_emotion_is_said_seen_again_and_taken_back(visit: Visit) -> None:
    page = visit()
    page.get_by_role("checkbox", name="Emotion").check()
    expect(summary(page)).to_contain_text("happy")
    summary(page).click()
    expect(emotion_of(page)).to_contain_text("What the network saw")

    press(word(page, "surprise"))

    expect(summary(page)).to_contain_text("surprise you said")
    expect(summary(page).locator("meter")).to_have_count(0)
    expect(emotion_of(page)).to_contain_text("The network: happy")
    expect(emotion_of(page)).to_have_attribute("open", "")
    expect(word(page, "surprise")).to_be_focused()
    expect(page.locator(".chip-emotion").first).to_have_text("surprise")
    page.reload()
    expect(summary(page)).to_contain_text("surprise you said")
    summary(page).click()
    press(word(page, "surprise"))
    expect(summary(page)).to_contain_text("happy")
    expect(summary(page).locator("meter")).to_be_visible()


def test_a_not_leaves_the_next_guess_and_is_taken_back(visit: Visit) -> None:
    page = visit()
    summary(page).click()

    press(word(page, "Not happy"))

    expect(summary(page).locator(".said")).to_have_text("not happy")
    expect(summary(page)).not_to_contain_text(re.compile("Emotion\\s+happy"))
    expect(word(page, "Not happy")).to_be_focused()
    press(word(page, "Not happy"))
    expect(summary(page)).to_contain_text("happy")


def test_a_not_that_is_gone_when_taken_back_leaves_the_focus_at_its_emotion(visit: Visit) -> None:
    page = visit()
    summary(page).click()
    press(word(page, "Not happy"))
    press(word(page, "surprise"))

    word(page, "Not happy").click()

    expect(word(page, "Not happy")).to_have_count(0)
    expect(summary(page)).to_be_focused()
    expect(emotion_of(page)).to_have_attribute("open", "")


def test_it_is_said_by_keyboard_and_the_focus_stays(visit: Visit) -> None:
    page = visit()
    page.mouse.move(0, 0)  # What is pointed at wins over what has the focus.
    summary(page, 2).focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(word(page, "angry", 2)).to_be_focused()
    page.keyboard.press("Tab")

    page.keyboard.press("Space")
    expect(summary(page, 2)).to_contain_text("disgust you said")
    expect(word(page, "disgust", 2)).to_be_focused()
    expect(page.locator(".face").nth(1)).to_have_attribute("data-lit", "")

    page.keyboard.press("Enter")
    expect(summary(page, 2)).not_to_contain_text("you said")
    expect(word(page, "disgust", 2)).to_be_focused()


def test_the_face_that_is_pointed_at_stays_lit_when_another_tab_says_something(
    visit: Visit,
) -> None:
    here = visit()
    other = here.context.new_page()
    other.goto(here.url)
    other.locator(".mark").nth(1).hover()
    summary(here).click()

    press(word(here, "neutral"))

    expect(summary(other)).to_contain_text("neutral you said")
    for part in (".mark", ".face", ".chip"):
        expect(other.locator(part).nth(1)).to_have_attribute("data-lit", "")


def test_what_is_typed_stays_while_an_emotion_is_said(visit: Visit) -> None:
    page = visit()
    summary(page).click()
    for number in (1, 2):
        page.get_by_label(f"Name of face {number}").fill(f"Ada {number}")

    press(word(page, "fear"))

    for number in (1, 2):
        expect(page.get_by_label(f"Name of face {number}")).to_have_value(f"Ada {number}")
    expect(word(page, "fear")).to_be_focused()


def test_another_tab_shows_the_word_by_itself(visit: Visit) -> None:
    here = visit()
    other = here.context.new_page()
    other.goto(here.url)
    summary(other).click()
    summary(here).click()

    press(word(here, "neutral"))

    expect(summary(other)).to_contain_text("neutral you said")
    expect(emotion_of(other)).to_have_attribute("open", "")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_on_a_phone_targets_are_large_and_nothing_jumps(visit: Visit, scheme: str) -> None:
    page = visit(**PHONE, color_scheme=scheme)
    for number in (1, 2):
        summary(page, number).tap()
    for button in emotion_of(page).get_by_role("button").all():
        assert min(size_of(button)) >= 44
    fear = word(page, "fear")
    fear.evaluate("button => button.scrollIntoView({block: 'center'})")
    before = fear.bounding_box()

    press(fear)

    page.wait_for_timeout(1000)  # News of the change is swapped in too.
    assert fear.bounding_box() == before
    expect(emotion_of(page, 2)).to_have_attribute("open", "")
    said = emotion_of(page, 2).get_by_role("button", name="Not ").inner_text()
    press(word(page, said, 2))
    assert overflow(page) == 0
    assert faults(page) == []


def test_it_is_said_without_scripts(visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    summary(page, 2).click()
    word(page, "fear", 2).click()

    expect(summary(page, 2)).to_contain_text("fear you said")
    expect(word(page, "fear", 2)).to_be_in_viewport()
    word(page, "fear", 2).click()
    expect(summary(page, 2)).not_to_contain_text("you said")
    expect(word(page, "fear", 2)).to_be_in_viewport()


def test_corrections_are_downloaded_and_shared_in_the_settings(visit: Visit) -> None:
    page = visit()
    summary(page).click()
    press(word(page, "happy"))
    page.goto("/settings/")

    with page.expect_download() as started:
        page.get_by_role("link", name="Download emotions.zip").click()
    assert started.value.suggested_filename == "emotions.zip"
    assert started.value.path().read_bytes().startswith(b"PK")

    box = page.get_by_label("Let administrators train networks with these faces")
    expect(box).not_to_be_checked()
    box.check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("#toasts")).to_contain_text("Administrators may train networks")
    expect(box).to_be_checked()
