// A face on the photo is tied to its entry in the list: what is pointed at in one is lit in the other, and a click on
// the photo leads to where one can name the face.

import { placeChips, showInFull } from "./labels.js";
import { closeSheet, isSheetOpen, letSheetBeUsed, opensAsSheet, showSheet } from "./sheet.js";
import { bringIntoSight } from "./zoom.js";

const viewerOf = () => document.querySelector(".viewer");
const stageOf = () => document.querySelector(".viewer .stage");
let lit = null;

function faceOf(target) {
  const element = target.closest?.(".viewer [data-face], .viewer [data-entry]");
  return element ? (element.dataset.face ?? element.dataset.entry) : null;
}

// What is pointed at wins; without that, what has the focus.
const focusedFace = () => faceOf(document.activeElement);

function light(face) {
  if (face === lit) return;
  lit = face;
  const viewer = viewerOf();
  viewer.querySelectorAll("[data-lit]").forEach((element) => delete element.dataset.lit);
  placeChips(stageOf());
  if (!face) return;
  const id = CSS.escape(face);
  viewer
    .querySelectorAll(`[data-face="${id}"], [data-entry="${id}"], [data-chip="${id}"]`)
    .forEach((element) => (element.dataset.lit = ""));
  const chip = viewer.querySelector(`[data-chip="${id}"]:is(:not([data-compact=""]), :not([data-placed]))`);
  if (chip?.offsetWidth) showInFull(stageOf(), chip);
}

// After the faces came anew: what the server says of a face knows nothing of who looks at it.
export function lightAnew() {
  const face = lit ?? focusedFace();
  light(null);
  light(face);
  if (isSheetOpen()) showSheet();
}

// Of faces that overlap, or whose boxes reach beyond them for a finger, the one whose middle is nearest.
function faceAt({ clientX, clientY, target }) {
  const there = document.elementsFromPoint(clientX, clientY).map((element) => element.closest?.("[data-face]"));
  const marks = [...new Set(there.filter(Boolean))];
  // By a key there is no point.
  if (marks.length < 2) return faceOf(target);
  const away = (mark) => {
    const { left, top, width, height } = mark.querySelector(".box.line").getBoundingClientRect();
    return Math.hypot((clientX - left - width / 2) / width, (clientY - top - height / 2) / height);
  };
  return marks.reduce((best, mark) => (away(mark) < away(best) ? mark : best)).dataset.face;
}

function mark(entry) {
  viewerOf()
    .querySelectorAll("[data-at]")
    .forEach((element) => delete element.dataset.at);
  entry.dataset.at = "";
  const folded = entry.closest(".faces-folded");
  if (folded) folded.open = true;
}

// The focus goes along, which the link's own jump would leave behind. In a sheet it stays off the field, whose keyboard
// would cover the photo.
function choose(face) {
  const entry = document.getElementById(`face-${face}`);
  if (!entry) return false;
  mark(entry);
  const isUnknown = entry.dataset.state === "unknown" && !opensAsSheet();
  const field = isUnknown && entry.querySelector(".name-form input[name=name]");
  (field || entry).focus({ preventScroll: true });
  if (opensAsSheet()) showSheet();
  else entry.scrollIntoView({ block: "nearest" });
  return true;
}

function focused({ target }) {
  const face = faceOf(target);
  light(face);
  const entry = target.closest?.("[data-entry]");
  const onPhoto = face && viewerOf().querySelector(`[data-face="${CSS.escape(face)}"]`);
  if (onPhoto) bringIntoSight(onPhoto);
  // An answer that is sent from the sheet leads to the next question.
  if (!isSheetOpen() || !entry || "at" in entry.dataset) return;
  mark(entry);
  showSheet();
}

// To be called once, when the page stands.
export function tieFaces() {
  document.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") light(faceOf(event.target) ?? focusedFace());
  });
  document.addEventListener("pointerleave", () => light(focusedFace()));
  document.addEventListener("focusin", focused);
  document.addEventListener("focusout", ({ relatedTarget }) => {
    if (!viewerOf().contains(relatedTarget)) light(null);
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest?.(".viewer [data-face]")) return;
    if (choose(faceAt(event))) event.preventDefault();
  });
  letSheetBeUsed(choose);
}

export { closeSheet };
