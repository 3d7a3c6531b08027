"""A wall of photos by keyboard, mouse and finger: walking it, choosing photos, and what is done then."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, context_of, watched
from tests.browser.steps import ANALYSIS_MS, DROP, drop
from tests.site.process import Visitor, wait_until

MONTHS = ("2021:03", "2021:03", "2021:02", "2020:11", "2020:11", "2019:05")


@pytest.fixture
def owner(member: Visitor, tmp_path: Path) -> Visitor:
    """A member with six photos of four months, each called by its number from the newest on."""
    for number, month in reversed([*enumerate(MONTHS)]):
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9003] = f"{month}:{20 - number:02} 12:00:00"
        path = tmp_path / f"{number}.jpg"
        Image.new("RGB", (96, 64), (40 * number, 90, 60)).save(path, exif=exif)
        member.upload(path)
    return member


@pytest.fixture
def wall(browser: Browser, owner: Visitor) -> Iterator[Page]:
    with watched(context_of(browser, owner, viewport=DESKTOP)) as page:
        page.goto("/library/")
        expect(page.locator('.card[data-state="done"]')).to_have_count(6)
        # By the dates that an analysis has read.
        page.reload()
        page.wait_for_load_state()
        yield page


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.innerText.match(/\\d\\.jpg/)?.[0] ?? ''"))


def chosen(page: Page) -> int:
    return page.locator(".card-tick input:checked").count()


def test_the_wall_is_one_stop_that_arrows_walk(wall: Page) -> None:
    assert wall.locator('.card-link[tabindex="0"]').count() == 1
    wall.locator(".card-link").first.focus()
    assert focused(wall) == "0.jpg"
    for key, name in [
        ("ArrowRight", "1.jpg"), ("ArrowRight", "2.jpg"), ("ArrowLeft", "1.jpg"), ("End", "5.jpg"),
        ("Home", "0.jpg"), ("PageDown", focused(wall)),
    ]:  # fmt: skip
        wall.keyboard.press(key)
        assert focused(wall) == name or key == "PageDown"
    assert wall.locator('.card-link[tabindex="0"]').count() == 1


def test_photos_are_chosen_by_keys_and_escape_leads_out(wall: Page) -> None:
    wall.locator(".card-link").first.focus()
    wall.keyboard.press("x")
    wall.keyboard.press("ArrowRight")
    wall.keyboard.press("Shift+ArrowRight")
    expect(wall.locator("#chosen-count")).to_have_text("3 chosen")
    wall.keyboard.press("Space")
    expect(wall.locator("#chosen-count")).to_have_text("2 chosen")
    wall.keyboard.press("Escape")
    expect(wall.locator("#chosen-photos")).not_to_be_visible()
    assert chosen(wall) == 0


def test_shift_chooses_a_row_and_deleting_it_can_be_undone(wall: Page) -> None:
    cards = wall.locator(".card")
    cards.nth(1).hover()
    cards.nth(1).locator(".card-tick").click()
    cards.nth(3).locator(".card-link").click(modifiers=["Shift"])
    expect(wall.locator("#chosen-count")).to_have_text("3 chosen")
    wall.get_by_role("button", name="Delete").click()
    expect(cards).to_have_count(3)
    expect(wall.locator("[data-photo-count]")).to_contain_text("3")
    wall.get_by_role("button", name="Undo").click()
    expect(cards).to_have_count(6)
    wall.reload()
    expect(cards).to_have_count(6)


def test_deleting_all_that_is_shown_can_be_undone_on_the_page_without_photos(wall: Page) -> None:
    wall.goto("/library/?text=0.jpg")
    wall.wait_for_load_state()
    wall.locator(".card-link").first.focus()
    wall.keyboard.press("x")
    wall.get_by_role("button", name="Delete").click()
    expect(wall.get_by_role("heading", name="Nothing found")).to_be_visible()
    wall.get_by_role("button", name="Undo").click()
    expect(wall.locator(".card")).to_have_count(1)
    expect(wall.get_by_role("button", name="Do again")).to_be_visible()


def test_all_of_the_list_are_meant_at_once(wall: Page) -> None:
    wall.locator(".card-link").first.focus()
    wall.keyboard.press("x")
    wall.get_by_role("button", name="All of this list").click()
    expect(wall.locator("#chosen-count")).to_have_text("6 chosen")
    wall.get_by_role("button", name="Favourite").click()
    expect(wall.locator(".card-favourite")).to_have_count(6)
    # Of all of the list two are left out, and nothing that is not loaded with them.
    wall.locator(".card-link").first.focus()
    wall.keyboard.press("x")
    wall.locator(".card-tick").last.click()
    expect(wall.locator("#chosen-count")).to_have_text("4 chosen")
    wall.get_by_role("button", name="Caption").click()
    wall.get_by_label("What they show").fill("At sea")
    wall.get_by_role("button", name="Say it of all").click()
    expect(wall.locator(".toast").filter(has_text="What 4 photos show was said.")).to_be_visible()
    wall.get_by_role("button", name="Date", exact=True).click()
    wall.get_by_label("Hours").fill("13")
    first = "The first: 16 November 2020, 12:00 becomes 17 November 2020, 01:00."
    expect(wall.locator("#chosen-date")).to_contain_text(first)
    wall.get_by_role("button", name="Set them right").click()
    expect(wall.locator(".toast").filter(has_text="clocks of 4 photos")).to_be_visible()
    expect(wall.locator("#chosen-date")).not_to_be_visible()
    wall.get_by_role("button", name="All of this list").click()
    expect(wall.locator("#chosen-count")).to_have_text("6 chosen")
    wall.get_by_role("button", name="Choose none").click()
    assert chosen(wall) == 0


def test_a_long_press_chooses_and_then_taps_do(browser: Browser, owner: Visitor) -> None:
    phone = {"width": 390, "height": 800}
    options = {"viewport": phone, "has_touch": True, "is_mobile": True}
    with watched(context_of(browser, owner, **options)) as page:
        page.goto("/library/")
        page.wait_for_load_state()
        first = page.locator(".card-link").first
        first.dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
        expect(page.locator("#chosen-count")).to_have_text("1 chosen")
        first.dispatch_event("pointerup", {"pointerType": "touch", "bubbles": True})
        page.locator(".card-link").nth(2).tap()
        expect(page.locator("#chosen-count")).to_have_text("2 chosen")
        assert page.url.endswith("/library/")
        page.get_by_role("button", name="Choose none").tap()
        expect(page.locator("#chosen-photos")).not_to_be_visible()


def test_boxes_and_names_are_switched_by_a_key_and_stay_switched(wall: Page) -> None:
    wall.locator(".card-link").first.focus()
    wall.keyboard.press("b")
    expect(wall.locator("#annotated")).to_be_checked()
    wall.reload()
    expect(wall.locator("#annotated")).to_be_checked()


def plain_photos(folder: Path, count: int, width: int = 90) -> list[Path]:
    """Write `count` small photos of one grey each, without a face."""
    paths = [folder / f"grey-{width}-{index:03}.png" for index in range(count)]
    for index, path in enumerate(paths):
        Image.new("L", (width, 60), 2 * index).save(path)
    return paths


SHIFT = """() => {
  window.shift = 0;
  new PerformanceObserver((list) => {
    for (const one of list.getEntries()) window.shift += one.value;
  }).observe({ type: "layout-shift", buffered: true });
}"""


def test_nothing_moves_while_photos_arrive_above_a_wall(
    here: Page, member: Visitor, tmp_path: Path
) -> None:
    page = here
    for path in plain_photos(tmp_path, 30):
        member.upload(path)
    page.goto("/library/")
    expect(page.locator(".wall .card")).to_have_count(30)
    page.wait_for_load_state("networkidle")
    page.evaluate(SHIFT)
    before = page.evaluate("window.shift")
    more = plain_photos(tmp_path, 40, width=120)
    page.locator("input[type=file][name=files]").first.set_input_files(more)
    expect(page.locator("#upload-title")).to_have_text("40 added")
    expect(page.locator('.arrivals .card[data-state="done"]').first).to_be_visible()
    assert page.evaluate("window.shift") - before < 0.1


def dated_photo(folder: Path, day: str) -> Path:
    """Write a photo whose camera says that it was taken on that day, as 2022:01:31."""
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{day} 12:00:00"
    path = folder / f"of-{day.replace(':', '-')}.jpg"
    Image.new("RGB", (96, 64), (90, 120, 30)).save(path, exif=exif)
    return path


TOPS = """() => Object.fromEntries([...document.querySelectorAll(".wall .card")].map(
  (card) => [card.id, Math.round(card.getBoundingClientRect().top)]))"""


def test_what_comes_and_goes_elsewhere_does_so_in_place_and_moves_nothing_in_sight(
    browser: Browser, owner: Visitor, tmp_path: Path
) -> None:
    with watched(context_of(browser, owner, viewport={"width": 700, "height": 420})) as page:
        wait_until(lambda: {one["state"] for one in owner.photos()} == {"done"}, ANALYSIS_MS / 1000)
        page.goto("/library/")
        page.wait_for_load_state("networkidle")
        page.evaluate(SHIFT)
        page.locator(".card").last.scroll_into_view_if_needed()
        last = page.locator(".card").last.get_attribute("id")
        before, moved = page.evaluate(TOPS), page.evaluate("window.shift")
        owner.upload(dated_photo(tmp_path, "2022:01:31"))
        fresh = page.get_by_role("button", name="1 new photo")
        expect(fresh).to_be_visible()
        expect(page.get_by_role("heading", name="January 2022 1")).to_have_count(1)
        expect(page.locator("[data-photo-count]")).to_have_text("7 photos")
        newest = page.locator(".card").first
        second = page.locator(".card").nth(1).get_attribute("id") or ""
        owner.post(f"/photos/{second.removeprefix('photo-')}/delete/")
        expect(page.locator(".card")).to_have_count(6)
        expect(page.locator("#month-2021-03")).to_have_text("March 2021 1")
        after = page.evaluate(TOPS)
        assert after[last] == pytest.approx(before[last], abs=1)
        assert page.evaluate("window.shift") - moved < 0.1
        fresh.click()
        expect(newest.locator(".card-link")).to_be_focused()
        expect(newest).to_be_in_viewport()
        expect(page.locator("#fresh")).not_to_be_visible()


def test_at_the_top_a_photo_comes_before_ones_eyes_and_what_is_there_glides(
    wall: Page, owner: Visitor, tmp_path: Path
) -> None:
    wall.evaluate(SHIFT)
    before = wall.evaluate("window.shift")
    owner.upload(dated_photo(tmp_path, "2021:03:21"))
    expect(wall.locator(".card")).to_have_count(7)
    expect(wall.locator("#month-2021-03")).to_have_text("March 2021 3")
    expect(wall.locator(".card").first).to_contain_text("of-2021-03-21.jpg")
    assert wall.evaluate("window.shift") - before < 0.1
    expect(wall.locator("#fresh")).not_to_be_visible()


def test_what_was_just_added_comes_into_the_timeline_without_a_reload(
    wall: Page, owner: Visitor, tmp_path: Path
) -> None:
    field = wall.locator("input[type=file][name=files]").first
    field.set_input_files([dated_photo(tmp_path, f"2022:01:{day}") for day in (11, 12)])
    added = wall.locator('.arrivals .card[data-state="done"]')
    expect(added).to_have_count(2)
    first = added.first.get_attribute("id") or ""
    owner.post(f"/photos/{first.removeprefix('arrived-')}/delete/")
    # What is deleted leaves no empty place.
    expect(wall.locator(".arrival")).to_have_count(1)
    wall.evaluate("window.isSame = true")
    wall.get_by_role("link", name="Show them in the timeline").click()
    expect(wall.locator(".wall .card")).to_have_count(7)
    expect(wall.get_by_role("heading", name="January 2022 1")).to_be_visible()
    expect(wall.locator(".arrivals")).not_to_be_visible()
    assert wall.evaluate("window.isSame")


def test_of_hundreds_that_arrive_those_near_what_is_in_sight_are_in_the_page(here: Page) -> None:
    here.route("**/api/photos/**", lambda _route: None)  # None of them goes anywhere.
    files = [{"name": f"{number}.jpg", "data": ""} for number in range(400)]
    here.locator("body").evaluate(DROP, files)
    places = here.locator(".arrival")
    expect(places.get_by_text("0.jpg", exact=True)).to_be_visible()
    assert places.count() < 200
    here.locator(".arrivals-list").evaluate("list => list.scrollTo(0, list.scrollHeight)")
    expect(places.get_by_text("399.jpg", exact=True)).to_be_in_viewport()
    expect(places.get_by_text("0.jpg", exact=True)).to_have_count(0)


def test_what_was_sent_before_is_not_sent_again(here: Page, tmp_path: Path) -> None:
    page = here
    paths = plain_photos(tmp_path, 3)
    drop(page, paths[:2])
    expect(page.locator("#upload-title")).to_have_text("2 added")
    page.goto("/library/")
    sent: list[str] = []
    page.on("request", lambda one: sent.append(one.url) if one.method == "POST" else None)
    drop(page, paths)
    expect(page.locator("#upload-title")).to_have_text("1 added, 2 already here")
    assert len([url for url in sent if url.endswith("/api/photos/")]) == 1


@pytest.mark.parametrize("size", [0, 3, 55, 56, 63, 64, 65, 1000, 100_001])
def test_pages_without_a_secure_context_hash_as_others_do(here: Page, size: int) -> None:
    told = here.evaluate(
        """async (size) => {
          const { Sha256 } = await import("/static/js/sha256.js");
          const bytes = Uint8Array.from({ length: size }, (_, at) => (at * 31) % 251);
          const hash = new Sha256();
          for (let at = 0; at < size; at += 777) hash.update(bytes.subarray(at, at + 777));
          return hash.digest();
        }""",
        size,
    )
    assert told == hashlib.sha256(bytes(at * 31 % 251 for at in range(size))).hexdigest()
