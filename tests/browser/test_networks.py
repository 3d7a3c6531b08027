"""Emotion networks in a real browser: one is uploaded, compared, made the default, trained, stopped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from analysis.methods import DEFAULT, EMOTIONS
from analysis.weights import Weights
from tests.browser.steps import (
    WORK_MS,
    drop,
    follow,
    sign_in,
    wait_until_analysed,
)
from tests.browser.test_pages import complaints_of
from tests.site.photos import variants
from tests.site.process import Site, Visitor, migrated

WIDTHS = (1440, 360)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of which somebody is the administrator; what tests leave on it is in the way of none below."""
    data = tmp_path_factory.mktemp("site") / "data"
    site = migrated(tmp_path_factory, data, ANALYSIS_CHILDREN="1").start()
    Visitor(site).make_first_account()
    yield site
    site.stop()


@pytest.fixture
def administrator(page: Page) -> Page:
    sign_in(page)
    return page


@pytest.fixture
def on_a_phone(browser: Browser, site: Site, administrator: Page) -> Iterator[Page]:
    """The administrator's pages in the dark, without scripts."""
    context = browser.new_context(
        base_url=site.url,
        viewport={"width": 390, "height": 844},
        color_scheme="dark",
        has_touch=True,
        java_script_enabled=False,
    )
    page = context.new_page()
    sign_in(page)
    yield page
    context.close()


