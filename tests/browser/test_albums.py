"""Albums in a real browser: one makes them, puts photos in order and shares them; another sees them."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.conftest import DESKTOP, context_of, furnished, member_of, watched
from tests.browser.steps import drop, drop_from_files
from tests.browser.test_pages import complaints_of
from tests.site.process import ROOT, Site, Visitor

SAMPLES = sorted((ROOT / "gallery" / "samples").glob("*.jpg"))[:3]
PHONE: ViewportSize = {"width": 360, "height": 740}


class Two(NamedTuple):
    """Whose photos there are, and another member."""

    owner: Visitor
    other: Visitor
    other_name: str


@pytest.fixture(scope="module")
def two(shared_site: Site) -> Two:
    owner = furnished(member_of(shared_site), SAMPLES)
    return Two(owner, Visitor(shared_site).register("grandmother"), "grandmother")


def made(page: Page, two: Two, name: str) -> None:
    """Make an album of all photos of the owner by the form of the first one's page, and open it."""
    page.goto("/albums/new/")
    page.get_by_label("Name").fill(name)
    page.get_by_role("button", name="Make the album").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    for key in two.owner.uploaded:
        page.goto(f"/photos/{key}/")
        page.get_by_text("Put into an album").click()
        page.get_by_role("button", name=name).click()
        expect(page.get_by_text("1 photo was put into the album")).to_be_visible()
    page.get_by_role("link", name=name).click()
    expect(page.locator(".card")).to_have_count(len(SAMPLES))


def put_together(two: Two, name: str) -> str:
    """Return the address of a new album of all photos of the owner."""
    said = {"do": "album", "photo": two.owner.uploaded, "name": name, "back": "/albums/"}
    albums = two.owner.post("/photos/chosen/", data=said).text
    return f"/albums/{re.findall('id=.album-([0-9]+)', albums)[0]}/"


def order(page: Page) -> list[int]:
    expect(page.locator(".arrange-photo")).to_have_count(len(SAMPLES))
    photos = page.locator(".arrange-photo").all()
    return [int(f"{one.get_attribute('data-photo')}") for one in photos]


def arranged(page: Page, keys: list[int]) -> None:
    """Wait until the photos stand in that order."""
    for place, key in enumerate(keys):
        photo = page.locator(".arrange-photo").nth(place)
        expect(photo).to_have_attribute("data-photo", f"{key}")


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_an_album_is_made_put_in_order_given_a_cover_and_another_name(
    browser: Browser, two: Two, size: ViewportSize
) -> None:
    with watched(context_of(browser, two.owner, viewport=size)) as page:
        name = f"Trip {size['width']}"
        made(page, two, name)
        assert complaints_of(page) == []
        page.get_by_role("link", name="Arrange").click()
        page.wait_for_load_state()
        first, second, third = order(page)

        # By keys, by dragging, and by a button.
        page.locator(f"#arrange-{first}").focus()
        page.keyboard.press("Shift+ArrowRight")
        arranged(page, [second, first, third])
        expect(page.locator(f"#arrange-{first}")).to_be_focused()
        page.locator(f"#arrange-{third}").drag_to(
            page.locator(f"#arrange-{second}"), target_position={"x": 8, "y": 40}
        )
        arranged(page, [third, second, first])
        # By its key: on a phone it is below what was said of the drag.
        page.locator(f"#earlier-{first}").press("Enter")
        arranged(page, [third, first, second])
        page.locator(f"#cover-{first}").click()
        expect(page.locator(f"#cover-{first}")).to_have_attribute("aria-pressed", "true")
        assert complaints_of(page) == []

        page.goto("/albums/")
        card = page.get_by_role("link", name=name)
        expect(card.locator("img")).to_have_attribute("src", re.compile(f"/{first}/thumbnail"))
        assert complaints_of(page) == []
        card.click()
        page.get_by_role("link", name="Name and share").click()
        page.get_by_label("Name", exact=True).fill(f"Journey {size['width']}")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(f"Journey {size['width']}")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Undone: The album")).to_be_visible()
        page.reload()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_an_album_is_shared_with_a_member_who_sees_it_and_nothing_else(
    browser: Browser, two: Two
) -> None:
    with watched(context_of(browser, two.owner, viewport=DESKTOP)) as page:
        made(page, two, "For grandmother")
        page.get_by_role("link", name="Name and share").click()
        page.get_by_label("The name a member signs in with").fill(two.other_name)
        page.get_by_role("button", name="Share", exact=True).click()
        expect(
            page.get_by_text(re.compile("If there is an account called .*grandmother"))
        ).to_be_visible()
        assert complaints_of(page) == []

    with watched(context_of(browser, two.other, viewport=PHONE)) as page:
        page.goto("/albums/")
        page.get_by_role("link", name="For grandmother").click()
        expect(page.locator(".card")).to_have_count(len(SAMPLES))
        page.locator(".card-link").first.click()
        expect(page.locator(".overlay .line.box").first).to_be_visible()
        assert complaints_of(page) == []
        page.get_by_role("link", name="Next photo").click()
        page.get_by_role("link", name="Back to For grandmother").click()
        page.goto("/library/")
        expect(page.locator(".card")).to_have_count(0)
        page.goto("/albums/")
        page.get_by_role("link", name="For grandmother").click()
        page.get_by_role("button", name="Leave").click()
        expect(page.get_by_text("You left the album")).to_be_visible()
        expect(page.locator(".album-card")).to_have_count(0)


