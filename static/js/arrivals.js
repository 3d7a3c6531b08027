// What is being added stands in a place of its own above the wall: the browser's own picture at once, which turns into the
// photo's card in place. All places are made at the beginning, so that nothing moves while hundreds arrive.

import { renew } from "./cards.js";

const SIDE = 224;
const AT_ONCE = 2;
const BATCH = 60;
// px: what one place takes, its gap included; as in upload.css.
const CELL = { wide: 116, narrow: 76 };
const PHONE = matchMedia("(width < 640px)");

const section = document.getElementById("arrivals");
const list = section?.querySelector(".arrivals-list");
const files = new WeakMap();
const wanted = new Set();
let due = [];
let frame = 0;
let making = 0;

async function draw(cell) {
  making += 1;
  const file = files.get(cell);
  // Off the page's own thread. What the browser can't read keeps its name.
  const picture = await createImageBitmap(file, { resizeWidth: SIDE, resizeQuality: "medium" }).catch(() => null);
  const canvas = cell.querySelector("canvas");
  if (picture && wanted.has(cell) && canvas) {
    canvas.getContext("bitmaprenderer").transferFromImageBitmap(picture);
    cell.dataset.drawn = "";
  } else picture?.close();
  if (!picture) cell.dataset.unreadable = "";
  making -= 1;
  drawNext();
}

function drawNext() {
  for (const cell of wanted) {
    if (making >= AT_ONCE) return;
    if ("asked" in cell.dataset) continue;
    cell.dataset.asked = "";
    draw(cell);
  }
}

function forget(cell) {
  wanted.delete(cell);
  if (!("drawn" in cell.dataset)) return;
  delete cell.dataset.drawn;
  delete cell.dataset.asked;
  const canvas = document.createElement("canvas");
  cell.querySelector("canvas").replaceWith(canvas);
}

// Of thousands, those in sight alone have their pictures.
const watch = section && new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting && !target.querySelector(".card img")) wanted.add(target);
      else if (!isIntersecting) forget(target);
    }
    drawNext();
  },
  { root: list, rootMargin: "100%" },
);

function fill(cell, item) {
  const name = document.createElement("span");
  name.className = "arrival-name";
  name.textContent = item.file.name;
  cell.append(document.createElement("canvas"), name);
  cell.dataset.state = item.arrival;
  files.set(cell, item.file);
  watch.observe(cell);
  if (item.arrived) become(item);
}

function fillSome() {
  frame = 0;
  const part = document.createDocumentFragment();
  for (const item of due.splice(0, BATCH)) {
    item.cell = document.createElement("div");
    item.cell.className = "arrival";
    part.append(item.cell);
    fill(item.cell, item);
  }
  list.append(part);
  if (due.length) frame = requestAnimationFrame(fillSome);
}

// As much room as they need, at most two rows while there is a wall below.
function makeRoom(count) {
  const most = document.querySelector("#photo-grid .card") ? 2 : 4;
  const across = Math.max(1, Math.floor(section.clientWidth / (PHONE.matches ? CELL.narrow : CELL.wide)));
  list.style.setProperty("--rows", Math.min(most, Math.ceil(count / across)));
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
export function expect(items) {
  if (!section) return;
  const glide = open();
  section.hidden = false;
  for (const item of items) item.arrival = "waiting";
  due.push(...items);
  makeRoom(list.children.length + due.length);
  glide();
  frame ||= requestAnimationFrame(fillSome);
}

function become(item) {
  const { cell, arrived } = item;
  if (document.getElementById(`photo-${arrived}`)) return;
  const card = document.createElement("article");
  card.className = "card";
  card.id = `photo-${arrived}`;
  card.dataset.state = "queued";
  cell.append(card);
  renew(card);
}

// Say what has become of a file: "sending", "done" with the photo's key, "known", "refused" or "failed".
export function tell(item, state, key = 0) {
  item.arrival = state;
  if (key) item.arrived = key;
  if (!item.cell) return;
  item.cell.dataset.state = state;
  if (key) become(item);
}
