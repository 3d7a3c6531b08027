"""What phones, cameras and programs write uploads through a real browser and comes out right."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page, expect

from tests.analysis.corpus import saved
from tests.analysis.heif_files import turned, with_boxes
from tests.browser.steps import (
    ANALYSIS_MS,
    drop,
    make_first_account,
    open_photo,
    wait_until_analysed,
)
from tests.site.photos import SAMPLES

ODD_FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "odd_files"
# Upright, as a browser shows them; the last is turned in its XMP alone, so it lies.
SIZES = {
    "bmp-os2.bmp": (200, 200),
    "face-tilted-45.jpg": (1200, 900),
    "grey12bit.tif": (200, 200),
    "icc-p3.jpg": (480, 384),
    "icc-prophoto.jpg": (480, 384),
    "jpeg-photoshop-mac-print-settings.jpg": (384, 384),
    "panorama-faces-100px.jpg": (15600, 440),
    "phone-rotated.heic": (384, 300),
    "png-itxt-above-1MB.png": (200, 200),
    "upright.heic": (384, 384),
    "orientation-in-xmp-only.jpg": (384, 300),
}


@pytest.fixture
def portrait() -> Image.Image:
    with Image.open(SAMPLES / "obama.jpg") as image:
        return image.convert("RGB")


@pytest.fixture
def phones_photo(tmp_path: Path, portrait: Image.Image) -> Path:
    """A HEIC as a phone held upright makes it: stored lying, with a box that turns it back."""
    path = tmp_path / "IMG_0001.HEIC"
    lying = saved(portrait.rotate(-90, expand=True), "HEIF", quality=90)
    path.write_bytes(with_boxes(lying, turned(1)))
    return path


def picture(page: Page, address: str) -> Image.Image:
    answer = page.request.get(address, timeout=ANALYSIS_MS)
    assert answer.ok, address
    return Image.open(io.BytesIO(answer.body())).convert("RGB")


def small(image: Image.Image) -> NDArray[Any]:
    return np.asarray(image.resize((60, 75)), dtype=float)


def test_a_phones_heic_from_its_upload_to_its_original(
    page: Page, phones_photo: Path, portrait: Image.Image
) -> None:
    make_first_account(page)
    accepted = page.locator("#upload-form input[type=file]").get_attribute("accept") or ""
    assert {"image/heic", ".heic", ".dng"} <= set(accepted.split(","))
    drop(page, [phones_photo])
    wait_until_analysed(page, 1)
    thumbnail = page.locator(".card img")
    assert [thumbnail.get_attribute(side) for side in ("width", "height")] == ["910", "1137"]

    open_photo(page, "IMG_0001.HEIC")

    expect(page.get_by_role("heading", name="1 face")).to_be_visible()
    expect(page.locator("svg.overlay")).to_have_attribute("viewBox", "0 0 910 1137")
    shown = page.evaluate(
        "() => {const i = document.getElementById('photo-image');"
        " return [i.naturalWidth, i.naturalHeight]}"
    )
    assert shown == [910, 1137]
    box = page.locator("svg.overlay rect.line.box")
    left, top = (float(box.get_attribute(side) or 0) for side in ("x", "y"))
    assert 250 < left < 450
    assert 100 < top < 300
    for address in ("/photos/1/preview.jpg", "/photos/1/annotated.jpg"):
        seen = picture(page, address)
        assert seen.size == (910, 1137)
        assert np.abs(small(seen) - small(portrait)).mean() < 12
    original = page.request.get("/photos/1/original")
    assert original.body() == phones_photo.read_bytes()
    assert original.headers["content-type"] == "image/heic"
    assert "IMG_0001.heic" in original.headers["content-disposition"]


def test_all_odd_files_upload_and_come_out_right(page: Page) -> None:
    if not ODD_FILES.is_dir():
        pytest.skip("the folder shared/data/odd_files is not beside this checkout")
    files = sorted(ODD_FILES.iterdir())
    make_first_account(page)

    drop(page, files)

    wait_until_analysed(page, len(files))
    expect(page.locator("#upload-title")).to_have_text(f"{len(files)} added")
    photos = page.request.get("/api/photos/").json()["results"]
    sizes = {photo["filename"]: (photo["width"], photo["height"]) for photo in photos}
    assert sizes == {file.name: SIZES[file.name] for file in files}
    results = [page.request.get(f"/photos/{photo['id']}/result.json").json() for photo in photos]
    assert [result["path"] for result in results if result["note"]] == []
    # The same face in grey of 12 bits is as bright as the one in colours.
    by_name = {photo["filename"]: photo["id"] for photo in photos}
    greys = [
        small(picture(page, f"/photos/{by_name[name]}/preview.jpg").convert("L")).mean()
        for name in ("grey12bit.tif", "bmp-os2.bmp")
    ]
    assert abs(greys[0] - greys[1]) < 10
