// A face on the photo is tied to its entry in the list: what is pointed at in one is lit in the other, and a click on
// the photo leads to where one can name the face.

import { placeChips, showInFull } from "./labels.js";

const viewer = document.querySelector(".viewer");
const stage = () => viewer.querySelector(".stage");
let lit = null;

function faceOf(target) {
  const element = target.closest?.("[data-face], [data-entry]");
  return element ? (element.dataset.face ?? element.dataset.entry) : null;
}

// What is pointed at wins; without that, what has the focus.
const focusedFace = () => faceOf(document.activeElement);

function light(face) {
  if (face === lit) return;
  lit = face;
  viewer.querySelectorAll("[data-lit]").forEach((element) => delete element.dataset.lit);
  placeChips(stage());
  if (!face) return;
  const id = CSS.escape(face);
  viewer
    .querySelectorAll(`[data-face="${id}"], [data-entry="${id}"], [data-chip="${id}"]`)
    .forEach((element) => (element.dataset.lit = ""));
  const chip = viewer.querySelector(`[data-chip="${id}"]:is(:not([data-compact=""]), :not([data-placed]))`);
  if (chip?.offsetWidth) showInFull(stage(), chip);
}

// After the faces came anew: what the server says of a face knows nothing of who looks at it.
export function lightAnew() {
  const face = lit ?? focusedFace();
  light(null);
  light(face);
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

// The focus goes along, which the link's own jump would leave behind.
function goToEntry(face) {
  const entry = document.getElementById(`face-${face}`);
  if (!entry) return false;
  viewer.querySelectorAll("[data-at]").forEach((element) => delete element.dataset.at);
  entry.dataset.at = "";
  const folded = entry.closest(".faces-folded");
  if (folded) folded.open = true;
  const field = entry.dataset.state === "unknown" && entry.querySelector(".name-form input[name=name]");
  (field || entry).focus({ preventScroll: true });
  entry.scrollIntoView({ block: "nearest" });
  return true;
}

// To be called once, when the page stands.
export function tieFaces() {
  viewer.addEventListener("pointerover", (event) => {
    if (event.pointerType !== "touch") light(faceOf(event.target) ?? focusedFace());
  });
  viewer.addEventListener("pointerleave", () => light(focusedFace()));
  viewer.addEventListener("focusin", (event) => light(faceOf(event.target)));
  viewer.addEventListener("focusout", (event) => {
    if (!viewer.contains(event.relatedTarget)) light(null);
  });
  viewer.addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-face]")) return;
    if (goToEntry(faceAt(event))) event.preventDefault();
  });
}
