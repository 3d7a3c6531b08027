// Boxes and names over every picture of a wall, switched by a checkbox or the key B. A cookie keeps that, by which the
// server checks the box: the first paint is right. Names are placed once their card comes near.

import { onKey } from "./keys.js";
import { placeChips } from "./labels.js";

const YEAR = 31_536_000;
// ms: what a frame may spend on names.
const BUDGET = 6;

const choice = document.getElementById("annotated");
const near = new Set();
const due = new Set();
let frame = 0;

function placeSome() {
  frame = 0;
  const began = performance.now();
  for (const faces of due) {
    if (performance.now() - began > BUDGET) break;
    due.delete(faces);
    if (faces.isConnected) placeChips(faces);
  }
  if (due.size) frame = requestAnimationFrame(placeSome);
}

function place(some) {
  if (!choice?.checked) return;
  for (const faces of some) due.add(faces);
  if (due.size) frame ||= requestAnimationFrame(placeSome);
}

const watch = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      const faces = target.querySelector(".card-faces");
      if (!faces || !isIntersecting) near.delete(faces);
      else if (!near.has(faces)) place([near.add(faces) && faces]);
    }
  },
  { rootMargin: "50%" },
);

// Have the names be placed on the cards of a part of the page that is new.
export function watchFaces(part) {
  const cards = part.matches?.(".card") ? [part] : part.querySelectorAll(".card");
  for (const card of cards) watch.observe(card);
  // A card that came anew in its old place is near already.
  place([...near].filter((faces) => part.contains(faces)));
}

choice?.addEventListener("change", () => {
  const secure = location.protocol === "https:" ? ";secure" : "";
  document.cookie = `annotated=${choice.checked ? "yes" : "no"};path=/;max-age=${YEAR};samesite=lax${secure}`;
  place(near);
});
if (choice) onKey("KeyB", () => choice.click());

let resizing = 0;
addEventListener("resize", () => {
  clearTimeout(resizing);
  resizing = setTimeout(() => place(near), 150);
});
