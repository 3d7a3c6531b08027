"""People brought in through a real browser: both layouts, which face of several, folders asked about."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import context_of, watched
from tests.browser.steps import ANALYSIS_MS, drop_from_files, wait_until_analysed
from tests.browser.test_pages import complaints_of
from tests.site.photos import SAMPLES, pair_of
from tests.site.process import Visitor

PHONE = {"viewport": {"width": 360, "height": 740}, "has_touch": True, "is_mobile": True}


@pytest.fixture
def people(tmp_path: Path) -> Path:
    """A folder a person: Barack alone and with Joe, Grace alone; beside them what is no picture."""
    root = tmp_path / "known people"
    for name, sample in (("Barack", "obama.jpg"), ("Grace", "grace_hopper.jpg")):
        (root / name).mkdir(parents=True)
        shutil.copyfile(SAMPLES / sample, root / name / "1.jpg")
    pair_of(root / "Barack" / "both.jpg", "obama2.jpg", "biden.jpg")
    (root / "notes.txt").write_text("who is who")
    (root / ".DS_Store").write_bytes(b"\0")
    return root


@pytest.fixture
def flat(tmp_path: Path) -> Path:
    """A picture a person."""
    root = tmp_path / "flat"
    root.mkdir()
    shutil.copyfile(SAMPLES / "biden.jpg", root / "Joe.jpg")
    shutil.copyfile(SAMPLES / "astronaut.jpg", root / "Eileen.jpg")
    return root


def names(page: Page) -> list[str]:
    return page.locator(".arrival-name").all_inner_texts()


def test_a_dropped_folder_is_shown_and_brought_in_and_a_face_of_two_is_chosen_by_keyboard(
    browser: Browser, member: Visitor, here: Page, people: Path
) -> None:
    here.goto("/people/")
    drop_from_files(here, [people])
    expect(here.locator("#arrival-title")).to_have_text("3 pictures of 2 people")
    assert names(here) == ["Barack", "Grace"]
    expect(here.locator(".told")).to_contain_text("notes.txt")
    with watched(context_of(browser, member, **PHONE)) as phone:
        phone.goto(here.url)
        assert complaints_of(phone) == []

    here.locator("#by-files").press("Enter")
    expect(here.locator("#by-files")).to_have_attribute("aria-pressed", "true")
    expect(here.locator("#by-files")).to_be_focused()
    assert names(here) == ["1", "both"]
    here.locator("#by-folders").press("Enter")
    expect(here.locator("#by-folders")).to_be_focused()
    here.locator("#bring-in").press("Enter")
    to_choose = here.locator("#to-group-portraits")
    expect(here.locator("#task")).to_have_attribute("data-state", "done", timeout=ANALYSIS_MS)
    expect(here.locator("[data-sentence]")).to_contain_text("2 pictures made people known.")
    assert complaints_of(here) == []

    to_choose.press("Enter")
    expect(here.get_by_role("heading", level=1)).to_have_text("Which one is Barack?")
    assert complaints_of(here) == []
    with watched(context_of(browser, member, **PHONE)) as phone:
        phone.goto(here.url)
        assert complaints_of(phone) == []
    here.get_by_role("button", name=re.compile("Face 1")).press("Enter")

    expect(here.get_by_text("Added as a known face of Barack")).to_be_visible()
    expect(here.locator(".person-card").filter(has_text="Barack")).to_contain_text("2 photos")
    expect(here.locator("#to-group-portraits")).to_have_count(0)


def test_the_photo_itself_takes_the_choice_of_a_pointer_and_a_flat_folder_can_be_left(
    here: Page, flat: Path, tmp_path: Path
) -> None:
    here.goto("/people/bring/")
    drop_from_files(here, [flat])
    expect(here.locator("#arrival-title")).to_have_text("2 pictures of 2 people")
    assert names(here) == ["Eileen", "Joe"]
    here.get_by_role("button", name="Leave it").click()
    expect(here.get_by_role("heading", name="Nobody has a name yet")).to_be_visible()

    here.goto("/people/bring/")
    pair = pair_of(tmp_path / "Joe.jpg", "grace_hopper.jpg", "biden.jpg")
    with here.expect_file_chooser() as chooser:
        here.get_by_text("Choose files").click()
    chooser.value.set_files(pair)
    here.locator("#bring-in").click()
    here.locator("#to-group-portraits").click(timeout=ANALYSIS_MS)
    here.locator(".group-spot").last.click()

    expect(here.get_by_text("Added as a known face of Joe")).to_be_visible()
    expect(here.locator(".person-card")).to_have_count(1)


def test_folders_that_look_like_people_are_asked_about_once_a_drop(
    here: Page, people: Path
) -> None:
    dialog = here.get_by_role("dialog", name="2 folders look like people")
    drop_from_files(here, [people])
    expect(dialog).to_contain_text("Barack, Grace.")
    assert complaints_of(here) == []
    here.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(here.locator(".upload-row")).to_have_count(0)

    drop_from_files(here, [people])
    here.get_by_role("button", name="Upload as photos").press("Enter")
    expect(here.locator(".upload-row")).to_have_count(4)
    wait_until_analysed(here, 3)

    drop_from_files(here, [people])
    expect(here.get_by_role("button", name="Bring in as known people")).to_be_focused()
    here.keyboard.press("Enter")
    expect(here.locator("#arrival-title")).to_have_text("3 pictures of 2 people")


def test_what_cannot_be_brought_says_why_and_lets_one_go_on(here: Page, tmp_path: Path) -> None:
    files = [tmp_path / "a.txt", tmp_path / "b.md"]
    for path in files:
        path.write_text("no picture")
    here.goto("/people/bring/")

    drop_from_files(here, files)

    expect(here.locator("#bring-panel")).to_contain_text("There is no picture among these files")
    here.get_by_role("button", name="Close").click()
    expect(here.locator("#bring-panel")).to_be_hidden()


def test_stop_counts_while_the_list_is_on_its_way_and_while_all_is_there(
    here: Page, flat: Path
) -> None:
    here.goto("/people/bring/")
    panel = here.locator("#bring-panel")
    stop = panel.get_by_role("button", name="Stop")
    for address in ("**/begin/", "**/close/"):
        here.route(address, lambda _route: None)  # Nothing is answered.
        with here.expect_request(address):
            drop_from_files(here, [flat])
        stop.click()
        expect(panel).to_be_hidden()
        here.unroute(address)

    # Nothing of either is in the way of the next.
    drop_from_files(here, [flat])
    expect(here.locator("#arrival-title")).to_have_text("2 pictures of 2 people")
