// What is being added stands in a place of its own above the wall: the browser's own picture at once, which turns into the
// photo's card in place. All places are there from the beginning, so that nothing moves while hundreds arrive; of thousands
// those near what is in sight alone are elements of the page.

import { besides } from "./beside.js";
import { renew } from "./cards.js";
import { gliding } from "./steady.js";
import { askNow, besides as shownBesides } from "./wall.js";

const AT_ONCE = 2;
const OPEN = new Set(["waiting", "sending"]);

const section = document.getElementById("arrivals");
const list = section?.querySelector(".arrivals-list");
const previewOf = besides(new URL("./preview_worker.js", import.meta.url));
let items = [];
let shown = [];
let frame = 0;
let making = 0;

// How many stand side by side, and how high a row is, in pixels.
function measured() {
  const { gridTemplateColumns, gridAutoRows, rowGap } = getComputedStyle(list);
  return { across: gridTemplateColumns.split(" ").length, row: parseFloat(gridAutoRows) + parseFloat(rowGap) };
}

async function draw(item) {
  making += 1;
  const preview = await previewOf(item.file);
  making -= 1;
  // What the browser can't read keeps its name.
  if (preview && item.cell && !item.preview) {
    item.preview = URL.createObjectURL(preview);
    item.cell.querySelector("img").src = item.preview;
    item.cell.dataset.drawn = "";
  }
  drawNext();
}

function drawNext() {
  for (const item of shown) {
    if (making >= AT_ONCE) return;
    if (item.isDrawn) continue;
    item.isDrawn = true;
    draw(item);
  }
}

function show(item) {
  item.cell = document.createElement("div");
  item.cell.className = "arrival";
  item.cell.dataset.state = item.arrival;
  const name = Object.assign(document.createElement("span"), { className: "arrival-name", textContent: item.file.name });
  item.cell.append(Object.assign(document.createElement("img"), { alt: "", decoding: "async" }), name);
  if (item.arrived) become(item);
}

function hide(item) {
  item.cell.remove();
  URL.revokeObjectURL(item.preview);
  Object.assign(item, { cell: null, preview: "", isDrawn: false });
}

function place() {
  frame = 0;
  const { across, row } = measured();
  const { scrollTop, clientHeight } = list;
  const first = Math.floor((scrollTop - clientHeight) / row) * across;
  const end = Math.ceil((scrollTop + 2 * clientHeight) / row) * across;
  // What has the focus stays, however far it is scrolled.
  const isNear = (item, at) => (at >= first && at < end) || item.cell?.contains(document.activeElement);
  const near = new Set(items.filter(isNear));
  for (const item of shown) if (!near.has(item)) hide(item);
  shown = [...near];
  let next = list.firstElementChild;
  for (const item of shown) {
    if (!item.cell) show(item);
    item.cell.style.gridArea = `${Math.floor(item.place / across) + 1} / ${(item.place % across) + 1}`;
    if (item.cell === next) next = next.nextElementSibling;
    else list.insertBefore(item.cell, next);
  }
  drawNext();
}

const placeSoon = () => (frame ||= requestAnimationFrame(place));

// As much room as they need, at most two rows while there is a wall below.
function makeRoom() {
  const most = document.querySelector("#photo-grid .card") ? 2 : 4;
  const rows = Math.ceil(items.length / measured().across);
  list.style.setProperty("--all-rows", rows);
  list.style.setProperty("--rows", Math.min(most, rows));
  placeSoon();
}

// Nothing jumps: what lies below is where it was, and moves down before one's eyes.
function open() {
  const below = [...document.querySelectorAll(".arrivals ~ *")].filter((one) => one.checkVisibility());
  const [first] = below;
  const before = first?.getBoundingClientRect().top;
  return () => {
    const by = first ? before - first.getBoundingClientRect().top : 0;
    if (!by || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    for (const one of below) one.animate({ transform: [`translateY(${by}px)`, "none"] }, { duration: 150, easing: "ease-out" });
  };
}

// Make places for what was chosen.
export function expect(chosen) {
  if (!section) return;
  const glide = open();
  section.hidden = false;
  for (const item of chosen) Object.assign(item, { arrival: "waiting", place: items.push(item) - 1 });
  makeRoom();
  glide();
}

function become({ cell, arrived }) {
  if (document.getElementById(`arrived-${arrived}`)) return;
  const card = document.createElement("article");
  card.className = "card";
  card.id = `arrived-${arrived}`;
  card.dataset.state = "queued";
  cell.append(card);
  renew(card);
}

// Say what has become of a file: "sending", "done" with the photo's key, "known", "refused" or "failed".
export function tell(item, state, key = 0) {
  item.arrival = state;
  if (key) {
    item.arrived = key;
    shownBesides.add(key);
  }
  if (!item.cell) return;
  item.cell.dataset.state = state;
  if (key) become(item);
}

// The others move up.
function leave(isOver) {
  const isHeld = section.contains(document.activeElement);
  const at = shown.findIndex(({ cell }) => cell.contains(document.activeElement));
  const stays = (item) => !isOver(item);
  const next = at < 0 ? null : (shown.slice(at).find(stays) ?? shown.slice(0, at).findLast(stays));
  const glide = open();
  for (const item of items) {
    if (!isOver(item)) continue;
    shownBesides.delete(item.arrived);
    if (item.cell) hide(item);
  }
  [items, shown] = [items, shown].map((some) => some.filter((item) => !isOver(item)));
  items.forEach((item, index) => Object.assign(item, { place: index }));
  section.hidden = items.length === 0;
  if (items.length > 0) {
    const cells = shown.map(({ cell }) => cell);
    gliding(cells, () => {
      makeRoom();
      place();
    });
  }
  glide();
  if (!isHeld || section.contains(document.activeElement)) return;
  (next?.cell?.querySelector("a") ?? document.getElementById("main")).focus({ preventScroll: true });
}

// What has arrived stands in the wall alone from now on; what is not settled yet stays.
function close(event) {
  // The page of an empty list comes anew, with what it has for photos.
  if (!document.getElementById("chosen-photos") || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  leave(({ arrival }) => !OPEN.has(arrival));
  askNow();
}

if (section) {
  section.querySelector("[data-close]").addEventListener("click", close);
  document.body.addEventListener("cards-gone", ({ detail }) => {
    const gone = new Set(detail);
    if (items.some(({ arrived }) => gone.has(arrived))) leave(({ arrived }) => gone.has(arrived));
  });
  list.addEventListener("scroll", placeSoon, { passive: true });
  new ResizeObserver(() => items.length && makeRoom()).observe(list);
}
