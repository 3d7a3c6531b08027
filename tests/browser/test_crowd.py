"""A photo of many, and what one does with it: by mouse, keys and fingers, and on the whole screen."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DESKTOP, context_of, furnished_with, watched
from tests.browser.test_pages import complaints_of
from tests.site.photos import SAMPLES
from tests.site.process import Site, Visitor

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture(scope="module")
def owner(shared_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Visitor:
    """The owner of two photos of eight faces in two rows, of two people by turns."""
    photo = Image.new("RGB", (1600, 1000))
    for number in range(8):
        with Image.open(SAMPLES / ("obama.jpg", "biden.jpg")[number % 2]) as part:
            place = (400 * (number % 4), 500 * (number // 4))
            photo.paste(part.convert("RGB").resize((400, 500)), place)
    folder = tmp_path_factory.mktemp("photos")
    paths = [folder / f"crowd-{number}.jpg" for number in (1, 2)]
    for number, path in enumerate(paths):
        photo.save(path, quality=92 - number)
    owner = furnished_with(paths, shared_site)
    assert owner.post(f"{owner.photo()}collage/", data={"is_collage": "yes"}).ok
    return owner


@pytest.fixture
def page(browser: Browser, owner: Visitor) -> Iterator[Page]:
    with watched(context_of(browser, owner, viewport=DESKTOP)) as page:
        yield page


@pytest.fixture
def asking(page: Page, owner: Visitor) -> Iterator[Page]:
    """The photo when one face has a name, three more are guessed to be the same, and four are nobody's."""
    page.goto(owner.photo())
    first = page.locator(".face").first.get_attribute("data-entry")
    assert owner.post(f"/faces/{first}/name/", data={"name": "Barack"}).ok
    page.goto(owner.photo())
    expect(page.locator(".face[data-state=guess]")).to_have_count(3)
    yield page
    person = page.locator(".face[data-state=named] h3 a").first.get_attribute("href")
    assert owner.post(f"{person}delete/").ok


def names(page: Page) -> Locator:
    return page.locator(".chip[data-placed]:visible")


def test_pointing_at_a_face_says_whose_it_is_and_leaves_the_others_their_names(
    asking: Page,
) -> None:
    expect(names(asking)).to_have_count(4)
    stranger = asking.locator(".mark[data-state=unknown] .box.line").first
    stranger.hover()
    expect(asking.locator(".chip[data-lit]")).to_contain_text("Unknown")
    expect(names(asking)).to_have_count(5)
    opaque = "all => all.every((chip) => Number(getComputedStyle(chip).opacity) === 1)"
    assert names(asking).evaluate_all(opaque)

    asking.mouse.move(5, 5)
    expect(names(asking)).to_have_count(4)


def test_only_the_open_questions_are_listed_if_one_likes(asking: Page) -> None:
    entries = asking.locator(".face:visible")
    expect(entries).to_have_count(8)
    asking.get_by_label("Only the 3 open questions").check()
    expect(entries).to_have_count(3)

    asking.locator("[data-confirm]:visible").first.click()

    expect(asking.get_by_label("Only the 2 open questions")).to_be_checked()
    expect(entries).to_have_count(2)
    expect(entries.locator("[data-confirm]").first).to_be_focused()
    # A face that is chosen on the photo shows, asked about or not.
    asking.locator(".mark[data-state=unknown] a").first.click()
    expect(entries).to_have_count(3)
    expect(asking.get_by_label("Name of face 3")).to_be_focused()


def middle(locator: Locator) -> tuple[float, float]:
    box = locator.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.fixture
def phone(browser: Browser, owner: Visitor, asking: Page) -> Iterator[Page]:
    with watched(context_of(browser, owner, reduced_motion="reduce", **PHONE)) as page:
        page.goto(owner.photo())
        page.wait_for_load_state("networkidle")
        yield page


def test_on_a_phone_a_face_opens_as_a_sheet_below_its_photo(phone: Page) -> None:
    guess = phone.locator(".mark[data-state=guess]").first
    phone.touchscreen.tap(*middle(guess.locator(".box.line")))

    entry = phone.locator(".face[data-at]")
    expect(entry).to_be_focused()
    expect(entry.get_by_role("button", name="Yes, this is Barack")).to_be_in_viewport()
    expect(phone.locator("[data-face-count]")).to_contain_text("of 8")
    bar, box = phone.locator(".face-bar").bounding_box(), guess.locator(".box.line").bounding_box()
    assert bar
    assert box
    assert box["y"] + box["height"] < bar["y"]
    assert complaints_of(phone) == []

    entry.get_by_role("button", name="Yes, this is Barack").tap()
    expect(phone.locator(".face[data-state=guess]")).to_have_count(2)
    expect(entry).to_have_attribute("data-state", "guess")  # The next question has taken its place.
    expect(entry.locator("[data-confirm]")).to_be_focused()
    expect(entry.locator("[data-confirm]")).to_be_in_viewport()

    link = phone.locator(".face[data-state=named] h3 a").first.bounding_box()
    assert link
    assert link["height"] >= 44
    phone.get_by_role("button", name="Next face").tap()
    expect(phone.locator(".face[data-at]")).to_have_count(1)
    number = entry.get_attribute("data-entry")
    phone.get_by_role("button", name="Close", exact=True).tap()
    expect(entry).to_have_count(0)
    expect(phone.locator(f"#mark-{number}")).to_be_focused()


