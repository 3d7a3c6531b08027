"""Photos with a profile come out of the site as Chromium, which manages colours, shows the files."""

from __future__ import annotations

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from analysis.images import decode
from analysis.profiles import D65
from tests.analysis import icc
from tests.analysis.test_colour import PROFILES, chart, ink, with_nclx
from tests.browser.steps import drop, open_photo, wait_until_analysed
from tests.site.photos import samples

ODD_FILES = Path(__file__).resolve().parents[3] / "shared" / "data" / "odd_files"
TYPES = {"JPEG": "jpeg", "PNG": "png", "WEBP": "webp", "AVIF": "avif"}
# What a page draws of an image, in sRGB, as a PNG: numbers one by one take Playwright a minute.
DRAWN = """async (source) => {
  const image = new Image();
  image.src = source;
  await image.decode();
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d", {colorSpace: "srgb"});
  context.drawImage(image, 0, 0);
  return canvas.toDataURL("image/png").split(",")[1];
}"""


def drawn(page: Page, source: str) -> NDArray[np.int16]:
    """Return what the browser shows of an image, RGB (h, w, 3)."""
    png = base64.b64decode(page.evaluate(DRAWN, source))
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB"), dtype=np.int16)


def difference(page: Page, path: Path) -> tuple[float, float]:
    """Return how far the browser's pixels are from ours, and from the file's bare numbers."""
    photo = decode(path)
    data = base64.b64encode(path.read_bytes()).decode()
    source = f"data:image/{TYPES[photo.format]};base64,{data}"
    shown = drawn(page, source)
    with Image.open(path) as image:
        bare = np.asarray(image.convert("RGB"), dtype=np.int16)
    return float(np.abs(shown - photo.pixels).mean()), float(np.abs(shown - bare).mean())


@pytest.fixture
def blank(browser: Browser) -> Any:
    page = browser.new_page()
    yield page
    page.close()


@pytest.mark.parametrize("image_format", ["PNG", "JPEG", "WEBP", "AVIF"])
@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_means_what_it_means_to_the_browser(
    blank: Page, tmp_path: Path, name: str, image_format: str
) -> None:
    chart().save(tmp_path / "photo", image_format, icc_profile=PROFILES[name])
    ours, bare = difference(blank, tmp_path / "photo")
    assert ours < 1 < bare


TABLES = {
    "CMYK": (chart().convert("CMYK"), icc.lookup_profile(b"CMYK", ink)),
    "RGB": (chart(), icc.lookup_profile(b"RGB ", lambda rgb: rgb[:, [2, 0, 1]], 17)),
    "grey": (chart().convert("L"), icc.grey_profile(icc.gamma(1.4))),
    "grey by RGB": (
        chart().convert("L"),
        icc.matrix_profile("Adobe RGB", icc.ADOBE_RGB, D65, icc.gamma(1.4)),
    ),
    "broken": (chart(), b"not a profile"),
    "of another space": (chart(), icc.lookup_profile(b"CMYK", ink)),
}


@pytest.mark.parametrize("name", TABLES)
def test_other_kinds_of_profiles_do_too(blank: Page, tmp_path: Path, name: str) -> None:
    image, profile = TABLES[name]
    image.save(tmp_path / "photo", "JPEG", quality=95, icc_profile=profile)
    ours, _ = difference(blank, tmp_path / "photo")
    assert ours < 2


@pytest.mark.parametrize(("primaries", "transfer"), [(12, 13), (9, 13), (9, 14), (1, 8), (5, 5)])
def test_the_numbers_of_an_avif_do_too(
    blank: Page, tmp_path: Path, primaries: int, transfer: int
) -> None:
    ours, bare = difference(blank, with_nclx(tmp_path / "photo", "AVIF", primaries, transfer))
    assert ours < 1 < bare


@pytest.mark.parametrize("transfer", [16, 18])
def test_hdr_is_nearer_to_the_browser_than_its_bare_numbers(
    blank: Page, tmp_path: Path, transfer: int
) -> None:
    ours, bare = difference(blank, with_nclx(tmp_path / "photo", "AVIF", 9, transfer))
    assert ours < 0.7 * bare


@pytest.mark.parametrize("name", ["icc-p3.jpg", "icc-prophoto.jpg"])
def test_photos_with_wide_colours_come_out_as_the_browser_shows_them(
    blank: Page, name: str
) -> None:
    path = ODD_FILES / name
    if not path.is_file():
        pytest.skip("the folder shared/data/odd_files is not beside this checkout")
    ours, bare = difference(blank, path)
    assert ours < 3 < bare


def test_a_display_p3_photo_is_shown_in_its_colours(here: Page, tmp_path: Path) -> None:
    """Its preview, its thumbnail, the face's crop and the annotated copy; the original is the file."""
    portrait = next(path for path in samples() if path.name == "obama.jpg")
    path = tmp_path / "phone.jpg"
    with Image.open(portrait) as image:
        image.convert("RGB").save(path, quality=92, icc_profile=icc.exchanged())
    page = here
    drop(page, [path])
    wait_until_analysed(page, 1)
    open_photo(page, "phone.jpg")
    photo = page.url
    shown = page.locator("img[src*=preview]").first
    expect(shown).to_be_visible()
    with Image.open(path) as image:
        bare = np.asarray(image, dtype=np.int16)
    preview = drawn(page, f"{photo}preview.jpg")
    original = drawn(page, f"{photo}original")
    assert np.abs(preview - original).mean() < 3
    assert np.abs(preview - bare).mean() > 8
    for part in ("thumbnail", "annotated"):
        seen = page.request.get(f"{photo}{part}.jpg").body()
        (tmp_path / part).write_bytes(seen)
        with Image.open(tmp_path / part) as image:
            assert "icc_profile" not in image.info
            small = np.asarray(image.convert("RGB").resize((64, 64)), dtype=np.int16)
        whole = Image.fromarray(original.astype(np.uint8)).resize((64, 64))
        assert np.abs(small - np.asarray(whole)).mean() < 6, part
    assert page.request.get(f"{photo}original").body() == path.read_bytes()
