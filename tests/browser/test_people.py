"""The people page in a real browser: people are found while one types, and by the arrow keys."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect

from analysis.versions import ENCODER
from tests.browser.conftest import DESKTOP, context_of, watched
from tests.browser.steps import ANALYSIS_MS, follow
from tests.browser.test_pages import complaints_of
from tests.factories import vector
from tests.site.process import ROOT, Site, Visitor, wait_until

SAMPLES = ROOT / "gallery" / "samples"
NAMES = [
    "Ann Lee",
    "Anna Park",
    "Bea",
    "Cy",
    "Dan",
    "Eva",
    "Hanna",
    "Ian",
    "Jo",
    "Kim",
    "Lou",
    "Mia",
]


@pytest.fixture(scope="module")
def known(shared_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Visitor:
    """Somebody who knows a dozen people, by encodings from a file."""
    owner = Visitor(shared_site).register("curator")
    vectors = [vector(number).tolist() for number in range(len(NAMES))]
    file = tmp_path_factory.mktemp("known") / "known.json"
    file.write_text(json.dumps({"encoder": ENCODER, "names": NAMES, "encodings": vectors}))
    command = [sys.executable, "manage.py", "import_people", f"{file}", "--owner=curator"]
    subprocess.run(command, cwd=ROOT, env=shared_site.environment, check=True, capture_output=True)
    wait_until(lambda: len(owner.get("/api/people/")) == len(NAMES), 60)
    return owner


def test_people_are_found_while_one_types_and_by_the_arrow_keys(
    browser: Browser, known: Visitor
) -> None:
    with watched(context_of(browser, known, viewport=DESKTOP)) as page:
        page.goto("/people/")
        cards = page.locator(".person-card")
        expect(cards).to_have_count(len(NAMES))
        assert complaints_of(page, 1280, 360) == []
        page.set_viewport_size(DESKTOP)

        _go_by_arrows(page)

        page.get_by_label("Order").select_option("name")
        page.get_by_role("searchbox").press_sequentially("anna", delay=60)
        expect(cards).to_have_count(2)
        expect(page.get_by_role("searchbox")).to_be_focused()
        expect(page.locator("#people-count")).to_have_text("2 people")
        expect(page).to_have_url(f"{known.site.url}/people/?q=anna&order=name")

        page.get_by_role("searchbox").press("Tab")
        page.get_by_label("Who is shown").select_option("unreferenced")
        expect(page.get_by_text("Nobody here is called “anna”")).to_be_visible()
        page.go_back()
        page.go_forward()
        expect(page.get_by_role("searchbox")).to_have_value("anna")
        expect(page.get_by_label("Order")).to_have_value("name")
        page.get_by_role("link", name="Show everybody").click()
        expect(cards).to_have_count(len(NAMES))


def _go_by_arrows(page: Page) -> None:
    """Tab comes to one person alone, and the arrows lead on from there, by lines too."""
    cards = page.locator(".person-card")
    wide = cards.evaluate_all("all => all.filter(one => one.offsetTop === all[0].offsetTop).length")
    page.get_by_role("link", name="Choose").focus()
    page.keyboard.press("Tab")
    expect(cards.first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(cards.nth(1)).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(cards.nth(1 + wide)).to_be_focused()
    page.keyboard.press("End")
    expect(cards.last).to_be_focused()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('.person-card')") is False
    page.keyboard.press("Shift+Tab")
    expect(cards.last).to_be_focused()


def test_a_year_of_a_plot_leads_to_its_photos(browser: Browser, member: Visitor) -> None:
    for name in ("obama.jpg", "obama2.jpg"):  # Which say that they are of 2012 and of 2009.
        photo = member.upload(SAMPLES / name)
        wait_until(partial(_is_done, member, photo), ANALYSIS_MS / 1000)
        [face] = member.get(f"/api/photos/{photo}/")["faces"]
        member.post(f"/api/faces/{face['id']}/name/", json={"name": "Ada"})
    with watched(context_of(browser, member, viewport=DESKTOP)) as page:
        page.goto("/people/")
        page.get_by_role("link", name="Ada").click()
        page.get_by_role("link", name="Over the years").click()
        expect(page.locator(".plot canvas")).to_have_count(3)
        assert complaints_of(page, 1280, 360) == []
        page.locator("#photos-summary").click()
        expect(page.locator("#photos-table tbody th")).to_have_text(["2009", "2012"])

        page.locator("#photos-plot .u-over").click(position={"x": 3, "y": 30})

        expect(page.get_by_role("heading", name="Named by you in 2009")).to_be_visible()
        expect(page.locator("#person-photos .card")).to_have_count(1)


def _is_done(member: Visitor, photo: int) -> bool:
    return bool(member.get(f"/api/photos/{photo}/")["state"] == "done")


def test_people_are_chosen_over_searches_and_hidden_and_that_is_undone(
    browser: Browser, known: Visitor
) -> None:
    with watched(context_of(browser, known, viewport=DESKTOP)) as page:
        page.goto("/people/?order=name")
        follow(page.get_by_role("link", name="Choose"))
        page.get_by_role("checkbox", name="Bea").click()
        page.get_by_role("checkbox", name="Dan").click(modifiers=["Shift"])
        expect(page.get_by_text("3 people chosen")).to_be_visible()
        assert complaints_of(page, 1280, 360) == []
        page.set_viewport_size(DESKTOP)

        page.get_by_role("searchbox").fill("anna")
        expect(page.locator(".person-choice")).to_have_count(2)
        page.get_by_role("checkbox", name="Hanna").press("Space")
        page.get_by_role("searchbox").fill("")
        expect(page.get_by_role("checkbox", name="Bea")).to_be_checked()
        expect(page.get_by_role("checkbox", name="Hanna")).to_be_checked()
        page.locator("#chosen-people").get_by_role("button", name="Cy").click()
        expect(page.get_by_role("checkbox", name="Cy")).not_to_be_checked()
        page.get_by_role("button", name="Hide").click()

        expect(page.get_by_role("status").filter(has_text="3 people are hidden.")).to_be_visible()
        expect(page.locator(".person-card")).to_have_count(len(NAMES) - 3)
        expect(page).to_have_url(f"{known.site.url}/people/?order=name")
        page.get_by_role("button", name="Undo").click()
        expect(page.locator(".person-card")).to_have_count(len(NAMES))
