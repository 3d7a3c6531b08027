"""On a photo of many each label is at its own face: sixty faces at random in a real browser."""

from __future__ import annotations

import random
from typing import Any

import pytest
from playwright.sync_api import Page

# A stage with faces and chips as the photo page has them, and what labels.js makes of it: the chips that
# are shown, the boxes of all faces and of their eyes, in px of the stage.
PLACED = """async ({ faces, width, height }) => {
  for (const file of ["palette", "overlay"]) {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: `/static/css/${file}.css` });
    document.head.append(link);
    await new Promise((loaded) => link.addEventListener("load", loaded));
  }
  const rect = ([x, y, w, h]) => `<rect class="line box" x="${x}" y="${y}" width="${w}" height="${h}"/>`;
  const eyes = ([x, y, w, h]) => [x + w / 6, y + h / 4, x + 5 * w / 6, y + h / 2];
  const marks = faces.map(({ box }, n) =>
    `<g class="mark" data-face="${n}" data-eyes="${eyes(box).join(" ")}">${rect(box)}</g>`);
  const chips = faces.map(({ name }, n) => `<div class="chip" data-chip="${n}"
    data-state="${name ? "named" : "unknown"}"><span class="chip-number">${n + 1}</span>
    <span class="chip-name">${name || "Unknown"}</span></div>`);
  document.body.innerHTML = `<div class="viewer"><input type="checkbox" name="names" checked hidden>
    <div class="stage"><div class="frame"><svg class="overlay" viewBox="0 0 ${width} ${height}">
    ${marks.join("")}</svg><div class="chips">${chips.join("")}</div></div></div></div>`;
  const frame = document.querySelector(".frame");
  Object.assign(frame.style, { position: "relative", width: `${width}px`, height: `${height}px` });
  const { placeChips } = await import("/static/js/labels.js");
  placeChips(document.querySelector(".stage"));
  const origin = frame.getBoundingClientRect();
  return [...document.querySelectorAll(".chip")].map((chip) => {
    const { left, top, right, bottom } = chip.getBoundingClientRect();
    const shown = getComputedStyle(chip).visibility === "visible" && right > left;
    const place = [left - origin.left, top - origin.top, right - origin.left, bottom - origin.top];
    return { shown, text: chip.innerText.trim(), place, eyes: eyes(faces[chip.dataset.chip].box) };
  });
}"""
Rect = tuple[float, float, float, float]


def overlap(one: Rect, other: Rect) -> float:
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    return max(0.0, width) * max(0.0, height)


def apart(one: Rect, other: Rect) -> float:
    across = max(0.0, one[0] - other[2], other[0] - one[2])
    along = max(0.0, one[1] - other[3], other[1] - one[3])
    return float((across**2 + along**2) ** 0.5)


def crowd(seed: int) -> list[dict[str, Any]]:
    """Return boxes of sixty faces of all sizes in rows that nearly touch; two of three have a name."""
    chance = random.Random(seed)
    found = []
    for number in range(60):
        side = chance.choice([16, 24, 40, 70])
        x = 12 + number % 12 * 80 + chance.uniform(-10, 10)
        y = 10 + number // 12 * 110 + chance.uniform(-10, 25)
        name = chance.choice(["", "Jo", "Elisabeth von Hohenstein"])
        found.append({"box": [x, y, side, side * 1.2], "name": name})
    return found


@pytest.mark.parametrize("seed", range(3))
def test_labels_cover_no_eyes_and_stand_at_their_own_face_alone(here: Page, seed: int) -> None:
    faces = crowd(seed)

    chips = here.evaluate(PLACED, {"faces": faces, "width": 990, "height": 600})

    boxes: list[Rect] = [(x, y, x + w, y + h) for x, y, w, h in (face["box"] for face in faces)]
    shown = [number for number, chip in enumerate(chips) if chip["shown"]]
    assert all(faces[number]["name"] for number in shown)
    assert len(shown) > 20
    for number in shown:
        place = chips[number]["place"]
        assert min(place[:2]) > -1
        assert (place[2], place[3]) < (991, 601)
        assert all(overlap(place, chip["eyes"]) < 1 for chip in chips)
        assert all(overlap(place, chips[other]["place"]) < 1 for other in shown if other != number)
        others = [apart(place, box) for other, box in enumerate(boxes) if other != number]
        assert apart(place, boxes[number]) + 7 < min(others)


def test_a_small_box_is_as_large_to_a_pointer_as_it_has_to_be(here: Page) -> None:
    faces = [{"box": [50, 50, 16, 18], "name": ""}, {"box": [200, 50, 60, 70], "name": ""}]
    here.evaluate(PLACED, {"faces": faces, "width": 400, "height": 200})

    more = "all => all.map((mark) => mark.style.getPropertyValue('--more'))"
    assert here.locator(".mark").evaluate_all(more) == ["8.0px", "0.0px"]


def test_a_portrait_has_its_name_in_full_below_the_eyes(here: Page) -> None:
    faces = [{"box": [0, 0, 400, 500], "name": "Elisabeth von Hohenstein"}]

    [chip] = here.evaluate(PLACED, {"faces": faces, "width": 400, "height": 500})

    assert (chip["shown"], chip["text"]) == (True, "Elisabeth von Hohenstein")
    assert overlap(chip["place"], chip["eyes"]) == 0
