"""Drawing a face that no detector found, by mouse, by touch and by keys."""

from __future__ import annotations

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, context_of, furnished_with, watched
from tests.browser.steps import ANALYSIS_MS, follow
from tests.site.photos import samples
from tests.site.process import Site, Visitor

PHONE = {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def library(shared_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Visitor:
    """A photo on which no detector finds a face: it is too dark."""
    dark = tmp_path_factory.mktemp("photos") / "night.png"
    portrait = next(path for path in samples() if path.name == "obama.jpg")
    with Image.open(portrait) as image:
        Image.new("RGB", image.size).save(dark)
    return furnished_with([dark], shared_site)


def begin(page: Page, library: Visitor) -> None:
    page.goto(library.photo())
    page.get_by_role("link", name="Draw a face").click()
    expect(page.get_by_role("application")).to_be_focused()


def edges(page: Page) -> list[int]:
    """Return left, top, right and bottom of the box, as the form would send them."""
    left, top, width, height = (
        int(page.locator(f"#id_{name}").input_value())
        for name in ("left", "top", "width", "height")
    )
    return [left, top, left + width, top + height]


def corner(page: Page, x: float, y: float) -> tuple[float, float]:
    """Return where on the screen a place of the photo is, in shares of its sides."""
    box = page.locator("#draw-photo image").bounding_box()
    assert box is not None
    return box["x"] + x * box["width"], box["y"] + y * box["height"]


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(*start)
    page.mouse.move(*end, steps=4)
    page.mouse.up()


def expect_the_faces(page: Page, *names: str) -> None:
    expect(page.locator(".face h3")).to_have_count(len(names), timeout=ANALYSIS_MS)
    for name in names:
        expect(page.locator(".face h3").filter(has_text=name)).to_have_count(1)


def test_a_face_is_drawn_moved_undone_and_drawn_by_other_hands(
    browser: Browser, library: Visitor
) -> None:
    with watched(context_of(browser, library, viewport=DESKTOP)) as page:
        begin(page, library)
        drag(page, corner(page, 0.1, 0.1), corner(page, 0.3, 0.3))
        drawn = edges(page)
        drag(page, corner(page, 0.3, 0.3), corner(page, 0.35, 0.4))
        assert edges(page)[:2] == drawn[:2]
        assert edges(page)[2] > drawn[2]
        page.get_by_label("Whose face it is").fill("Ada")
        page.get_by_role("button", name="Save").click()

        undo = page.locator(".toast").get_by_role("button", name="Undo")
        undo.focus()  # So the message stays, however long the analysis takes.
        expect_the_faces(page, "Ada")
        expect(page.locator(".toast").get_by_text("A face was drawn.")).to_be_visible()
        undo.click()
        expect_the_faces(page)

        # By keys alone.
        begin(page, library)
        before = edges(page)
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowDown")
        after = edges(page)
        assert after[0] > before[0]
        assert after[3] - after[1] > before[3] - before[1]
        page.keyboard.press("Enter")
        expect_the_faces(page, "Unknown")
        page.locator(".face-facts summary").click()
        follow(page.get_by_role("link", name="Move the box"))
        assert edges(page) == after
        page.keyboard.press("Alt+ArrowUp")
        page.keyboard.press("Enter")
        expect(page.locator(".mark .line.box")).to_have_attribute("y", f"{after[1] - 1}")


def test_a_face_is_drawn_by_a_finger_and_undone(browser: Browser, library: Visitor) -> None:
    context = context_of(browser, library, viewport=PHONE, has_touch=True, is_mobile=True)
    with watched(context) as page:
        begin(page, library)
        touch = page.context.new_cdp_session(page)
        places = [corner(page, 0.7 + 0.05 * step, 0.7 + 0.05 * step) for step in range(6)]
        for number, (x, y) in enumerate(places):
            kind = "touchMove" if number else "touchStart"
            touch.send(
                "Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]}
            )
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        width, height = (
            int(page.locator("#draw-photo").evaluate(f"one => one.viewBox.baseVal.{side}"))
            for side in ("width", "height")
        )
        assert edges(page) == pytest.approx(
            [0.7 * width, 0.7 * height, 0.95 * width, 0.95 * height], abs=4
        )
        page.get_by_label("Whose face it is").fill("Grace")
        page.get_by_role("button", name="Save").click()
        undo = page.locator(".toast").get_by_role("button", name="Undo")
        undo.focus()
        drawn = page.locator(".face h3").filter(has_text="Grace")
        expect(drawn).to_have_count(1, timeout=ANALYSIS_MS)
        undo.tap()
        expect(drawn).to_have_count(0)
