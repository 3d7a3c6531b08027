"""Each bar and dot of each plot opens the photos that it counts, which are those that the rows say.

The table, its CSV file, the picture and the network say the same numbers; a search narrows all of them.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page

from gallery.services import plots
from tests.browser.conftest import context_of, watched
from tests.browser.test_start import drawn
from tests.long.known_library import KnownLibrary, known_library
from tests.long.plotted import COUNTED, PHOTOS, Bars, Narrowed, narrowings
from tests.long.searches import people_of
from tests.long.test_searching import DEVICES, SHOWN, count_of, counted

pytestmark = pytest.mark.long
# Where presses would lead, in their order, and nowhere they do.
HELD = """() => {
  window.led = [];
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link) return;
    event.preventDefault();
    led.push(link.href.baseVal ?? link.getAttribute("href"));
  });
}"""
READ = """(table) => [...table.tBodies[0].rows].map((row) => ({
  label: row.cells[0].textContent.trim(),
  values: (row.dataset.values ?? "").split(" ").map(Number),
  cells: [...row.cells].slice(1).map((cell) => ({
    count: Number((cell.querySelector("a") ?? cell).firstChild.textContent.replaceAll(",", "")),
    href: cell.querySelector("a")?.getAttribute("href") ?? "",
  })),
}))"""
FINGER = 12  # px from the axis on, where a bar is pressed that is too short for it
MARGIN, TITLE = 16, 40  # px around a plot on its picture, and above it


@dataclass(frozen=True)
class Table:
    """A plot's table: what it says of each row and column, and where each number leads."""

    form: str
    unit: str
    columns: Sequence[str]
    rows: Sequence[dict[str, Any]]

    @property
    def numbers(self) -> dict[tuple[str, str], int]:
        return {
            (row["label"], column): cell["count"]
            for row in self.rows
            for column, cell in zip(self.columns, row["cells"], strict=True)
        }

    @property
    def links(self) -> dict[tuple[str, str], str]:
        return {
            (row["label"], column): cell["href"]
            for row in self.rows
            for column, cell in zip(self.columns, row["cells"], strict=True)
            if cell["href"]
        }


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnownLibrary]:
    yield from known_library(tmp_path_factory, tmp_path_factory.mktemp("plots") / "data")


@pytest.fixture(params=DEVICES)
def page(browser: Browser, library: KnownLibrary, request: pytest.FixtureRequest) -> Iterator[Page]:
    with watched(context_of(browser, library.visitor, **DEVICES[request.param])) as page:
        yield page


def table_of(card: Locator, name: str) -> Table:
    """Return the table of a plot, without rows where it has nothing to count."""
    table = card.locator(f"#{name}-table")
    if not table.count():
        return Table("", "", (), ())
    heads = [text.strip() for text in table.locator("thead th").all_text_contents()]
    said = table.evaluate("(table) => ({...table.dataset})")
    return Table(said.get("form", ""), said.get("unit", ""), heads[1:], table.evaluate(READ))


def behind(library: KnownLibrary, address: str) -> list[int]:
    """Return the keys of the photos that a link leads to, page by page."""
    found: list[int] = []
    at = urljoin(library.visitor.site.url, address)
    while at:
        html = library.visitor.session.get(at, timeout=60).text
        found += map(int, re.findall(r'<article class="card"\s+id="photo-([0-9]+)"', html))
        more = re.search(r'<a class="more"\s+href="([^"]*)"', html)
        at = urljoin(at, more[1].replace("&amp;", "&")) if more else ""
    return found


def agree(library: KnownLibrary, name: str, table: Table, wanted: Bars | None) -> None:
    """Fail where the table counts others, or leads to others, than it has to."""
    numbers, links = table.numbers, table.links
    assert {bar for bar, count in numbers.items() if count} == links.keys(), name
    if wanted is not None:
        counts = {bar: len(keys) for bar, keys in wanted.items() if keys}
        assert {bar: count for bar, count in numbers.items() if count} == counts, name
    for bar, address in links.items():
        found = behind(library, address)
        assert len(found) == numbers[bar] == len({*found}), (name, bar)
        if wanted is not None:
            assert sorted(found) == sorted(wanted[bar]), (name, bar)


def csv_of(library: KnownLibrary, card: Locator, name: str) -> list[list[str]]:
    address = urljoin(
        library.visitor.site.url, f"{card.locator(f'#{name}-csv').get_attribute('href')}"
    )
    answer = library.visitor.session.get(address, timeout=60)
    return [*csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))]


