// Hands each photo's ratio to the stylesheet, which may not stand in a style attribute (the policy forbids those).
// An observer rather than htmx's events: it runs before the next paint, so a swapped card never jumps.

import { watchFaces } from "./annotated.js";
import { watchCards } from "./cards.js";
import { watchPictures } from "./pictures.js";
import { showAll } from "./roving.js";
import { showTicks } from "./selection.js";

function setRatio(element) {
  element.style.setProperty("--ratio", element.dataset.ratio);
}

function scan(node) {
  if (!(node instanceof Element)) return;
  if (node.dataset.ratio) setRatio(node);
  node.querySelectorAll("[data-ratio]").forEach(setRatio);
  if (node !== document.body && !node.matches(".card, .photo-grid, .month") && !node.querySelector(".card")) return;
  watchFaces(node);
  if (node === document.body) return;
  watchCards(node);
  watchPictures(node);
  showAll(node);
  showTicks(node);
}

scan(document.body);
new MutationObserver((records) => {
  for (const { addedNodes, target, type } of records) {
    if (type === "attributes") setRatio(target);
    else addedNodes.forEach(scan);
  }
}).observe(document.body, { attributeFilter: ["data-ratio"], childList: true, subtree: true });

// Back from a photo, the page that is loaded anew starts near that photo, however deep the wall was; the browser's
// own memory of the height would lead nowhere on it.
const wall = document.querySelector("[data-keeps-place]");
wall?.addEventListener("click", (event) => {
  const card = event.target.closest(".card-link")?.closest(".card");
  if (!card || event.ctrlKey || event.metaKey || event.shiftKey) return;
  history.scrollRestoration = "manual";
  const query = new URLSearchParams(location.search);
  for (const name of ["before", "until", "at", "month"]) query.delete(name);
  query.set("around", card.id.split("-")[1]);
  history.replaceState(history.state, "", `?${query}#${card.id}`);
});
if (location.hash) {
  wall?.querySelector(`#${CSS.escape(location.hash.slice(1))}`)?.scrollIntoView({ block: "center" });
}
