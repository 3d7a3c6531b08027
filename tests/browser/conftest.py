"""A real Chromium on a real site."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from tests.browser import chromium
from tests.browser.steps import drop, make_first_account, wait_until_analysed
from tests.site.process import Site, migrated

# A wait ends as soon as what it waits for is so. Playwright's 5 s were too few for a machine on which
# every core is busy with something else.
expect.set_options(timeout=30_000)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a module: Playwright's loop must not be running when asynchronous tests are."""
    path = chromium.find()
    assert path, "No Chromium: run `python -m tests.browser.chromium --install`."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.arguments())
        yield browser
        browser.close()


# Answers that are no fault of the page: a refused upload.
EXPECTED = re.compile(r"/api/photos/$")


def errors(message: ConsoleMessage) -> list[str]:
    """Return the message if it is an error that nobody expects."""
    where = message.location["url"] if "Failed to load" in message.text else message.text
    crossed = message.text.startswith(("Failed to load", "Response Status Error Code 404"))
    expected = crossed and EXPECTED.search(where)
    return [message.text] if message.type == "error" and not expected else []


@contextmanager
def watched(browser: Browser, site: Site) -> Iterator[Page]:
    """Open a page whose console must stay free of errors."""
    context = browser.new_context(base_url=site.url, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"{error}"))
    page.on("console", lambda message: complaints.extend(errors(message)))
    yield page
    context.close()
    assert complaints == []


@contextmanager
def furnished_with(
    paths: Sequence[Path], browser: Browser, factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Start a site with a first account whose photos these are, analysed."""
    site = migrated(factory, factory.mktemp("site") / "data").start()
    page = browser.new_page(base_url=site.url)
    make_first_account(page)
    drop(page, paths)
    wait_until_analysed(page, len(paths))
    page.close()
    yield site
    site.stop()


@pytest.fixture
def site(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = migrated(tmp_path_factory, tmp_path / "data").start()
    yield site
    site.stop()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page whose console must stay free of errors."""
    with watched(browser, site) as page:
        yield page
