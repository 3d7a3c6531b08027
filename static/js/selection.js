// Photos of a wall are chosen: by their tick, with Shift a row of them, with X, Space and Shift with arrows, by a long press
// of a finger, or all of the list but those that are unticked. A bar says how many, what can be done with them, and leads out.

import { onKey } from "./keys.js";
import { fill, ngettext } from "./words.js";

const LONG = 500;
const FAR = 10;
const wall = document.querySelector("[data-keeps-place]");
const form = document.getElementById("chosen-photos");
const search = document.getElementById("chosen-search");
const without = document.getElementById("chosen-without");
const all = document.getElementById("choose-all");

// By key: the photos that are chosen, or, of all of the list, those that are not.
const marked = new Set();
let isAll = false;
let anchor = null;

const boxOf = (card) => card.querySelector(".card-tick input");
const keyOf = (card) => card.id.split("-")[1];
const cards = () => [...wall.querySelectorAll(".card")];
const isChosen = (card) => isAll !== marked.has(keyOf(card));
const total = () => Number(document.querySelector("[data-photo-count]")?.dataset.photoCount ?? 0);
const countChosen = () => (isAll ? total() - marked.size : marked.size);
const isOn = () => isAll || marked.size > 0;

function show() {
  const count = countChosen();
  document.getElementById("chosen-count").textContent = isOn()
    ? fill(ngettext("{count} chosen", "{count} chosen", count), { count })
    : "";
  document.documentElement.toggleAttribute("data-choosing", isOn());
  form.inert = !isOn();
  if (search) {
    search.disabled = without.disabled = !isAll;
    without.value = isAll ? [...marked].join(" ") : "";
  }
  all?.setAttribute("aria-pressed", String(isAll && !marked.size));
  // Those that the wall does not show any more are kept in the form.
  const kept = isAll ? [] : [...marked].filter((key) => !wall.querySelector(`#photo-${key}`));
  form.querySelector("[data-kept]").replaceChildren(
    ...kept.map((value) => Object.assign(document.createElement("input"), { type: "hidden", name: "photo", value })),
  );
}

// Have the ticks of a part of the page say what is chosen.
export function showTicks(part = wall) {
  if (!form || !wall) return;
  const some = part.matches?.(".card") ? [part] : part.querySelectorAll(".card");
  for (const card of some) {
    const box = boxOf(card);
    if (box) box.checked = isChosen(card);
  }
}

function set(some, wanted) {
  for (const card of some) {
    if (wanted === isAll) marked.delete(keyOf(card));
    else marked.add(keyOf(card));
  }
  if (countChosen() <= 0) return leave();
  some.forEach(showTicks);
  show();
}

function leave() {
  marked.clear();
  isAll = false;
  anchor = null;
  showTicks();
  show();
}

function rowTo(card) {
  const every = cards();
  const from = every.indexOf(anchor?.isConnected ? anchor : card);
  const [first, last] = [from, every.indexOf(card)].sort((a, b) => a - b);
  return every.slice(first, last + 1);
}

function toggle(card, { asRow = false } = {}) {
  set(asRow ? rowTo(card) : [card], asRow || !isChosen(card));
  anchor = card;
}

function follow() {
  let pressed = 0;
  // The click that ends a long press is no press of its own.
  let wasLong = false;
  wall.addEventListener(
    "click",
    (event) => {
      const card = event.target.closest(".card");
      if (!card) return;
      const isTick = event.target.closest(".card-tick");
      const isLink = event.target.closest(".card-link") && !event.ctrlKey && !event.metaKey;
      if (!isTick && !(isLink && (isOn() || event.shiftKey || wasLong))) return;
      event.preventDefault();
      event.stopPropagation();
      if (wasLong) return void (wasLong = false);
      toggle(card, { asRow: event.shiftKey });
      // The press on the tick is undone after this; what is chosen stays.
      setTimeout(() => showTicks(card));
    },
    { capture: true },
  );
  wall.addEventListener("pointerdown", (event) => {
    const card = event.target.closest(".card");
    wasLong = false;
    if (!card || event.pointerType === "mouse") return;
    const [x, y] = [event.clientX, event.clientY];
    const end = () => clearTimeout(pressed);
    pressed = setTimeout(() => {
      wasLong = true;
      toggle(card);
      navigator.vibrate?.(10);
    }, LONG);
    wall.addEventListener("pointerup", end, { once: true });
    wall.addEventListener("pointercancel", end, { once: true });
    wall.addEventListener(
      "pointermove",
      (moved) => Math.hypot(moved.clientX - x, moved.clientY - y) > FAR && end(),
      { once: true },
    );
  });
  // A long press asks the browser what to do with the link.
  wall.addEventListener("contextmenu", (event) => {
    if (event.pointerType === "touch" && event.target.closest(".card")) event.preventDefault();
  });
  wall.addEventListener("keydown", (event) => {
    const card = event.target.closest(".card-link")?.closest(".card");
    if (!card || event.key !== " " || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    toggle(card, { asRow: event.shiftKey });
  });
  wall.addEventListener("walked", ({ detail }) => {
    if (!detail.shift) return;
    anchor ??= detail.from.closest(".card");
    set(rowTo(detail.to.closest(".card")), true);
  });
  const focused = () => document.activeElement?.closest?.(".card");
  onKey("KeyX", () => (focused() ? toggle(focused()) : false));
  onKey("held+KeyA", () => {
    if (!focused() || !all) return false;
    all.click();
    return true;
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !isOn() || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    leave();
  });
  document.getElementById("choose-none").addEventListener("click", () => {
    leave();
    wall.querySelector('.card-link[tabindex="0"]')?.focus({ preventScroll: true });
  });
  all?.addEventListener("click", () => {
    if (isAll && !marked.size) return leave();
    marked.clear();
    isAll = true;
    showTicks();
    return show();
  });
  // What is downloaded comes as a file and not into the page.
  document.addEventListener(
    "submit",
    (event) => {
      if (event.target === form && event.submitter?.value === "download") event.stopImmediatePropagation();
    },
    { capture: true },
  );
  document.body.addEventListener("counted", show);
  document.body.addEventListener("cards-gone", ({ detail }) => {
    for (const key of detail) marked.delete(`${key}`);
    show();
  });
}

if (wall && form) {
  follow();
  show();
}
