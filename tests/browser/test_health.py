"""Roster health in a real browser: a plot under the strict policy, drawn from a table, light and dark."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import context_of, watched
from tests.browser.steps import ANALYSIS_MS
from tests.browser.test_pages import complaints_of
from tests.site.photos import samples
from tests.site.process import Visitor, wait_until

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}
# The colours that a canvas is painted in.
PAINTED = """(canvas) => {
  const {data} = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const colours = new Set();
  for (let at = 0; at < data.length; at += 4) {
    if (data[at + 3] > 200) colours.add(data.slice(at, at + 3).join());
  }
  return [...colours];
}"""


@pytest.fixture
def furnished(member: Visitor) -> Visitor:
    """A member with the samples, each of whose faces is named after its file."""
    for path in samples():
        member.upload(path)
    wait_until(lambda: {one["state"] for one in member.photos()} == {"done"}, ANALYSIS_MS / 1000)
    for photo in member.photos():
        name = Path(photo["filename"]).stem.rstrip("0123456789").title()
        [face, *_] = member.get(f"/api/photos/{photo['id']}/")["faces"]
        answer = member.post(f"/api/faces/{face['id']}/name/", json={"name": name})
        assert answer.ok, answer.text
    return member


def colours_of(page: Page) -> set[str]:
    """Return the colours that the plot is painted in."""
    canvas = page.locator("#apart-plot canvas")
    expect(canvas).to_have_count(1)
    return set(canvas.evaluate(PAINTED))


def test_the_plot_is_painted_in_the_pages_colours_beside_its_table(
    furnished: Visitor, here: Page
) -> None:
    here.goto("/people/")
    here.get_by_role("link", name="Roster health").click()
    expect(here.get_by_role("heading", level=1)).to_have_text("Roster health")

    # The accent, in each scheme; it is painted a moment after that has changed.
    wait_until(lambda: "11,107,92" in colours_of(here), ANALYSIS_MS / 1000)
    here.emulate_media(color_scheme="dark")
    wait_until(lambda: "98,205,183" in colours_of(here), ANALYSIS_MS / 1000)

    # The legend has values while one points at the plot.
    value = here.locator(".plot .u-value").nth(1)
    expect(value).to_be_hidden()
    here.locator(".plot .u-over").hover()
    expect(value).to_be_visible()

    before = here.locator("#limits").get_attribute("data-lines")
    here.get_by_role("radio", name="1,000").check()
    expect(here.get_by_role("status").filter(has_text="change")).to_contain_text("Nothing would")
    assert here.locator("#limits").get_attribute("data-lines") != before
    assert complaints_of(here) == []
    here.get_by_role("button", name="Have it so").click()
    expect(here.get_by_role("radio", name="1,000")).to_be_checked()
    expect(here.get_by_role("button", name="Have it so")).to_have_count(0)

    here.get_by_text("As a table").click()
    rows = here.locator("#apart-table tbody tr")
    assert rows.count() > 2
    expect(here.get_by_role("table", name="faces of people who have others")).to_be_visible()
    assert complaints_of(here) == []


def test_it_fits_a_phone_and_needs_no_scripts(furnished: Visitor, browser: Browser) -> None:
    with watched(context_of(browser, furnished, reduced_motion="reduce", **PHONE)) as page:
        page.goto("/people/health/")
        assert colours_of(page)
        assert complaints_of(page) == []
    with watched(context_of(browser, furnished, java_script_enabled=False)) as bare:
        bare.goto("/people/health/")
        expect(bare.locator("#apart-plot")).to_be_hidden()
        expect(bare.get_by_text("As a table")).to_be_visible()
        bare.get_by_text("1,000").click()
        bare.get_by_role("button", name="What would change?").click()
        expect(bare.get_by_role("button", name="Have it so")).to_be_visible()