def as_written(bars: Bars, written: Collection[str]) -> Bars:
    """Return the bars of pairs, of people who are in the table, by what it says: in either order."""
    who = {name for label in written for name in label.split(", ")}
    found = {}
    for (one, other), keys in bars.items():
        label = f"{one}, {other}"
        if {one, other} <= who:
            found[label if label in written else f"{other}, {one}", PHOTOS] = keys
    return found


def narrow(page: Page, asked: Narrowed) -> None:
    page.goto("/")
    if asked.typed:
        page.locator("#search-q").fill(asked.typed)
        with page.expect_navigation():
            page.locator("#search-q").press("Enter")


@pytest.mark.parametrize("at", range(5))
def test_each_number_is_that_of_the_photos_behind_it_whatever_is_searched_for(
    browser: Browser, library: KnownLibrary, at: int
) -> None:
    asked, bars = [*narrowings(people_of(library)[0])][at], 0
    with watched(context_of(browser, library.visitor, **DEVICES["desktop"])) as page:
        narrow(page, asked)
        for name in plots.KINDS:
            card = drawn(page, name)
            table = table_of(card, name)
            wanted = COUNTED[name](library, asked) if name in COUNTED else None
            if name == "together" and wanted:
                wanted = as_written(wanted, {row["label"] for row in table.rows})
            agree(library, name, table, wanted)
            lines = csv_of(library, card, name)[1:]
            if name == "together":
                lines = [[f"{one}, {other}", count] for one, other, count in lines]
            width = 1 + len(table.columns)
            assert [line[:width] for line in lines] == [
                [row["label"], *(f"{cell['count']}" for cell in row["cells"])] for row in table.rows
            ]  # fmt: skip
            bars += len(table.links)
    assert bars > (20 if asked.who else 60)


@dataclass(frozen=True)
class Bar:
    """Where a bar or a dot is, in px of the page: `at` is within it, `past` just beyond its end."""

    href: str
    at: tuple[float, float]
    past: tuple[float, float]
    end: tuple[float, float]


def frame_of(card: Locator) -> tuple[float, float, float, float]:
    """Return from where in the page, and how large, the frame is in which bars are drawn."""
    box = card.locator(".u-over").bounding_box()
    assert box is not None
    return box["x"], box["y"], box["width"], box["height"]


def bars_of(card: Locator, table: Table) -> Iterator[Bar]:
    """Yield where the bars of a plot have to be, by the numbers of its table and the plot's frame."""
    is_lying = table.form in ("bars", "pyramid")
    yield from lying(card, table) if is_lying else standing(card, table)


def lying(card: Locator, table: Table) -> Iterator[Bar]:
    x, y, width, height = frame_of(card)
    most = max(1.0, *(value for row in table.rows for value in row["values"][1:]))
    for number, row in enumerate(table.rows):
        middle = y + (number + 0.6) / len(table.rows) * height
        for at, cell in enumerate(row["cells"]):
            side, start, unit = 1, x, width / (most * 1.15)
            if table.form == "pyramid":
                side, start, unit = 1 if at else -1, x + width / 2, width / 2 / most
            length = row["values"][1 + at] * unit
            if cell["href"]:
                yield Bar(
                    cell["href"],
                    (start + side * max(length / 2, FINGER), middle),
                    (start + side * (length + 3), middle),
                    (start + side * max(length - 2, 1), middle),
                )


def standing(card: Locator, table: Table) -> Iterator[Bar]:
    x, y, width, height = frame_of(card)
    is_lines = table.form == "lines"
    most = max(
        0.01 if is_lines else 1.0, *(value for row in table.rows for value in row["values"][1:])
    )
    places = [row["values"][0] for row in table.rows]
    room = 30 if table.unit == "thousandth" else max(0.6, (places[-1] - places[0]) / 60)
    for row in table.rows:
        share = (row["values"][0] - places[0] + room) / (places[-1] - places[0] + 2 * room)
        for at, cell in enumerate(row["cells"]):
            length = row["values"][1 + at] / (most * 1.05) * height
            beside = 0 if is_lines or len(table.columns) == 1 else (3 if at else -3)
            across, bottom = x + share * width + beside, y + height
            pressed = length if is_lines else max(length / 2, FINGER)
            if cell["href"]:
                yield Bar(
                    cell["href"],
                    (across, bottom - pressed),
                    (across, bottom - length - 3),
                    (across, bottom - max(length - 2, 1)),
                )


def is_at(one: Bar, other: Bar) -> bool:
    return max(abs(a - b) for a, b in zip(one.at, other.at, strict=True)) < 4


