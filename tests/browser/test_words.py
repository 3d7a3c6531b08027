"""What scripts say comes from the reader's catalog, and in English where none has come."""

from __future__ import annotations

from pathlib import Path

from django.views.i18n import JavaScriptCatalog
from PIL import Image
from playwright.sync_api import Page, expect

from tests.browser.steps import drop

CATALOG = "**/catalog.js*"
# Polish, which has three forms; Chromium has its way of writing numbers too.
POLISH = {
    "catalog": {
        "{total} photo": ["{total} zdjęcie", "{total} zdjęcia", "{total} zdjęć"],
        "{count} added": ["{count} dodane", "{count} dodane", "{count} dodanych"],
        "Upload of {name}": "Wysyłanie: {name}",
        "Added.": "Dodano.",
        "Open it": "Otwórz",
    },
    "formats": {},
    "plural": "n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2",
}


def grey_photos(folder: Path, shades: range) -> list[Path]:
    paths = [folder / f"{shade}.jpg" for shade in shades]
    for shade, path in zip(shades, paths, strict=True):
        Image.new("L", (90, 60), 20 * shade).save(path)
    return paths


def test_a_script_speaks_the_readers_language_with_its_plural_forms(
    here: Page, tmp_path: Path
) -> None:
    answer = JavaScriptCatalog().render_to_response(POLISH)
    here.route(
        CATALOG,
        lambda route: route.fulfill(content_type="text/javascript", body=answer.content),
    )
    here.reload()
    count, summary = here.locator("[data-photo-count]"), here.locator("#upload-title")

    drop(here, grey_photos(tmp_path, range(2)))
    expect(count).to_have_text("2 zdjęcia")
    expect(summary).to_have_text("2 dodane")
    row = here.locator(".upload-row").first
    expect(row.locator(".upload-note")).to_have_text("Dodano. Otwórz")
    expect(row.locator("progress")).to_have_attribute("aria-label", "Wysyłanie: 0.jpg")

    drop(here, grey_photos(tmp_path, range(2, 5)))
    expect(count).to_have_text("5 zdjęć")
    expect(summary).to_have_text("5 dodanych")


def test_a_script_numbers_and_lists_as_the_pages_language_does(here: Page) -> None:
    here.evaluate("document.documentElement.lang = 'de'")

    said = here.evaluate(
        """async () => {
          const { fill, list, number } = await import("/static/js/words.js?fresh");
          return [number(1234.56, 1), fill("{n} von {all}", { n: 1, all: 12345 }), list(["a", "b"])];
        }"""
    )

    assert said == ["1.234,6", "1 von 12.345", "a, b"]


def test_without_its_catalog_a_script_says_its_english(here: Page, tmp_path: Path) -> None:
    here.route(
        CATALOG,
        lambda route: route.fulfill(content_type="text/javascript", body=""),
    )
    here.reload()

    drop(here, grey_photos(tmp_path, range(1)))

    expect(here.locator("[data-photo-count]")).to_have_text("1 photo")
    expect(here.locator("#upload-title")).to_have_text("1 added")
    expect(here.locator(".upload-note")).to_have_text("Added. Open it")
