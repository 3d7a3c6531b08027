"""What one says of faces and photos, and takes back again: with a mouse, and on a phone by touch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.browser.conftest import DESKTOP, context_of, watched
from tests.browser.steps import ANALYSIS_MS
from tests.browser.test_asked import PHONE
from tests.browser.test_pages import complaints_of
from tests.site.photos import SAMPLES, jpeg_of
from tests.site.process import Site, Visitor, wait_until

DEVICES: dict[str, dict[str, Any]] = {
    "desktop": {"viewport": DESKTOP},
    "phone": {"reduced_motion": "reduce", **PHONE},
}
Press = Callable[[Locator], None]


@pytest.fixture(scope="module", params=DEVICES)
def device(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("photos")
    found = {}
    for name, count in (("obama", 4), ("biden", 1)):
        for number in range(count):
            path = folder / f"{name}-{number}.jpg"
            # Bytes after a JPEG's end make another file of the same photo.
            path.write_bytes(jpeg_of(SAMPLES / f"{name}.jpg") + b"%d" % number)
            found[path.stem] = path
    return found


@pytest.fixture(scope="module")
def owner(shared_site: Site, device: str, photos: dict[str, Path]) -> Visitor:
    """Somebody who named three faces Barack, and one Joe; each test takes back what it says."""
    owner = Visitor(shared_site).register(f"with-{device}")
    names = {"obama-0": "Barack", "obama-1": "Barack", "obama-2": "Barack", "biden-0": "Joe"}
    named = {owner.upload(photos[stem]): name for stem, name in names.items()}
    wait_until(lambda: {one["state"] for one in owner.photos()} == {"done"}, ANALYSIS_MS / 1000)
    for photo, name in named.items():
        [face] = owner.get(f"/api/photos/{photo}/")["faces"]
        assert owner.post(f"/api/faces/{face['id']}/name/", json={"name": name}).ok
    return owner


@pytest.fixture
def page(browser: Browser, owner: Visitor, device: str) -> Iterator[Page]:
    with watched(context_of(browser, owner, **DEVICES[device])) as page:
        yield page


@pytest.fixture
def press(device: str) -> Press:
    return Locator.tap if device == "phone" else Locator.click


def are_seen(owner: Visitor) -> bool:
    """Return whether each face on the owner's photos has its crop."""
    photos = [owner.get(f"/api/photos/{one['id']}/") for one in owner.photos()]
    faces = [face["id"] for photo in photos for face in photo["faces"]]
    at = [f"{owner.site.url}/faces/{face}/crop.jpg" for face in faces]
    return all(owner.session.get(address, timeout=60).ok for address in at)


def open_person(page: Page, press: Press, name: str) -> None:
    page.goto("/people/")
    press(page.get_by_role("link", name=name))
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    page.wait_for_load_state()


def open_photo(page: Page, press: Press, filename: str) -> None:
    page.goto("/library/")
    press(page.get_by_role("link", name=filename).first)
    expect(page.get_by_role("heading", level=1)).to_have_text(filename)
    page.wait_for_load_state()


def open_face(page: Page, press: Press) -> None:
    """On a phone what there is to say of a face stands in a sheet, once the face was tapped."""
    press(page.locator(".mark .box.line").first)
    expect(page.locator(".face[data-at]")).to_be_in_viewport()


def undo(page: Page, press: Press) -> None:
    press(page.locator("#toasts").get_by_role("button", name="Undo").last)
    expect(page.locator("#toasts")).to_contain_text("Undone: ")


def choose_from_menu(page: Page, press: Press, what: str) -> None:
    press(page.get_by_role("button", name="More actions"))
    press(page.get_by_role("button", name=what, exact=True))


def test_some_of_somebodys_faces_become_another_persons_and_come_back(
    page: Page, press: Press
) -> None:
    open_person(page, press, "Barack")
    press(page.get_by_role("link", name="Choose faces"))
    boxes = page.get_by_role("checkbox")
    expect(boxes).to_have_count(3)
    press(page.locator(".crop-choice").first)
    expect(boxes.first).to_be_checked()
    assert complaints_of(page) == []
    page.get_by_label("Name for the chosen faces").fill("Bo")
    press(page.get_by_role("button", name="Move to them"))

    expect(page.locator("#toasts")).to_contain_text("Bo")
    expect(boxes).to_have_count(2)
    undo(page, press)
    expect(boxes).to_have_count(3)