def press(page: Page, x: float, y: float, device: str) -> None:
    if device == "phone":
        page.touchscreen.tap(x, y)
    else:
        page.mouse.click(x, y)


def colour(picture: Image.Image, scale: float, x: float, y: float) -> int:
    """Return how far from grey a picture is at a place of the plot."""
    found = picture.getpixel((round(x * scale), round(y * scale)))
    assert isinstance(found, tuple)
    return max(found[:3]) - min(found[:3])


@pytest.mark.parametrize("device", DEVICES)
def test_each_bar_and_dot_is_where_its_number_is_and_a_press_on_it_leads_to_its_photos(
    browser: Browser, library: KnownLibrary, device: str
) -> None:
    pressed = 0
    with watched(context_of(browser, library.visitor, **DEVICES[device])) as page:
        page.goto("/")
        page.wait_for_load_state()
        for name in plots.KINDS:
            drawn(page, name)
        page.evaluate(HELD)
        wrong: list[tuple[Any, ...]] = []
        for name in plots.KINDS:
            card = drawn(page, name)
            table = table_of(card, name)
            if name == "together":
                continue
            card.locator(".u-over").scroll_into_view_if_needed()
            picture, scale, (left, top) = picture_of(page, card, name)
            there = [*bars_of(card, table)]
            for bar in there:
                page.evaluate("led.length = 0")
                press(page, *bar.at, device)
                led = page.evaluate("led")
                pressed += 1
                # Of two dots at one place either is meant.
                if led not in [[one.href] for one in there if is_at(one, bar)]:
                    wrong.append((name, "leads", bar, led))
                if table.form == "lines":
                    continue
                inside, past = (
                    colour(picture, scale, MARGIN + x - left, TITLE + y - top)
                    for x, y in (bar.end, bar.past)
                )
                if inside < 30 or past > 30:
                    wrong.append((name, "drawn", bar, inside, past))
        assert wrong == []
    assert pressed > 60


def picture_of(
    page: Page, card: Locator, name: str
) -> tuple[Image.Image, float, tuple[float, float]]:
    """Return a plot's picture as it is kept, its pixels a px, and where on the page its plot begins."""
    with page.expect_download() as kept:
        card.locator(f"#{name}-png").click()
    box = card.locator("canvas").bounding_box()
    assert box is not None
    picture = Image.open(Path(kept.value.path())).convert("RGB")
    scale = page.evaluate("devicePixelRatio")
    assert picture.width == round((box["width"] + 2 * MARGIN) * scale)
    return picture, scale, (box["x"], box["y"])


@pytest.mark.parametrize("device", DEVICES)
def test_people_and_lines_of_the_network_lead_to_their_photos(
    browser: Browser, library: KnownLibrary, device: str
) -> None:
    asked = Narrowed("")
    with watched(context_of(browser, library.visitor, **DEVICES[device])) as page:
        page.goto("/")
        page.wait_for_load_state()
        card = drawn(page, "together")
        lines = {
            f"{line.locator('title').text_content()}": f"{line.get_attribute('href')}"
            for line in card.locator(".network-line").all()
        }
        table = table_of(card, "together")
        assert lines == {
            f"{label}: {table.numbers[label, column]}": href
            for (label, column), href in table.links.items()
        }
        alone = {name: keys for (name, _), keys in COUNTED["people"](library, asked).items()}
        for node in card.locator(".network-node").all():
            name, _, count = f"{node.locator('title').text_content()}".rpartition(": ")
            found = behind(library, f"{node.get_attribute('href')}")
            assert (sorted(found), int(count)) == (sorted(alone[name]), len(found))
        page.evaluate(HELD)
        for node in card.locator(".network-node").all():
            page.evaluate("led.length = 0")
            node.locator("circle").click()
            assert page.evaluate("led") == [node.get_attribute("href")]


@pytest.mark.parametrize("name", [one for one in plots.KINDS if one != "together"])
def test_a_press_on_a_bar_opens_a_wall_of_its_photos(
    page: Page, library: KnownLibrary, name: str
) -> None:
    is_phone = page.viewport_size is not None and page.viewport_size["width"] < 500
    page.goto("/")
    page.wait_for_load_state()
    card = drawn(page, name)
    table = table_of(card, name)
    card.locator(".u-over").scroll_into_view_if_needed()
    bar = next(bars_of(card, table))
    press(page, *bar.at, "phone" if is_phone else "desktop")
    page.wait_for_url(f"**{bar.href}")
    keys = page.evaluate(SHOWN)
    assert sorted(keys) == sorted(behind(library, bar.href))
    assert count_of(page) == counted(len(keys))
