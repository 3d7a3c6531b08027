"""Photos are searched by typed words, suggestions, counts and a photo; with keys, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, context_of, furnished_with, watched
from tests.browser.steps import ANALYSIS_MS, follow
from tests.browser.test_pages import complaints_of
from tests.site.photos import variants
from tests.site.process import Site, Visitor

BARACK, EILEEN, GRACE, JOE = "Barack", "Eileen", "Grace", "Joe"
# Of five photos with a face each, by what is typed: of whom they are.
ANSWERS = {
    "eileen": [EILEEN],
    "barack": [BARACK, BARACK],
    "eileen or joe": [EILEEN, JOE],
    "eileen barack": [],
    "-barack": [EILEEN, GRACE, JOE],
    "-barack -joe only": [],
    "eileen only": [EILEEN],
    "faces:1 barack": [BARACK, BARACK],
    "faces:2-": [],
    "age:0-110 -barack": [EILEEN, GRACE, JOE],
    "unnamed": [],
    "man barack": [BARACK, BARACK],
    "woman eileen": [EILEEN],
    "file:hopper": [GRACE],
    "obama2": [BARACK],
    "space": [EILEEN],
    "keyword:space joe": [],
    "favourites": [JOE],
    "favourites or": [],
    "undated eileen": [EILEEN],
    "from:2000 barack": [],
    "1999": [],
    "failed": [],
    "waiting": [],
    "faceless": [],
    "quality:1- grace": [GRACE],
    "looking only": [],
}


@pytest.fixture(scope="module")
def searched(shared_site: Site, tmp_path_factory: pytest.TempPathFactory) -> Visitor:
    """A member with five named photos, one with a keyword and one a favourite."""
    visitor = furnished_with(variants(tmp_path_factory.mktemp("photos"), 5), shared_site)
    photos = sorted(visitor.photos(), key=lambda one: int(one["id"]))
    for photo, name in zip(photos, (EILEEN, JOE, GRACE, BARACK, BARACK), strict=True):
        [face] = visitor.get(f"/api/photos/{photo['id']}/")["faces"]
        visitor.post(f"/faces/{face['id']}/name/", data={"name": name})
    by_name = {photo["filename"].split("-")[0]: photo["id"] for photo in photos}
    space = {"do": "keyword", "keyword": "Space", "photo": by_name["astronaut"]}
    visitor.post("/photos/chosen/", data=space)
    visitor.post("/photos/chosen/", data={"do": "favourite", "photo": by_name["biden"]})
    return visitor


@pytest.fixture
def library(browser: Browser, searched: Visitor) -> Iterator[Page]:
    with watched(context_of(browser, searched, viewport=DESKTOP)) as page:
        page.goto("/library/")
        yield page


def shown(page: Page) -> list[str]:
    """Return who is on the photos of the wall."""
    names = page.locator(".card .card-names").all_inner_texts()
    assert len(names) == page.locator(".card").count()
    return sorted(names)


def type_in(page: Page, text: str) -> None:
    page.locator("#search-q").fill(text)
    page.locator("#search-q").press("Enter")


@pytest.mark.parametrize("text", ANSWERS)
def test_what_is_typed_finds_the_photos_of_which_it_is_true(searched: Visitor, text: str) -> None:
    # By plain requests: no page has anything to do with what is found.
    page = searched.session.get(f"{searched.site.url}/search/", params={"q": text}, timeout=60).text
    found = re.findall(r'class="card-names[^"]*">([^<]*)<', page)
    assert sorted(found) == sorted(ANSWERS[text])


def test_a_name_is_suggested_and_chosen_by_keys_and_leads_on_from_photo_to_photo(
    library: Page,
) -> None:
    library.keyboard.press("/")
    field = library.locator("#search-q")
    expect(field).to_be_focused()
    field.press_sequentially("bar")
    expect(library.get_by_role("option", name="Barack")).to_be_visible()
    assert complaints_of(library) == []
    field.press("ArrowDown")
    expect(library.get_by_role("option", name="Barack", selected=True)).to_be_visible()
    field.press("Enter")
    expect(library.locator(".search-chip")).to_contain_text(["Barack"])
    expect(library.locator("[data-photo-count]")).to_have_text("2 photos")
    assert shown(library) == [BARACK, BARACK]
    assert complaints_of(library) == []

    library.locator(".card-link").first.click()
    library.get_by_role("link", name="Next photo").click()
    expect(library.get_by_role("link", name="Next photo")).to_have_count(0)
    library.get_by_role("link", name=re.compile("^Back to")).click()
    expect(library.locator(".search-chip")).to_contain_text(["Barack"])
    library.locator(".search-chip").click()
    expect(library.locator(".card")).to_have_count(5)


# Suggestions whose body doesn't come, as by a slow line, until they aren't wanted any more.
SLOW = """() => {
  const { fetch } = window;
  const never = (signal) => new ReadableStream({
    start: (body) => signal.addEventListener("abort", () => body.error(signal.reason)),
  });
  window.fetch = (address, options) => `${address}`.includes("suggestions")
    ? Promise.resolve(new Response(never(options.signal))) : fetch(address, options);
}"""


def test_to_type_on_while_suggestions_come_in_is_no_error(library: Page) -> None:
    library.wait_for_load_state()
    library.evaluate(SLOW)
    # Longer than is waited for another key; the page's console has to stay free of errors.
    library.locator("#search-q").press_sequentially("bar", delay=250)
    expect(library.locator("#search-suggestions")).to_be_hidden()


def test_counts_say_what_a_search_can_be_narrowed_to(library: Page) -> None:
    library.get_by_text("Narrow down").click()
    facets = library.locator("#search-facets")
    expect(facets.get_by_role("link", name="Barack 2 photos")).to_be_visible()
    assert complaints_of(library) == []
    facets.get_by_role("link", name="Eileen 1 photo").click()
    expect(library.locator(".search-chip")).to_contain_text(["Eileen"])
    assert shown(library) == [EILEEN]
    library.get_by_text("Narrow down").click()
    library.get_by_label("At most").nth(1).fill("0")
    library.get_by_role("button", name="Show", exact=True).click()
    expect(library.get_by_role("heading", name="Nothing found")).to_be_visible()
    expect(library.locator(".search-chip")).to_contain_text(["Eileen", "0 or less faces"])
    assert complaints_of(library) == []
    library.get_by_role("link", name="Without “0 or less faces”: 1 photo").click()
    assert shown(library) == [EILEEN]


def test_it_fits_a_phone(browser: Browser, searched: Visitor) -> None:
    with watched(context_of(browser, searched, viewport={"width": 360, "height": 740})) as page:
        page.goto("/library/?age=20-90&gender=male&from=2001&text=jpg&faces=1-9")
        page.get_by_text("Narrow down").click()
        expect(page.locator(".search-facet").first).to_be_visible()
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0
        assert complaints_of(page) == []


def test_without_scripts_a_form_and_a_page_do_the_same(browser: Browser, searched: Visitor) -> None:
    context = context_of(browser, searched, viewport=DESKTOP, java_script_enabled=False)
    with watched(context) as page:
        page.goto("/library/?gender=male")
        type_in(page, "barack")
        expect(page.locator(".search-chip")).to_have_count(2)
        assert shown(page) == [BARACK, BARACK]
        page.get_by_text("Narrow down").click()
        page.get_by_role("link", name="What it can be narrowed to").click()
        expect(page.get_by_role("heading", name="Narrow down")).to_be_visible()
        page.get_by_role("link", name=re.compile("^nobody else")).click()
        expect(page.locator(".search-chip")).to_have_count(3)


def test_a_photo_that_is_shown_finds_whom_it_shows_and_is_not_kept(
    library: Page, searched: Visitor, tmp_path: Path
) -> None:
    shown_photo = variants(tmp_path, 5)[4]
    follow(library.get_by_role("link", name="By a photo"))
    library.locator("#example-photo").set_input_files(shown_photo)
    found = library.locator("#example-found")
    expect(found).to_be_visible(timeout=ANALYSIS_MS)
    expect(found.get_by_role("heading", name="Very likely the same person")).to_be_visible()
    expect(found.locator(".example-who")).to_have_text(["Barack", "Barack"])
    assert complaints_of(library) == []
    assert len(searched.photos()) == 5
    found.get_by_role("link").first.click()
    expect(library.locator(".face").first).to_contain_text("Barack")
    library.get_by_role("link", name=re.compile("^Find everywhere")).click()
    expect(library.locator(".example-who")).to_have_text(["Barack"])
    assert complaints_of(library) == []
