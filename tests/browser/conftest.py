"""A real Chromium on a real site."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    ViewportSize,
    expect,
    sync_playwright,
)

from tests.browser import chromium
from tests.browser.steps import ANALYSIS_MS
from tests.site.process import Site, Visitor, migrated, wait_until

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
        IDLE.clear()
        browser.close()


DESKTOP: ViewportSize = {"width": 1280, "height": 900}
# Answers that are no fault of the page: a refused upload.
EXPECTED = re.compile(r"/(api/photos|people/bring/begin)/$")


def errors(message: ConsoleMessage) -> list[str]:
    """Return the message if it is an error that nobody expects."""
    where = message.location["url"] if "Failed to load" in message.text else message.text
    crossed = message.text.startswith(("Failed to load", "Response Status Error Code 404"))
    expected = crossed and EXPECTED.search(where)
    return [message.text] if message.type == "error" and not expected else []


def cookies_of(visitor: Visitor) -> list[Any]:
    """Return what makes the visitor of a browser's context."""
    return [
        {"name": one.name, "value": one.value or "", "url": visitor.site.url}
        for one in visitor.session.cookies
    ]


# Contexts that were left, by what they were opened with. Who comes next finds all scripts there: to fetch
# and compile them takes half of the processor time of a first page.
IDLE: dict[tuple[Browser, str], list[BrowserContext]] = {}
OPENED_WITH: WeakKeyDictionary[BrowserContext, tuple[Browser, str]] = WeakKeyDictionary()


def context_of(browser: Browser, visitor: Visitor, **options: Any) -> BrowserContext:
    """Open a context in which the visitor is signed in, and nobody was before."""
    options["base_url"] = visitor.site.url
    opened_with = browser, f"{options}"
    idle = IDLE.setdefault(opened_with, [])
    context = idle.pop() if idle else browser.new_context(**options)
    OPENED_WITH[context] = opened_with
    context.add_cookies(cookies_of(visitor))
    return context


def leave(context: BrowserContext) -> None:
    """Close all pages; what was fetched stays, what was kept of whoever was there goes."""
    if context not in OPENED_WITH:
        context.close()
        return
    page, *others = context.pages or [context.new_page()]
    # "*" is every origin.
    kept = {"origin": "*", "storageTypes": "local_storage"}
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", kept)
    for one in (page, *others):
        one.close()
    context.clear_cookies()  # No sooner: a page that asks for anything then would hear that it may not.
    IDLE[OPENED_WITH[context]].append(context)


@contextmanager
def watched(context: BrowserContext) -> Iterator[Page]:
    """Open a page whose console must stay free of errors; its context is left with it."""
    page = context.new_page()
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(f"{error}"))
    page.on("console", lambda message: complaints.extend(errors(message)))
    yield page
    leave(context)
    assert complaints == []


NUMBERS = itertools.count(1)


def member_of(site: Site) -> Visitor:
    """Make an account that no other test uses."""
    return Visitor(site).register(f"member-{next(NUMBERS)}")


def furnished_with(paths: Sequence[Path], site: Site) -> Visitor:
    """Return somebody with an account whose photos these are, analysed."""
    return furnished(member_of(site), paths)


def furnished(visitor: Visitor, paths: Sequence[Path]) -> Visitor:
    """Give somebody photos, and return them once these are analysed."""
    for path in paths:
        visitor.upload(path)
    wait_until(lambda: {one["state"] for one in visitor.photos()} == {"done"}, ANALYSIS_MS / 1000)
    return visitor


@pytest.fixture(scope="session")
def shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site on which each test makes an account of its own, one for all modules of a worker.

    Its process and its analysis child take 3 s of a core to start, a browser's first page as much.
    """
    data = tmp_path_factory.mktemp("site") / "data"
    site = migrated(tmp_path_factory, data, ANALYSIS_CHILDREN="1", REGISTRATION_OPEN="yes").start()
    Visitor(site).make_first_account()
    yield site
    site.stop()


@pytest.fixture
def member(shared_site: Site) -> Visitor:
    """Somebody with an account that no other test uses."""
    return member_of(shared_site)


@pytest.fixture
def here(browser: Browser, member: Visitor) -> Iterator[Page]:
    """The empty library of a member; its console must stay free of errors."""
    with watched(context_of(browser, member, viewport=DESKTOP)) as page:
        page.goto("/library/")
        yield page


@pytest.fixture
def site(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    site = migrated(tmp_path_factory, tmp_path / "data", ANALYSIS_CHILDREN="1").start()
    yield site
    site.stop()


@pytest.fixture
def page(browser: Browser, site: Site) -> Iterator[Page]:
    """A page whose console must stay free of errors."""
    with watched(browser.new_context(base_url=site.url, viewport=DESKTOP)) as page:
        yield page
