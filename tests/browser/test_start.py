"""The start page in a real browser: plots, the photos behind them, and what one takes along."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from gallery.services import plots
from tests.browser.conftest import context_of, furnished, watched
from tests.browser.steps import name_the_face, open_photo
from tests.browser.test_pages import complaints_of, overflow
from tests.site.photos import variants
from tests.site.process import Visitor

PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def named(member: Visitor, here: Page, tmp_path: Path) -> Page:
    """A member with three photos, on one of which somebody is named."""
    furnished(member, variants(tmp_path, 3))
    here.goto("/library/")
    open_photo(here, "astronaut-0.jpg")
    name_the_face(here, "Eileen")
    expect(here.locator(".face[data-state=named]")).to_be_visible()
    return here


def drawn(page: Page, name: str) -> Locator:
    """Look at a plot until it is there."""
    card = page.locator(f"#{name}")
    card.scroll_into_view_if_needed()
    expect(card.locator(f"#{name}-table, [data-empty]")).to_be_attached()
    if card.locator(f"#{name}-table").count():
        expect(card.locator("canvas, [data-network]").first).to_be_visible()
    return card


def test_each_plot_is_drawn_and_leads_to_the_photos_that_it_counts(named: Page) -> None:
    named.goto("/")
    leads = {}
    for name in plots.KINDS:
        card = drawn(named, name)
        for link in card.locator("td a").all()[:1]:
            leads[name] = (link.get_attribute("href"), link.text_content())
    assert {"people", "emotions", "ages", "quality", "confidence"} <= leads.keys()
    assert complaints_of(named) == []
    with named.expect_download() as kept:
        named.get_by_role("button", name="How faces look as a picture").click()
    assert Path(kept.value.path()).read_bytes().startswith(b"\x89PNG")
    with named.expect_download() as kept:
        named.get_by_role("link", name="People on most photos as numbers").click()
    assert Path(kept.value.path()).read_text("utf-8-sig").splitlines() == [
        "Person,Photos",
        "Eileen,1",
    ]

    for name, (address, count) in leads.items():
        named.goto(f"{address}")
        expect(named.locator("[data-photo-count]")).to_have_attribute(
            "data-photo-count", f"{count}".strip()
        )
        assert named.locator(".card").count() == int(f"{count}"), name


# A plot of two columns beside each other, of which one is four times as high.
DISTANCES = """<div class="plot-part" id="distances-part">
  <table id="distances-table" data-form="columns" data-unit="thousandth" data-limits="">
    <thead><tr><th>Distance</th><th>Confirmed</th><th>Guesses</th></tr></thead>
    <tbody>
      <tr data-values="275 4 1"><th>0.25</th>
        <td><a href="/library/?by=human">4</a></td><td><a href="/library/?by=machine">1</a></td></tr>
    </tbody>
  </table>
</div>"""


def test_a_bar_is_pressed_on_a_phone_and_a_table_read_without_scripts(
    browser: Browser, member: Visitor, named: Page
) -> None:
    with watched(context_of(browser, member, **PHONE)) as page:
        page.route("**/plots/?plot=distances", lambda route: route.fulfill(body=DISTANCES))
        page.goto("/")
        for name in plots.KINDS:
            drawn(page, name)
        assert overflow(page) == 0
        box = drawn(page, "distances").locator(".u-over").bounding_box()
        assert box is not None
        # Nearer to the top of the lower column, and on the higher one.
        page.touchscreen.tap(box["x"] + box["width"] / 2 - 4, box["y"] + box["height"] * 0.6)
        page.wait_for_url("**/library/?by=human")
        page.goto("/")
        box = drawn(page, "people").locator(".u-over").bounding_box()
        assert box is not None
        page.touchscreen.tap(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
        page.wait_for_url("**/library/?person=*")
        expect(page.locator(".card")).to_have_count(1)

    with watched(context_of(browser, member, java_script_enabled=False)) as plain:
        plain.goto("/")
        plain.get_by_role("link", name="People on most photos", exact=True).click()
        plain.get_by_role("row", name="Eileen").get_by_role("link").click()
        expect(plain.locator(".card")).to_have_count(1)


def test_the_page_follows_what_is_said_elsewhere(named: Page) -> None:
    named.goto("/")
    expect(drawn(named, "people").locator("tbody tr")).to_have_count(1)
    elsewhere = named.context.new_page()
    elsewhere.goto("/library/")
    open_photo(elsewhere, "biden-1.jpg")
    name_the_face(elsewhere, "Joseph")
    expect(elsewhere.locator(".face[data-state=named]")).to_be_visible()
    elsewhere.close()

    expect(named.locator("#people-table tbody tr")).to_have_count(2)
    assert complaints_of(named) == []
