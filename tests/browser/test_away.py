"""A server that is away for a while, and a session that ended: it is said, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import DESKTOP, context_of
from tests.browser.steps import ANALYSIS_MS
from tests.site.photos import SAMPLES, jpeg_of
from tests.site.process import PASSWORD, Visitor, wait_until


@pytest.fixture
def photo(browser: Browser, member: Visitor, tmp_path: Path) -> Iterator[Page]:
    """The page of a photo of one face; its console says what fails, as it should."""
    path = tmp_path / "obama.jpg"
    path.write_bytes(jpeg_of(SAMPLES / "obama.jpg"))
    number = member.upload(path)
    wait_until(lambda: {one["state"] for one in member.photos()} == {"done"}, ANALYSIS_MS / 1000)
    context = context_of(browser, member, viewport=DESKTOP)
    page = context.new_page()
    page.goto(f"/photos/{number}/")
    page.wait_for_load_state("networkidle")
    yield page
    context.close()


def test_while_the_server_is_away_a_sentence_says_so_until_it_is_back(photo: Page) -> None:
    toasts = photo.locator("#toasts")
    field = photo.get_by_label("Name of face 1")
    photo.context.set_offline(True)
    field.fill("Ada")
    field.press("Enter")
    expect(toasts).to_contain_text("The server cannot be reached.")
    photo.get_by_role("button", name="Save the name").click()
    expect(toasts.locator(".toast")).to_have_count(1)

    photo.context.set_offline(False)

    expect(toasts).to_contain_text("The server is back.")
    expect(toasts).not_to_contain_text("cannot be reached")
    expect(field).to_have_value("Ada")
    field.press("Enter")
    expect(photo.locator(".face[data-state=named] h3")).to_contain_text("Ada")


def test_a_message_goes_once_the_same_works(photo: Page) -> None:
    photo.route("**/name/", lambda route: route.fulfill(status=500, body=""), times=1)
    field = photo.get_by_label("Name of face 1")
    field.fill("Ada")
    field.press("Enter")
    failed = photo.locator(".toast", has_text="That did not work, and nothing was changed.")
    expect(failed).to_be_visible()

    field.press("Enter")

    expect(photo.locator(".face[data-state=named] h3")).to_contain_text("Ada")
    expect(failed).to_have_count(0, timeout=3000)


def test_a_name_survives_signing_in_again(photo: Page, member: Visitor) -> None:
    username = member.page("/library/").partition("Signed in as <strong>")[2].partition("<")[0]
    address = photo.url
    field = photo.get_by_label("Name of face 1")
    field.fill("Ada Lovelace")
    photo.context.clear_cookies(name="sessionid")
    field.press("Enter")
    photo.wait_for_url("**/accounts/sign-in/**")
    photo.get_by_label("Username").fill(username)
    photo.get_by_label("Password").fill(PASSWORD)
    photo.get_by_role("button", name="Sign in").click()

    photo.wait_for_url(address)
    expect(field).to_have_value("Ada Lovelace")
    expect(field).to_be_focused()
    expect(photo.locator("#toasts")).to_contain_text("What you had typed is still here.")
    photo.wait_for_load_state("networkidle")
    field.press("Enter")
    expect(photo.locator(".face[data-state=named] h3")).to_contain_text("Ada Lovelace")
    photo.reload()
    expect(photo.get_by_label("Name of face 1")).to_have_value("")
