"""Uploads when the network goes or the account changes, and the way back into a long library."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import ExifTags, Image
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from tests.browser.conftest import DESKTOP, context_of, cookies_of, watched
from tests.browser.steps import drop, wait_until_analysed
from tests.site.process import Site, Visitor, wait_until

CARDS = ".photo-grid .card"
ADDED = ".arrivals .card-link"
UPLOADS = "**/api/photos/"
PHONE = {"viewport": {"width": 390, "height": 800}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def context(browser: Browser, member: Visitor) -> Iterator[BrowserContext]:
    context = context_of(browser, member, viewport=DESKTOP)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A library that may lose the network, which the console says, but leaves no error uncaught."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"{error}"))
    page.goto("/library/")
    yield page
    assert complaints == []


def plain_photos(folder: Path, count: int) -> list[Path]:
    """Write `count` small photos of one grey each, without a face."""
    paths = [folder / f"grey-{index:03}.jpg" for index in range(count)]
    for index, path in enumerate(paths):
        Image.new("L", (90, 60), 2 * index).save(path)
    return paths


Deep = tuple[Visitor, list[int]]


@pytest.fixture(scope="module")
def deep(shared_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Deep:
    """Somebody with a library of three pages and ten years, and the numbers of its photos.

    They wait to be analysed on the module's site, so tests that wait for an analysis come before.
    """
    owner = Visitor(shared_site).register("owner")
    photos = plain_photos(tmp_path_factory.mktemp("photos"), 125)
    months = [f"{2010 + number // 13}-{1 + number % 12:02}-01T12:00:00Z" for number in range(125)]
    return owner, [
        owner.upload(path, modified=month)
        for path, month in zip(photos, sorted(months), strict=True)
    ]


def test_uploads_wait_for_the_network_and_go_on_by_themselves(
    context: BrowserContext, page: Page, tmp_path: Path
) -> None:
    context.set_offline(True)
    drop(page, plain_photos(tmp_path, 8))
    expect(page.locator("#upload-title")).to_contain_text("No connection. 8 files")
    expect(page.locator('.upload-row[data-state="waiting"]')).to_have_count(8)

    context.set_offline(False)

    expect(page.locator("#upload-title")).to_have_text("8 added")
    expect(page.locator(ADDED)).to_have_count(8)
    expect(page.locator("[data-photo-count]")).to_have_text("8 photos")


def test_a_file_has_one_size_in_the_list_of_uploads_and_on_its_page(
    page: Page, tmp_path: Path
) -> None:
    path = tmp_path / "grey.png"
    Image.new("L", (150, 100)).save(path, compress_level=0)
    drop(page, [path])
    expect(page.locator("#upload-title")).to_have_text("1 added")
    size = page.locator(".upload-size").inner_text()
    page.get_by_role("link", name="Open it").click()
    page.locator("summary", has_text="File and methods").click()
    expect(page.locator(".file-info")).to_contain_text(f"{size}, PNG")


def test_a_photo_is_dated_by_its_file_s_time_here_until_it_has_said_its_own(
    browser: Browser, member: Visitor, tmp_path: Path
) -> None:
    exif = Image.Exif()
    exif.get_ifd(ExifTags.IFD.Exif).update({0x9003: "2017:08:09 07:06:05", 0x9011: "-03:00"})
    dated, silent = tmp_path / "dated.jpg", tmp_path / "silent.jpg"
    Image.new("L", (90, 60), 7).save(dated, exif=exif.tobytes())
    Image.new("L", (90, 60), 8).save(silent)
    for path in (dated, silent):
        os.utime(path, (1556859731, 1556859731))
    seoul = context_of(browser, member, viewport=DESKTOP, timezone_id="Asia/Seoul")
    with watched(seoul) as page:
        page.goto("/library/")
        page.locator("input[type=file][name=files]").first.set_input_files([dated, silent])
        wait_until_analysed(page, 2)
    found = {photo["filename"]: photo["taken"] for photo in member.photos()}
    assert found == {
        "dated.jpg": {"at": "2017-08-09T07:06:05-03:00", "from": "exif"},
        "silent.jpg": {"at": "2019-05-03T14:02:11+09:00", "from": "file"},
    }


def test_a_file_that_a_page_has_just_made_has_no_date_of_its_own(
    page: Page, member: Visitor, tmp_path: Path
) -> None:
    drop(page, plain_photos(tmp_path, 1))
    expect(page.locator("#upload-title")).to_have_text("1 added")
    assert [photo["taken"]["from"] for photo in member.photos()] == ["upload"]


def test_a_photo_that_arrived_before_the_network_went_comes_to_the_wall(
    context: BrowserContext, page: Page, tmp_path: Path
) -> None:

    def lose_the_network(route: Route) -> None:
        context.set_offline(True)
        route.abort("internetdisconnected")

    page.route("**/photos/cards/**", lose_the_network, times=1)
    with page.expect_event("requestfailed", lambda request: "/photos/cards/" in request.url):
        drop(page, plain_photos(tmp_path, 1))
    expect(page.locator("#upload-title")).to_have_text("1 added")
    expect(page.locator(ADDED)).to_have_count(0)

    context.set_offline(False)

    expect(page.locator(ADDED)).to_have_count(1)


def test_a_lost_answer_is_no_duplicate(page: Page, tmp_path: Path) -> None:

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")

    page.route(UPLOADS, lose_the_answer, times=1)
    drop(page, plain_photos(tmp_path, 1))

    expect(page.locator("#upload-title")).to_have_text("1 added")
    expect(page.locator(ADDED)).to_have_count(1)


def test_a_file_at_which_the_connection_always_breaks_does_not_hold_up_the_others(
    page: Page, tmp_path: Path
) -> None:
    first, *others = plain_photos(tmp_path, 5)

    def break_at_the_first(route: Route) -> None:
        if first.name.encode() in (route.request.post_data_buffer or b""):
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route(UPLOADS, break_at_the_first)
    drop(page, [first, *others])

    expect(page.locator("#upload-title")).to_have_text("4 added, 1 not sent")
    expect(page.locator(".upload-row").first).to_contain_text("The connection broke at this file")


def test_one_button_sends_all_that_failed_and_the_list_keeps_its_order(
    page: Page, tmp_path: Path
) -> None:
    paths = plain_photos(tmp_path, 6)
    page.route(UPLOADS, lambda route: route.fulfill(status=503))
    drop(page, paths)
    expect(page.locator("#upload-title")).to_have_text("6 not sent")
    page.get_by_role("button", name="6 need attention").click()
    expect(page.locator(".upload-row").first).to_be_focused()
    page.unroute(UPLOADS)

    page.get_by_role("button", name="Retry all").click()

    expect(page.locator("#upload-title")).to_have_text("6 added")
    expect(page.locator(".upload-name")).to_have_text([path.name for path in paths])
    expect(page.get_by_role("button", name="Retry all")).to_be_hidden()


def test_a_page_of_alice_uploads_nothing_for_bob(
    context: BrowserContext, page: Page, shared_site: Site, tmp_path: Path
) -> None:
    bob = Visitor(shared_site).register("bob")
    # At once: a page that asks between two sessions leads to the sign-in page, and rightly so.
    context.add_cookies(cookies_of(bob))

    drop(page, plain_photos(tmp_path, 5))

    sentence = "You are signed in as another account by now. Reload the page."
    expect(page.locator(".upload-note", has_text=sentence)).to_have_count(5)
    page.reload()
    expect(page.locator("[data-photo-count]")).to_have_attribute("data-photo-count", "0")


@pytest.fixture
def wall(browser: Browser, deep: Deep) -> Iterator[Page]:
    """The library of three pages."""
    with watched(context_of(browser, deep[0], viewport=DESKTOP)) as page:
        page.goto("/library/")
        yield page


@pytest.mark.parametrize("way", ["browser", "arrow"])
def test_back_from_a_photo_deep_in_the_library_leads_to_its_card(
    wall: Page, deep: Deep, way: str
) -> None:
    page, (_, numbers) = wall, deep
    expect(page.locator(CARDS)).to_have_count(60)
    card = page.locator(f"#photo-{numbers[10]} a")
    for count in (120, 125):
        # Not to the link itself, which goes at any moment, once it was seen.
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
        expect(page.locator(CARDS)).to_have_count(count)
    card.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("grey-010.jpg")

    if way == "browser":
        page.go_back()
    else:
        page.get_by_role("link", name="Back to the library").click()

    expect(card).to_be_in_viewport()


def test_end_and_home_lead_to_the_last_and_the_first_of_all(wall: Page, deep: Deep) -> None:
    _owner, numbers = deep
    wall.wait_for_load_state()
    wall.locator(".card-link").first.focus()
    for key, number in (("End", numbers[0]), ("Home", numbers[-1])):
        wall.keyboard.press(key)
        link = wall.locator(f"#photo-{number}-link")
        expect(link).to_be_focused()
        expect(link).to_be_in_viewport()


def test_a_month_that_is_shown_already_is_led_to_with_its_photos(wall: Page, deep: Deep) -> None:
    _owner, numbers = deep
    wall.wait_for_load_state()
    for month in ("2011-01", "2010-06"):
        wall.locator("#month-choice").select_option(month)
        expect(wall.locator(f'.month[data-month="{month}"]')).to_be_in_viewport()
        expect(wall.locator(f"#photo-{numbers[0]}")).to_be_attached()


def test_what_is_looked_at_stays_while_newer_photos_come_above_it(wall: Page, deep: Deep) -> None:
    _owner, numbers = deep
    wall.goto("about:blank")
    held: list[Route] = []
    wall.route("**/photos/page/*until=*", lambda route: held.append(route))
    with wall.expect_request("**/photos/page/*until=*"):
        wall.goto(f"/library/?around={numbers[80]}")
    seen = wall.locator(f"#photo-{numbers[80]}")
    seen.scroll_into_view_if_needed()
    before = seen.bounding_box()
    assert before
    held[0].continue_()
    expect(wall.locator(f"#photo-{numbers[-1]}")).to_have_count(1)
    assert seen.bounding_box() == pytest.approx(before, abs=1)


YEARS = """<div class="wall-years" id="wall-years" data-years="/photos/years/">
  <form class="month-choice"><select id="month-choice">{options}</select></form>
  <nav class="scrubber" id="scrubber" aria-label="Years"><ol>{years}</ol>
  <span class="scrubber-at" aria-hidden="true" hidden></span></nav></div>"""
HIT = """() => [...document.querySelectorAll(".scrubber a")].map((one) => one.getBoundingClientRect())
  .filter(({ height }) => height > 0).map(({ top, bottom }) => [top, bottom])"""


def test_of_thirty_years_that_come_anew_those_have_names_that_can_be_hit(wall: Page) -> None:
    wall.wait_for_load_state()
    each = [(f"{year}", 900 if year == 2019 else 3) for year in range(2026, 1996, -1)]
    years = "".join(f'<li data-count="{n}"><a href="?month={y}">{y}</a></li>' for y, n in each)
    option = '<option value="{0}-05" data-count="{1}" data-words="May {0}">May {0} ({1})</option>'
    options = "".join(option.format(*one) for one in each)
    html = YEARS.format(options=options, years=years)
    wall.route("**/photos/years/**", lambda route: route.fulfill(body=html))
    wall.evaluate("""document.body.dispatchEvent(
      new CustomEvent("months", { detail: { "2026-05": 3 } }))""")
    expect(wall.locator(".scrubber li")).to_have_count(30)
    wait_until(lambda: 1 < len(wall.evaluate(HIT)) < 30, 10)
    tops, bottoms = zip(*wall.evaluate(HIT), strict=True)
    assert min(bottom - top for top, bottom in zip(tops, bottoms, strict=True)) >= 24
    assert all(top >= above - 1 for top, above in zip(tops[1:], bottoms[:-1], strict=True))
    assert bottoms[-1] <= 900


def test_a_drag_along_the_years_leads_to_the_oldest_by_mouse_and_by_finger(
    browser: Browser, wall: Page, deep: Deep
) -> None:
    owner, numbers = deep
    oldest = f"#photo-{numbers[0]}"
    wall.wait_for_load_state()
    box = wall.locator("#scrubber").bounding_box()
    assert box
    x, y, height = box["x"] + 20, box["y"], box["height"]
    wall.mouse.move(x, y + 20)
    wall.mouse.down()
    wall.mouse.move(x, y + height - 2, steps=3)
    expect(wall.locator(".scrubber-at")).to_have_text("January 2010")
    wall.mouse.up()
    expect(wall.locator(oldest)).to_be_in_viewport()

    with watched(context_of(browser, owner, **PHONE)) as phone:
        phone.goto("/library/")
        phone.wait_for_load_state()
        box = phone.locator("#scrubber").bounding_box()
        assert box
        finger = phone.context.new_cdp_session(phone)
        ways = [("touchStart", 20), ("touchMove", box["height"] - 2), ("touchEnd", None)]
        for kind, at in ways:
            points = [] if at is None else [{"x": box["x"] + 10, "y": box["y"] + at}]
            finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
        expect(phone.locator(oldest)).to_be_in_viewport()


def test_without_a_script_one_comes_back_to_the_card_and_on_to_newer_ones(
    browser: Browser, deep: Deep
) -> None:
    owner, numbers = deep
    bare = context_of(browser, owner, java_script_enabled=False).new_page()
    bare.goto(f"/photos/{numbers[5]}/")
    bare.get_by_role("link", name="Back to the library").click()
    expect(bare.locator(f"#photo-{numbers[5]}")).to_be_in_viewport()

    for _ in range(3):
        bare.get_by_role("link", name="Newer photos").click()
    expect(bare.locator(f"#photo-{numbers[-1]}")).to_be_visible()
    expect(bare.get_by_role("link", name="Newer photos")).to_have_count(0)
    bare.context.close()
