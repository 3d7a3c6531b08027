"""What a person does in the browser, step by step."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.site.process import PASSWORD

# It bounds a failure only: the first photo has taken 68 s where nine other processes were busy.
ANALYSIS_MS = 300_000
# Likewise. A training gives way to whatever else runs: beside two busy processes it has taken 5 minutes to
# the end of its first epoch.
WORK_MS = 1_200_000
DROP = """(target, files) => {
  const transfer = new DataTransfer();
  for (const {name, data} of files) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    transfer.items.add(new File([bytes], name));
  }
  for (const kind of ["dragenter", "dragover", "drop"]) {
    target.dispatchEvent(
      new DragEvent(kind, {bubbles: true, cancelable: true, dataTransfer: transfer}));
  }
}"""


def make_first_account(page: Page, name: str = "alice") -> None:
    page.goto("/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_label("Password confirmation").fill(PASSWORD)
    page.get_by_role("button", name="account").click()
    page.wait_for_url(lambda url: urlsplit(url).path in {"/", "/library/"})


def sign_in(page: Page, name: str = "alice") -> None:
    page.goto("/accounts/sign-in/")
    page.get_by_label("Username").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(lambda url: urlsplit(url).path in {"/", "/library/"})


def drop(page: Page, paths: Sequence[Path]) -> None:
    """Drop files on the page as from a file manager."""
    files = [
        {"name": path.name, "data": base64.b64encode(path.read_bytes()).decode()} for path in paths
    ]
    page.locator("body").evaluate(DROP, files)


def drop_from_files(page: Page, paths: Sequence[Path]) -> None:
    """Drop files and folders on the page by the browser itself, which lets pages look into folders."""
    files = [f"{path}" for path in paths]
    data = {"items": [], "files": files, "dragOperationsMask": 1}
    browser = page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        browser.send("Input.dispatchDragEvent", {"type": kind, "x": 200, "y": 400, "data": data})
    browser.detach()


def wait_until_analysed(page: Page, count: int) -> None:
    """Wait, without reloading, until that many cards show their thumbnail."""
    done = page.locator('.card[data-state="done"] img')
    expect(done).to_have_count(count, timeout=ANALYSIS_MS)


def open_photo(page: Page, filename: str) -> None:
    page.get_by_role("link", name=filename).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(filename)
    page.wait_for_load_state()  # Until then a press is a form of its own that brings a whole page.


def follow(link: Locator) -> None:
    """Click it, and return when its page's scripts are there: a key or a file before them is lost."""
    with link.page.expect_navigation():
        link.click()


def go_by_tab(to: Locator) -> None:
    """Press Tab until that has the focus."""
    for _ in range(20):
        to.page.keyboard.press("Tab")
        if to.evaluate("one => one === document.activeElement"):
            return
    raise AssertionError("Tab does not lead there.")


def name_the_face(page: Page, name: str) -> None:
    field = page.get_by_label("Name of face 1")
    field.fill(name)
    field.press("Enter")
    expect(page.locator(".face[data-state=named] h3")).to_contain_text(name)
