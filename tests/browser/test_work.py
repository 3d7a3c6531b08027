"""Work in a real browser: stopped, gone on with, tried again, dismissed, and seen on every page."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.steps import (
    ANALYSIS_MS,
    WORK_MS,
    drop,
    follow,
    sign_in,
    wait_until_analysed,
)
from tests.browser.test_networks import WIDTHS, administrator, open_networks, site
from tests.browser.test_pages import complaints_of
from tests.site.photos import variants
from tests.site.process import DATABASE, Site, Visitor, wait_until

__all__ = ["administrator", "site"]


@pytest.fixture
def training(administrator: Page, site: Site) -> Iterator[Page]:
    """A page of an administrator whose training is under way; it is discarded at the end."""
    page = administrator
    datasets = data_of(site) / "datasets"
    datasets.mkdir(exist_ok=True)
    images = np.random.default_rng(0).integers(0, 255, (140, 48, 48), dtype=np.uint8)
    np.savez(datasets / "noise.npz", images=images, labels=np.arange(140) % 7)
    open_networks(page)
    page.locator("#train > summary").click()
    page.locator("#train_name").fill("night")
    page.get_by_label("noise.npz").check()
    page.get_by_role("button", name="Train", exact=True).click()
    page.wait_for_url(re.compile(r"/work/\d+/"))
    work = urlsplit(page.url).path
    yield page
    alice = Visitor(site).sign_in("alice")
    for what in ("stop", "discard"):
        alice.post(f"{work}{what}/")
    wait_until(lambda: {one["state"] for one in alice.photos()} <= {"done"}, ANALYSIS_MS / 1000)


def data_of(site: Site) -> Path:
    return Path(site.environment["DATA_DIR"])


def fail_all_photos(site: Site) -> None:
    with sqlite3.connect(data_of(site) / DATABASE, timeout=30) as database:
        database.execute(
            "UPDATE gallery_analysisjob SET state = 'failed', error = 'It broke.', lease = NULL"
        )
    database.close()


def test_photos_that_failed_are_tried_again_and_deleted(
    administrator: Page, site: Site, tmp_path: Path
) -> None:
    page = administrator
    drop(page, variants(tmp_path, 3))
    wait_until_analysed(page, 3)
    fail_all_photos(site)
    page.get_by_role("link", name="Work", exact=True).click()
    photos = page.locator(".failed-photo")
    expect(photos).to_have_count(3)
    assert complaints_of(page, *WIDTHS) == []

    photos.first.get_by_role("button", name="Delete").click()
    expect(photos).to_have_count(2)
    photos.first.get_by_role("button", name="Try again").press("Enter")
    expect(photos).to_have_count(1)
    photos.first.get_by_role("link", name="Other methods").click()
    expect(page.get_by_role("dialog", name="Analyse this photo again")).to_be_visible()
    page.go_back()
    fail_all_photos(site)
    page.reload()
    page.get_by_role("button", name="Try all again").click()
    expect(page.get_by_text("Nothing under way")).to_be_visible(timeout=WORK_MS)


def test_what_failed_is_tried_again_and_dismissed(administrator: Page, tmp_path: Path) -> None:
    page = administrator
    (tmp_path / "poem.onnx").write_text("I am a poem.")
    open_networks(page)
    page.locator("#upload > summary").click()
    page.get_by_label("File").set_input_files(tmp_path / "poem.onnx")
    page.get_by_role("button", name="Upload", exact=True).click()
    page.get_by_role("link", name="Work", exact=True).click()
    row = page.locator("#work li").filter(has_text="Check of poem")
    expect(row).to_have_attribute("data-state", "failed", timeout=WORK_MS)
    row.get_by_role("button", name="Dismiss").press("Enter")
    expect(page.get_by_text("Nothing under way")).to_be_visible()
    assert complaints_of(page, *WIDTHS) == []


def test_the_bar_covers_none_of_the_layers_of_a_photo(training: Page, tmp_path: Path) -> None:
    page = training
    follow(page.get_by_role("link", name="Library", exact=True))
    drop(page, variants(tmp_path, 4)[3:])  # One that no test above has brought.
    page.get_by_role("link", name="Open it").click()
    expect(page.locator("#progress progress").first).to_be_attached()
    bar, layers = page.locator("#progress").bounding_box(), page.locator(".layers").bounding_box()
    assert bar is not None
    assert layers is not None
    assert layers["y"] + layers["height"] <= bar["y"]


def test_work_is_stopped_gone_on_with_and_discarded_and_every_page_says_so(training: Page) -> None:
    page = training
    page.get_by_role("link", name="Library", exact=True).click()
    bar = page.locator("#progress")
    expect(bar).to_contain_text("Training of night")
    expect(bar.locator("progress")).to_be_visible()
    navigation = page.locator(".rail").bounding_box()
    place = bar.bounding_box()
    assert navigation is not None
    assert place is not None
    assert place["x"] >= navigation["x"] + navigation["width"]
    page.set_viewport_size({"width": 390, "height": 844})
    navigation, place = page.locator(".rail").bounding_box(), bar.bounding_box()
    assert navigation is not None
    assert place is not None
    assert place["y"] + place["height"] <= navigation["y"]
    page.set_viewport_size({"width": 1280, "height": 900})

    bar.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Work")
    expect(bar).to_be_hidden()
    row = page.locator("#work li").filter(has_text="Training of night")
    expect(row).to_contain_text("Epoch", timeout=WORK_MS)
    assert complaints_of(page, *WIDTHS) == []
    row.get_by_role("button", name="Stop").press("Enter")
    expect(row).to_contain_text("Stopped")
    assert page.evaluate("document.activeElement.closest('#work') !== null")
    row.get_by_role(
        "button", name="Go on"
    ).click()  # Not by a key, which might be the rest of one press.
    expect(row).to_contain_text("Epoch", timeout=WORK_MS)
    row.get_by_role("button", name="Stop").click()

    row.get_by_role("link", name="Discard").click()
    page.get_by_role("button", name="Discard").click()
    page.get_by_role("button", name="Discard for good").click()
    expect(page.locator("#toasts")).to_contain_text("Training of night was discarded.")


def test_the_page_works_without_scripts(browser: Browser, site: Site, training: Page) -> None:
    context = browser.new_context(base_url=site.url, java_script_enabled=False)
    page = context.new_page()
    sign_in(page)
    page.get_by_role("link", name="Work", exact=True).click()
    page.get_by_role("button", name="Stop: Training of night").click()
    expect(page.locator("#toasts")).to_contain_text("Training of night was stopped.")
    expect(page.locator("#work li")).to_contain_text("Stopped")
    context.close()
