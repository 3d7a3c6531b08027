// Where the list stands below the photo, as on a phone, what there is to say of a face opens as a sheet at the foot of
// the screen, and the photo stays in sight above it.

import { fill, gettext } from "./words.js";
import { bringIntoSight } from "./zoom.js";

const SWIPE = 48;
const ROOM = 16;
const below = matchMedia("(width < 960px)");
const viewerOf = () => document.querySelector(".viewer");
const barOf = () => document.querySelector(".face-bar");
const entries = () => [...document.querySelectorAll("#photo-result [data-entry]")];
const chosen = () => document.querySelector("#photo-result [data-entry][data-at]");

export const opensAsSheet = () => below.matches;
export const isSheetOpen = () => "sheet" in (viewerOf()?.dataset ?? {});

function keepFaceInSight(face) {
  const mark = document.querySelector(`[data-face="${CSS.escape(face)}"]`);
  if (!mark) return;
  const floor = barOf().getBoundingClientRect().top;
  bringIntoSight(mark, floor);
  const box = mark.querySelector(".box.line").getBoundingClientRect();
  const ceiling = document.querySelector(".viewer-bar").getBoundingClientRect().bottom;
  const hidden = Math.max(0, box.bottom + ROOM - floor) || Math.min(0, box.top - ROOM - ceiling);
  if (hidden) scrollBy({ top: hidden, behavior: "instant" });
}

// Android's way back closes the sheet, where a browser tells of it.
let watcher = null;
function watchWayBack() {
  watcher?.destroy();
  watcher = "CloseWatcher" in window ? new CloseWatcher() : null;
  watcher?.addEventListener("close", closeSheet);
}

// Show the entry that was chosen as a sheet, or anew where the faces have changed.
export function showSheet() {
  const [entry, all] = [chosen(), entries()];
  if (!entry) {
    closeSheet();
    return;
  }
  watchWayBack();
  viewerOf().dataset.sheet = "";
  barOf().hidden = false;
  const values = { number: all.indexOf(entry) + 1, total: all.length };
  barOf().querySelector("[data-face-count]").textContent = fill(gettext("{number} of {total}"), values);
  keepFaceInSight(entry.dataset.entry);
}

// Returns false if none was open.
export function closeSheet() {
  if (!isSheetOpen()) return false;
  watcher?.destroy();
  const entry = chosen();
  delete viewerOf().dataset.sheet;
  barOf().hidden = true;
  if (!entry) return;
  delete entry.dataset.at;
  document.getElementById(`mark-${entry.dataset.entry}`)?.focus({ preventScroll: true });
}

function turnFace(by, choose) {
  const all = entries();
  const next = all[(all.indexOf(chosen()) + by + all.length) % all.length];
  if (next) choose(next.dataset.entry);
}

function letSwipe(choose) {
  let first = null;
  document.addEventListener("pointerdown", (event) => (first = event.target.closest?.(".face-bar") ? event : null));
  document.addEventListener("pointerup", (event) => {
    if (!first) return;
    const [across, along] = [event.clientX - first.clientX, event.clientY - first.clientY];
    first = null;
    if (along > SWIPE) closeSheet();
    else if (Math.abs(across) > SWIPE) turnFace(across > 0 ? -1 : 1, choose);
  });
}

// The keyboard of a phone lies over the page: the sheet stands on it.
function standOnKeyboard() {
  const { visualViewport } = window;
  visualViewport?.addEventListener("resize", () => {
    const hidden = Math.max(0, innerHeight - visualViewport.height * visualViewport.scale);
    document.documentElement.style.setProperty("--keyboard", `${Math.round(hidden)}px`);
  });
}

// To be called once; `choose` opens the entry of a face.
export function letSheetBeUsed(choose) {
  document.addEventListener("click", ({ target }) => {
    const turner = target.closest?.("[data-turn-face]");
    if (turner) turnFace(Number(turner.dataset.turnFace), choose);
    const isBeside = target.closest?.(".stage") && !target.closest("[data-face], button");
    if (target.closest?.("[data-close-face]") || isBeside) closeSheet();
  });
  below.addEventListener("change", closeSheet);
  letSwipe(choose);
  standOnKeyboard();
}
