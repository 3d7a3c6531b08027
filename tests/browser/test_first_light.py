"""From no account to named faces, through a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, WebSocketRoute, expect

from tests.browser.steps import (
    ANALYSIS_MS,
    drop,
    make_first_account,
    name_the_face,
    open_photo,
    wait_until_analysed,
)
from tests.site.photos import variants
from tests.site.process import Visitor, wait_until

BEAT_MS = 15_000  # After so long a page asks what is new, whatever its line says.


@pytest.fixture
def ten_photos(tmp_path: Path) -> list[Path]:
    """Ten real photos: of one president four or more, of others the rest."""
    folder = tmp_path / "photos"
    folder.mkdir()
    return variants(folder, 10)


def named(paths: list[Path], start: str) -> list[str]:
    return [path.name for path in paths if path.name.startswith(start)]


def test_from_the_first_account_to_named_faces(page: Page, ten_photos: list[Path]) -> None:
    make_first_account(page)
    expect(page.get_by_role("button", name="Add sample photos")).to_be_visible()
    drop(page, ten_photos)
    expect(page.locator("#progress progress")).to_be_visible(timeout=ANALYSIS_MS)
    wait_until_analysed(page, 10)

    first, second, *others = named(ten_photos, "obama")
    open_photo(page, first)
    name_the_face(page, "Barack Obama")

    page.goto("/library/")
    guesses = page.locator(".card-names", has_text="Barack Obama?")
    expect(guesses).to_have_count(1 + len(others))

    open_photo(page, second)
    page.get_by_role("button", name="Yes, this is").click()
    expect(page.locator(".face[data-state=named] h3")).to_contain_text("Barack Obama")

    page.goto("/library/")
    open_photo(page, others[0])
    page.get_by_role("button", name="No, this is not").click()
    expect(page.locator(".face h3")).to_contain_text("Unknown")

    analyse_again(page)
    expect(page.locator(".face h3")).to_contain_text("Unknown")

    page.goto("/people/")
    expect(page.locator(".person-card")).to_contain_text("Barack Obama")


def test_what_a_human_said_survives_a_second_analysis(here: Page, ten_photos: list[Path]) -> None:
    drop(here, ten_photos[:1])
    wait_until_analysed(here, 1)
    open_photo(here, ten_photos[0].name)
    name_the_face(here, "버락 오바마")
    analyse_again(here)
    expect(here.locator(".face[data-state=named] h3")).to_contain_text("버락 오바마")


def test_the_layers_switch_on_and_off(here: Page, ten_photos: list[Path]) -> None:
    drop(here, ten_photos[:1])
    wait_until_analysed(here, 1)
    open_photo(here, ten_photos[0].name)
    name_the_face(here, "Ada")  # Nobody's name is no label.
    layers = {
        "Boxes": "svg.overlay rect.line",
        "Landmarks": "svg.overlay .landmarks path",
        "Names": ".chip-name",
        "Age and gender": ".chip-age",
        "Emotion": ".chip-emotion",
    }
    for label, mark in layers.items():
        box = here.get_by_role("checkbox", name=label)
        box.check()
        expect(here.locator(mark).first).to_be_visible()
        box.uncheck()
        expect(here.locator(mark).first).to_be_hidden()
    here.get_by_role("checkbox", name="Landmarks").check()
    here.reload()
    expect(here.get_by_role("checkbox", name="Landmarks")).to_be_checked()


def test_a_deleted_photo_is_gone_with_its_files_once_the_bin_is_emptied(
    page: Page, ten_photos: list[Path], tmp_path: Path
) -> None:
    make_first_account(page)
    drop(page, ten_photos[:1])
    wait_until_analysed(page, 1)
    media = tmp_path / "data" / "media"
    assert [path for path in media.rglob("*.jpg") if path.is_file()]
    open_photo(page, ten_photos[0].name)
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Delete", exact=True).click()
    expect(page.get_by_role("button", name="Add sample photos")).to_be_visible()
    assert [path for path in media.rglob("*.jpg") if path.is_file()]

    page.goto("/bin/")
    page.get_by_role("button", name="Empty the bin").click()
    page.get_by_role("button", name="Delete for good").click()
    expect(page.get_by_role("heading", name="The bin is empty")).to_be_visible()
    assert [path for path in media.rglob("*") if path.is_file()] == []


def test_a_bad_file_is_refused_beside_good_ones(
    here: Page, ten_photos: list[Path], tmp_path: Path
) -> None:
    bad = tmp_path / "holiday.jpg"
    bad.write_text("<html><script>alert(1)</script></html>")
    drop(here, [ten_photos[0], bad, ten_photos[1], ten_photos[0]])
    panel = here.locator("#upload-panel")
    expect(panel).to_contain_text("This is a web page, not a photo.")
    expect(panel).to_contain_text("already in your library")
    wait_until_analysed(here, 2)


def close(socket: WebSocketRoute) -> None:
    socket.close()


def stay_silent(socket: WebSocketRoute) -> None:
    """Accept and never say a word, as a proxy that swallows messages does."""


@pytest.mark.parametrize("handle", [close, stay_silent])
def test_the_upload_finishes_without_a_websocket(
    here: Page, member: Visitor, ten_photos: list[Path], handle: Callable[[WebSocketRoute], Any]
) -> None:
    here.route_web_socket("**/ws/live/", handle)
    here.clock.install()
    here.goto("/library/")
    drop(here, ten_photos[:3])
    expect(here.locator("#upload-title")).to_have_text("3 added")
    wait_until(
        lambda: [one["state"] for one in member.photos()] == ["done"] * 3, ANALYSIS_MS / 1000
    )
    here.clock.fast_forward(BEAT_MS)
    wait_until_analysed(here, 3)


def analyse_again(page: Page) -> None:
    page.get_by_role("button", name="More actions").click()
    page.get_by_role("button", name="Analyse again", exact=True).click()
    expect(page.locator("#photo-result[data-state=done]")).to_be_visible(timeout=ANALYSIS_MS)