@pytest.mark.parametrize("what", ["is not a face", "is a stranger's"])
def test_a_face_is_put_aside_from_its_photo_and_comes_back(
    page: Page, press: Press, what: str
) -> None:
    open_photo(page, press, "biden-0.jpg")
    open_face(page, press)
    press(page.get_by_role("button", name=f"Face 1 {what}"))
    expect(page.get_by_role("heading", name="Nobody to name")).to_be_attached()
    assert complaints_of(page) == []

    undo(page, press)

    expect(page.locator(".face[data-state=named] h3")).to_contain_text("Joe")


def test_a_photo_in_the_bin_comes_back_by_its_message_its_page_and_its_file(
    page: Page, press: Press, photos: dict[str, Path]
) -> None:
    def delete() -> None:
        open_photo(page, press, "obama-0.jpg")
        choose_from_menu(page, press, "Delete")
        expect(page.locator("#toasts")).to_contain_text("in the bin")
        page.wait_for_load_state()  # Chosen before the script is there, a file would wait for a button.

    cards = page.locator(".card")
    delete()
    expect(cards).to_have_count(3)
    undo(page, press)
    expect(cards).to_have_count(4)

    delete()
    page.goto("/bin/")
    assert complaints_of(page) == []
    press(page.locator(".bin-photo"))
    press(page.get_by_role("button", name="Bring these back"))
    expect(page.get_by_role("heading", name="The bin is empty")).to_be_visible()

    delete()
    page.locator("#upload-form input[type=file]").set_input_files(photos["obama-0"])
    expect(cards).to_have_count(4)
    open_photo(page, press, "obama-0.jpg")
    expect(page.locator(".face[data-state=named] h3")).to_contain_text("Barack")


def test_another_detector_keeps_the_name_and_doubles_no_face(page: Page, press: Press) -> None:
    open_photo(page, press, "biden-0.jpg")
    for detector in ("hog", "yunet"):
        choose_from_menu(page, press, "Analyse by other methods")
        dialog = page.get_by_role("dialog", name="Analyse this photo again")
        dialog.get_by_label("Detector").select_option(detector)
        press(dialog.get_by_role("button", name="Analyse", exact=True))
        expect(page.locator("#photo-result[data-state=done]")).to_be_visible(timeout=ANALYSIS_MS)
        expect(page.locator(".face[data-state=named] h3")).to_contain_text("Joe")
        expect(page.locator(".overlay .box.line")).to_have_count(1)
        expect(page.locator(".face")).to_have_count(1)


def test_who_refused_is_not_named_on_a_new_photo_until_that_is_undone(
    page: Page, press: Press, owner: Visitor, photos: dict[str, Path]
) -> None:
    open_person(page, press, "Barack")
    press(page.locator("#consent-summary"))
    press(page.get_by_text("They do not want to be recognised"))
    press(page.locator(".consent-lock"))
    assert complaints_of(page) == []
    press(page.locator("#consent-save"))
    expect(page.get_by_text("One locked vector keeps their faces out.")).to_be_visible()
    assert complaints_of(page) == []

    page.goto("/library/")
    page.locator("#upload-form input[type=file]").set_input_files(photos["obama-3"])
    card = page.locator(".arrivals .card[data-state=done]")
    expect(card.get_by_role("img")).to_be_visible(timeout=ANALYSIS_MS)
    open_photo(page, press, "obama-3.jpg")
    open_face(page, press)
    expect(page.locator(".face-private")).to_contain_text("does not want to be recognised")
    page.goto("/desk/")
    expect(page.get_by_role("heading", name="Nothing waits for you")).to_be_visible()
    page.goto("/people/")
    expect(page.locator("#main")).not_to_contain_text("Barack")

    page.goto("/done/")
    press(page.get_by_role("button", name="Undo").first)
    # Their crops are made again.
    wait_until(lambda: are_seen(owner), ANALYSIS_MS / 1000)
    open_photo(page, press, "obama-3.jpg")
    expect(page.locator(".face[data-state=guess] h3")).to_contain_text("Barack")