def open_networks(page: Page) -> None:
    page.get_by_role("button", name="Account").click()
    follow(page.get_by_role("link", name="Emotion networks"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Emotion networks")


def upload(page: Page, name: str) -> None:
    page.locator("#upload > summary").click()
    [default] = EMOTIONS[DEFAULT.emotion].files(Weights())
    page.get_by_label("File").set_input_files(default)
    page.locator("#upload_name").fill(name)
    page.get_by_role("button", name="Upload", exact=True).click()
    page.wait_for_url("**/networks/#work")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(
    administrator: Page, tmp_path: Path
) -> None:
    page = administrator
    open_networks(page)
    with (tmp_path / "large.onnx").open("wb") as file:
        file.truncate(101 * 2**20)
    page.locator("#upload > summary").click()
    page.get_by_label("File").set_input_files(tmp_path / "large.onnx")
    said = page.get_by_label("File").evaluate("field => field.validationMessage")
    assert said == "This file has more than 100 MB, the most for a network."
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.locator("#work li")).to_have_count(0)


def test_what_was_chosen_to_be_compared_stays_while_the_list_changes(administrator: Page) -> None:
    page = administrator
    open_networks(page)
    page.locator("#compare > summary").click()
    names = page.locator("#compare_one option").evaluate_all("all => all.map((one) => one.value)")
    page.locator("#compare_one").select_option(names[-1])
    page.locator("#compare_other").select_option(names[0])
    shown = page.locator("#network-list")
    shown.evaluate("list => list.dataset.before = ''")  # Gone once the server's list has come in.
    page.evaluate("document.body.dispatchEvent(new CustomEvent('networks'))")
    expect(shown).not_to_have_attribute("data-before", "")
    expect(page.locator("#compare_one")).to_have_value(names[-1])
    expect(page.locator("#compare_other")).to_have_value(names[0])


def test_the_pages_work_without_scripts(on_a_phone: Page) -> None:
    page = on_a_phone
    page.goto("/networks/")
    page.locator("#train > summary").click()
    expect(page.get_by_text("No dataset yet.")).to_be_visible()
    page.locator("#train_name").fill("night")
    page.get_by_role("button", name="Train", exact=True).click()
    expect(page.get_by_text("Choose what to learn from.")).to_be_visible()
    expect(page.locator("#train_name")).to_have_value("night")

    upload(page, "")
    work = page.locator("#work")
    expect(work.get_by_text("Check of emotion", exact=True)).to_be_visible()
    page.get_by_role("button", name="Stop: Check of emotion").click()
    expect(page.get_by_text("Stopped.", exact=True)).to_be_visible()


def test_a_network_is_uploaded_compared_made_the_default_and_deleted(
    administrator: Page, tmp_path: Path
) -> None:
    page = administrator
    drop(page, variants(tmp_path, 3))
    wait_until_analysed(page, 3)
    open_networks(page)
    upload(page, "Borrowed")

    work = page.locator("#work li").filter(has_text="Check of borrowed")
    expect(work).to_contain_text("Checked and added.", timeout=WORK_MS)
    expect(page.locator("#announcer")).to_have_text("Check of borrowed: Checked and added.")
    row = page.locator("#network-list li").filter(has_text="borrowed")  # Without a reload.
    expect(row).to_contain_text("Uploaded by alice")
    expect(page.locator("#compare_other option", has_text="borrowed")).to_have_count(1)
    assert complaints_of(page, *WIDTHS) == []

    row.get_by_role("link", name="borrowed").click()
    assert complaints_of(page, *WIDTHS) == []
    page.get_by_role("button", name="Compare with the default").click()
    expect(page.get_by_text("They agree on 3 of 3 faces")).to_be_visible(timeout=WORK_MS)
    expect(page.get_by_text("Nowhere: they say the same of every face.")).to_be_visible()
    assert complaints_of(page, *WIDTHS) == []

    page.get_by_role("link", name="Back", exact=True).click()
    page.get_by_role("button", name="Make default: borrowed").click()
    expect(page.locator("#toasts")).to_contain_text("borrowed is the default for new photos now.")
    expect(page.locator("#network-list li").first).to_contain_text("borrowed")
    page.locator("#again > summary").click()
    page.get_by_role("button", name="Tell again").click()
    again = page.locator("#work li").filter(has_text="Emotions again, by borrowed")
    expect(again).to_contain_text("0 of 3 faces show another emotion now.", timeout=WORK_MS)

    page.get_by_role("button", name="Make default").first.click()
    page.get_by_role("link", name="borrowed", exact=True).click()
    page.get_by_role("button", name="Delete", exact=True).click()
    page.get_by_role("button", name="Delete network").click()
    expect(page.locator("#toasts")).to_contain_text("borrowed was deleted.")
    expect(page.locator("#network-list")).not_to_contain_text("borrowed")


def test_a_training_is_watched_stopped_and_goes_on(administrator: Page, site: Site) -> None:
    page = administrator
    datasets = Path(site.environment["DATA_DIR"]) / "datasets"
    datasets.mkdir()
    images = np.random.default_rng(0).integers(0, 255, (140, 48, 48), dtype=np.uint8)
    np.savez(datasets / "noise.npz", images=images, labels=np.arange(140) % 7)
    open_networks(page)

    page.locator("#train > summary").focus()
    page.keyboard.press("Enter")
    page.locator("#train_name").fill("night")
    page.get_by_label("noise.npz").check()
    page.get_by_role("button", name="Train", exact=True).press("Enter")
    page.wait_for_url(re.compile(r"/work/\d+/"))

    curves = page.get_by_role("img", name="Loss and accuracy by epoch")
    expect(curves.locator("polyline")).to_have_count(4, timeout=WORK_MS)
    expect(page.locator("[data-sentence]")).to_contain_text("of 200.")
    before = page.locator("[data-sentence]").inner_text()
    expect(page.locator("[data-sentence]")).not_to_have_text(before, timeout=WORK_MS)
    page.set_viewport_size({"width": 390, "height": 844})
    assert curves.evaluate("element => element.scrollWidth <= element.clientWidth")

    page.get_by_role("button", name="Stop: Training of night").click()
    expect(page.locator("#toasts")).to_contain_text("Training of night was stopped.")
    expect(page.locator("[data-sentence]")).to_contain_text("Stopped after")
    expect(curves.locator("polyline")).to_have_count(4)
    assert complaints_of(page, *WIDTHS) == []

    page.get_by_role("button", name="Go on: Training of night").click()
    expect(page.locator("[data-sentence]")).to_contain_text("Epoch", timeout=WORK_MS)
    page.get_by_role("button", name="Stop: Training of night").click()
    expect(page.locator("[data-sentence]")).to_contain_text("Stopped after")