def test_two_fingers_and_a_double_tap_bring_the_photo_nearer_and_the_boxes_with_it(
    phone: Page,
) -> None:
    stage, box = phone.locator(".stage"), phone.locator(".mark .box.line").first
    before, at = box.bounding_box(), middle(stage)
    for _ in range(2):
        phone.touchscreen.tap(*at)
    expect(stage).to_have_attribute("data-zoomed", "")
    after = box.bounding_box()
    assert before
    assert after
    assert after["width"] == pytest.approx(2.5 * before["width"], rel=0.05)

    for _ in range(2):
        phone.touchscreen.tap(*at)
    expect(stage).not_to_have_attribute("data-zoomed", "")
    gesture = {"x": at[0], "y": at[1], "scaleFactor": 2, "gestureSourceType": "touch"}
    phone.context.new_cdp_session(phone).send("Input.synthesizePinchGesture", gesture)
    expect(stage).to_have_attribute("data-zoomed", "")
    assert phone.evaluate("visualViewport.scale") == 1


def test_the_wheel_and_the_mouse_bring_the_photo_nearer_move_it_and_press_no_face(
    asking: Page,
) -> None:
    stage, mark = asking.locator(".stage"), asking.locator(".mark .box.line").nth(1)
    before, there = mark.bounding_box(), middle(mark)
    asking.mouse.move(*middle(mark))
    asking.mouse.wheel(0, -600)
    expect(asking.locator(".frame")).to_have_attribute("style", re.compile(r"--zoom: 3\.32"))
    x, y = middle(mark)
    after = mark.bounding_box()
    assert before
    assert after
    assert (x, y) == pytest.approx(there, abs=2)
    assert after["width"] == pytest.approx(3.32 * before["width"], rel=0.03)

    asking.mouse.down()
    asking.mouse.move(x + 40, y + 30, steps=4)
    asking.mouse.up()
    assert middle(mark) == pytest.approx((x + 40, y + 30), abs=2)
    expect(asking.locator("[data-at]")).to_have_count(0)

    asking.keyboard.press("ArrowLeft")
    assert middle(mark)[0] == pytest.approx(x + 120, abs=2)
    asking.keyboard.press("Escape")
    expect(stage).not_to_have_attribute("data-zoomed", "")
    assert middle(mark) == pytest.approx(there, abs=1)


def test_the_whole_screen_stays_from_photo_to_photo_until_escape(
    page: Page, owner: Visitor
) -> None:
    page.goto(owner.photo(2))
    page.keyboard.press("f")
    expect(page.locator(".panel")).to_be_hidden()
    page.wait_for_function("document.fullscreenElement")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("heading", level=1)).to_have_text("crowd-1.jpg")
    assert page.url.endswith(owner.photo())
    assert page.evaluate("Boolean(document.fullscreenElement)")
    expect(page.locator(".mark").first).to_be_visible()
    expect(page.locator("#photo-image")).to_be_visible()

    page.evaluate("document.exitFullscreen()")
    expect(page.locator(".panel")).to_be_visible()
    page.locator(".mark a").first.click()
    expect(page.get_by_label("Name of face 1")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("crowd-2.jpg")


def test_a_sheet_says_what_keys_do_and_they_can_be_switched_off(page: Page, owner: Visitor) -> None:
    page.goto(owner.photo())
    page.get_by_label("Name of face 1").focus()
    page.keyboard.type("?f")  # In a field they are letters.
    expect(page.locator("#help")).to_be_hidden()
    expect(page.get_by_label("Name of face 1")).to_have_value("?f")
    page.get_by_label("Name of face 1").fill("")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="Keys and gestures")
    expect(dialog).to_be_visible()
    assert complaints_of(page) == []

    dialog.get_by_label("Use single keys").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("f")
    page.keyboard.press("?")
    expect(dialog).to_be_hidden()
    expect(page.locator(".panel")).to_be_visible()


def test_on_a_slow_line_the_thumbnail_stands_in_and_what_is_off_is_off(
    browser: Browser, owner: Visitor
) -> None:
    with watched(context_of(browser, owner, java_script_enabled=False)) as page:
        page.context.add_cookies([{"name": "layers", "value": "names", "url": owner.site.url}])
        page.route("**/preview.jpg", lambda route: None)
        page.goto(owner.photo(), wait_until="domcontentloaded")

        expect(page.locator(".stand-in")).to_be_visible()
        expect(page.get_by_label("Boxes")).not_to_be_checked()
        expect(page.locator(".box.line").first).to_be_hidden()