def test_on_the_page_of_an_album_photos_are_chosen_taken_out_and_come_back(
    browser: Browser, two: Two
) -> None:
    with watched(context_of(browser, two.owner, viewport=DESKTOP)) as page:
        page.goto(put_together(two, "Chosen here"))
        cards, count = page.locator(".card"), page.locator("[data-photo-count]")
        page.locator(".card-link").first.focus()
        page.keyboard.press("x")
        expect(page.locator("#chosen-count")).to_have_text("1 chosen")
        assert complaints_of(page) == []
        page.locator("#do-out").click()
        expect(cards).to_have_count(len(SAMPLES) - 1)
        expect(count).to_have_text(f"{len(SAMPLES) - 1} photos")
        page.get_by_role("button", name="Undo").click()
        expect(cards).to_have_count(len(SAMPLES))
        expect(count).to_have_text(f"{len(SAMPLES)} photos")
        page.locator(".card-link").first.focus()
        page.keyboard.press("Control+a")
        expect(page.locator("#chosen-count")).to_have_text(f"{len(SAMPLES)} chosen")
        with page.expect_download() as download:
            page.locator("#do-download").click()
        assert download.value.suggested_filename == "Chosen here.zip"


def test_a_finger_that_rests_on_a_photo_takes_it_to_another_place(
    browser: Browser, two: Two
) -> None:
    options = {"viewport": PHONE, "has_touch": True, "is_mobile": True}
    with watched(context_of(browser, two.owner, **options)) as page:
        page.goto(f"{put_together(two, 'By touch')}arrange/")
        first, second, third = order(page)
        touch = page.context.new_cdp_session(page)

        def at(photo: int, across: float) -> list[dict[str, float]]:
            box = page.locator(f"#arrange-{photo}").bounding_box()
            assert box is not None
            return [{"x": box["x"] + across * box["width"], "y": box["y"] + 40}]

        def send(kind: str, points: list[dict[str, float]]) -> None:
            touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        send("touchStart", at(first, 0.5))
        expect(page.locator(f"#arrange-{first}[data-lifted]")).to_be_visible()
        send("touchMove", at(second, 0.9))
        expect(page.locator(f"#arrange-{second}[data-drop=behind]")).to_be_visible()
        send("touchEnd", [])
        arranged(page, [second, first, third])
        # What was dragged is not ticked, and one that is tapped is.
        expect(page.locator(".arrange-photo :checked")).to_have_count(0)
        page.locator(f"#arrange-{third} .arrange-tick").tap()
        expect(page.locator(".arrange-photo :checked")).to_have_count(1)


def test_files_dropped_on_an_album_go_into_it_those_that_are_here_too(
    browser: Browser, two: Two
) -> None:
    with watched(context_of(browser, two.owner, viewport=PHONE)) as page:
        page.goto("/albums/new/")
        page.get_by_label("Name").fill("Dropped on")
        page.get_by_role("button", name="Make the album").click()
        expect(page.get_by_text("Drop photos on this page")).to_be_visible()
        drop(page, SAMPLES[:2])
        expect(page.locator("#upload-panel [data-summary]")).to_have_text("2 already here")
        expect(page.locator("#photo-grid .card")).to_have_count(2)
        expect(page.get_by_text("Drop photos on this page")).to_be_hidden()
        assert complaints_of(page) == []


def test_a_dropped_folder_becomes_an_album_with_what_was_here_already(
    browser: Browser, two: Two, tmp_path: Path
) -> None:
    folder = tmp_path / "Busan 2019"
    folder.mkdir()
    for path in SAMPLES[:2]:
        shutil.copyfile(path, folder / path.name)
    (folder / "grey.bmp").write_bytes(b"BM")
    with watched(context_of(browser, two.owner, viewport=DESKTOP)) as page:
        page.goto("/library/")
        drop_from_files(page, [folder])
        expect(page.get_by_text("2 photos of the folder “Busan 2019” are here.")).to_be_visible()
        assert complaints_of(page) == []
        page.get_by_role("button", name="Make an album of them").click()
        expect(page.get_by_text("2 photos were put into the album “Busan 2019”.")).to_be_visible()


def test_chosen_photos_are_put_into_a_new_album_without_leaving_the_library(
    browser: Browser, two: Two
) -> None:
    with watched(context_of(browser, two.owner, viewport=DESKTOP)) as page:
        page.goto("/library/")
        ticks = page.locator(".card input[name=photo]")
        for number in range(2):
            # It is ticked a moment after the press, for which check() does not wait.
            ticks.nth(number).click(force=True)
            expect(ticks.nth(number)).to_be_checked()
        page.locator("#do-album").click()
        dialog = page.locator("#chosen-album")
        expect(dialog).to_be_visible()
        assert complaints_of(page) == []
        dialog.get_by_label("A new album").fill("Chosen ones")
        page.keyboard.press("Enter")
        expect(page.get_by_text("2 photos were put into the album “Chosen ones”.")).to_be_visible()
        expect(dialog).to_be_hidden()
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Undone: 2 photos")).to_be_visible()
