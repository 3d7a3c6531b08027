"""A library is named at the desk: by keys alone, whatever they write, and by thumb."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import context_of, watched
from tests.browser.steps import ANALYSIS_MS
from tests.browser.test_asked import PHONE
from tests.browser.test_pages import complaints_of
from tests.site.photos import SAMPLES, jpeg_of
from tests.site.process import Visitor, wait_until

ON_A_KOREAN_LAYOUT = """(code) => document.activeElement.dispatchEvent(
  new KeyboardEvent("keydown", {code, key: "ㄴ", bubbles: true, cancelable: true}))"""
COMPOSED = """(field) => {
  field.dispatchEvent(new CompositionEvent("compositionstart", {bubbles: true}));
  const key = {key: "Enter", code: "Enter", keyCode: 229, isComposing: true};
  return field.dispatchEvent(new KeyboardEvent("keydown", {...key, bubbles: true, cancelable: true}));
}"""


@pytest.fixture
def furnished(member: Visitor, tmp_path: Path) -> Visitor:
    """A member with three photos of one person and two of another, whom nobody named."""
    for name, count in (("obama", 3), ("biden", 2)):
        for number in range(count):
            path = tmp_path / f"{name}-{number}.jpg"
            # Bytes after a JPEG's end make another file of the same photo.
            path.write_bytes(jpeg_of(SAMPLES / f"{name}.jpg") + b"%d" % number)
            member.upload(path)
    wait_until(lambda: {one["state"] for one in member.photos()} == {"done"}, ANALYSIS_MS / 1000)
    return member


@pytest.fixture
def phone(browser: Browser, furnished: Visitor) -> Iterator[Page]:
    with watched(context_of(browser, furnished, reduced_motion="reduce", **PHONE)) as page:
        page.goto("/desk/")
        page.wait_for_load_state()
        yield page


def test_a_library_is_named_by_keys_alone(furnished: Visitor, here: Page) -> None:
    here.goto("/desk/")
    here.wait_for_load_state()
    asks, toasts = here.locator(".desk-ask"), here.locator("#toasts")
    expect(asks).to_contain_text("3 faces on 3 photos")
    assert complaints_of(here) == []

    # In a field keys are letters, and Enter ends the syllable that is being composed.
    here.keyboard.press("/")
    field = here.get_by_role("combobox", name="Name of this person")
    expect(field).to_be_focused()
    assert field.evaluate(COMPOSED) is False
    expect(asks).to_contain_text("3 faces on 3 photos")
    here.keyboard.type("Barack")
    here.keyboard.press("Enter")

    # The hands stay at the field.
    expect(asks).to_contain_text("2 faces on 2 photos")
    expect(field).to_be_focused()
    here.keyboard.type("barack")
    here.keyboard.press("Enter")
    expect(here.get_by_text("Is this the Barack whom you know?")).to_be_visible()
    here.keyboard.press("Escape")
    field.fill("Joe")
    field.press("Enter")
    expect(here.get_by_role("heading", name="Nothing waits for you")).to_be_focused()
    expect(toasts).to_contain_text("2 faces are Joe now.")
    expect(here.locator("#desk-progress")).to_contain_text("5 of 5 answered today by 2 answers")
    assert complaints_of(here) == []

    here.keyboard.press("u")
    expect(asks).to_contain_text("2 faces on 2 photos")
    here.evaluate(ON_A_KOREAN_LAYOUT, "KeyS")
    expect(toasts).to_contain_text("What you skipped comes again")
    expect(asks).to_contain_text("2 faces on 2 photos")

    here.keyboard.press("u")
    expect(asks).to_contain_text("3 faces on 3 photos")
    here.keyboard.press("ArrowRight")
    here.keyboard.press("ArrowRight")
    here.keyboard.press("Space")
    here.keyboard.press("b")
    expect(toasts).to_contain_text("a stranger")
    # The others are asked about, and hands go on from there.
    expect(asks).to_contain_text("2 faces on 2 photos")
    first = here.get_by_role("checkbox").first
    expect(here.get_by_role("checkbox").nth(1)).to_be_focused()
    before = f"{first.get_attribute('value')}"
    here.keyboard.press("Space")
    here.keyboard.press("x")
    # One alone is no group; the other person is still there, of whom there are as many faces.
    expect(toasts).to_contain_text("What was taken for a face is none")
    expect(first).not_to_have_attribute("value", before)
    expect(asks).to_contain_text("2 faces on 2 photos")
    here.keyboard.press("b")
    expect(here.get_by_role("heading", name="Nothing waits for you")).to_be_visible()


def name(owner: Visitor, **names: str) -> None:
    """Say whose the face on each of these photos is."""
    photos = {Path(one["filename"]).stem: one["id"] for one in owner.photos()}
    for stem, whose in names.items():
        [face] = owner.get(f"/api/photos/{photos[stem.replace('_', '-')]}/")["faces"]
        assert owner.post(f"/api/faces/{face['id']}/name/", json={"name": whose}).ok


def test_one_yes_is_for_several_people_but_for_who_is_wrong(furnished: Visitor, here: Page) -> None:
    name(furnished, obama_0="Barack", biden_0="Joe")
    here.goto("/desk/")
    here.wait_for_load_state()
    boxes, toasts = here.get_by_role("checkbox"), here.locator("#toasts")
    expect(here.get_by_text("3 faces that surely are these 2 people's.")).to_be_visible()
    assert complaints_of(here) == []

    here.keyboard.press("n")
    expect(toasts).to_contain_text("Choose first which faces you mean.")
    for key in ("ArrowRight", "ArrowRight", "ArrowRight", "Space"):
        here.keyboard.press(key)
    expect(toasts).not_to_contain_text("Choose first")
    here.keyboard.press("n")
    expect(toasts).to_contain_text("1 face is not Joe.")
    expect(boxes).to_have_count(2)
    here.keyboard.press("y")

    expect(toasts).to_contain_text("You said yes to 2 guesses: they are Barack.")


def test_a_yes_is_to_what_is_asked_and_not_to_who_stands_beside(
    furnished: Visitor, here: Page
) -> None:
    """Somebody has the same face as the one who is asked about."""
    name(furnished, obama_0="Barack", obama_1="Barry")
    here.goto("/desk/")
    here.wait_for_load_state()
    here.keyboard.press("s")
    asked = here.locator("#desk-title")
    expect(asked).to_contain_text("one person?")
    here.keyboard.press("s")
    expect(asked).to_have_text(re.compile("Is this Barack|Is this Barry"))
    whose = (asked.text_content() or "").strip().removeprefix("Is this ").removesuffix("?")
    expect(here.locator(".desk-person")).to_have_count(1)

    here.keyboard.press("y")

    expect(here.locator("#toasts")).to_contain_text(f"You said yes to a guess: it is {whose}.")


def test_a_thumb_answers_and_undoes(phone: Page) -> None:
    asks = phone.locator(".desk-ask")
    expect(asks).to_contain_text("3 faces on 3 photos")
    assert complaints_of(phone) == []
    box = phone.locator(".desk-seen").bounding_box()
    assert box
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    cdp = phone.context.new_cdp_session(phone)
    for kind, at in (("Start", [x]), ("Move", [x - 60]), ("Move", [x - 120]), ("End", [])):
        points = [{"x": left, "y": y} for left in at]
        cdp.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    expect(phone.locator("#toasts")).to_contain_text("group")
    expect(asks).to_contain_text("2 faces on 2 photos")
    phone.locator("#toasts").get_by_role("button", name="Undo").tap()
    expect(phone.locator("#toasts")).to_contain_text("Undone: ")
    expect(asks).to_contain_text("3 faces on 3 photos")
    skip = phone.get_by_role("link", name="Skip", exact=True)
    expect(skip).to_be_in_viewport()
    skip.tap()
    expect(asks).to_contain_text("2 faces on 2 photos")
