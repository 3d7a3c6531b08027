// The photo page: layers that are remembered, arrow keys and swipes, and chips in their places.

import { lightAnew, tieFaces } from "./faces.js";
import { placeChips } from "./labels.js";
import { goOnNaming } from "./naming.js";
import { openWhy } from "./why.js";

const LAYERS = "facesite.layers";
const viewer = document.querySelector(".viewer");
const layers = viewer.querySelector("[data-layers]");
const stage = () => viewer.querySelector(".stage");

function rememberedLayers() {
  try {
    return JSON.parse(localStorage.getItem(LAYERS)) ?? {};
  } catch {
    return {};
  }
}

for (const [name, on] of Object.entries(rememberedLayers())) {
  const input = layers.elements.namedItem(name);
  if (input) input.checked = on === true;
}

layers.addEventListener("change", () => {
  const chosen = Object.fromEntries([...layers.elements].map((input) => [input.name, input.checked]));
  try {
    localStorage.setItem(LAYERS, JSON.stringify(chosen));
  } catch {
    // Storage is forbidden: the layers are then forgotten with the page.
  }
  placeChips(stage());
});

// A link may lead to the choice of methods, from a photo that failed.
if (location.hash === "#choose-methods") document.getElementById("choose-methods")?.showModal();

// One observer, moved to the new stage after each swap, so that nothing holds on to the old one.
const resized = new ResizeObserver(() => placeChips(stage()));
function watch() {
  resized.disconnect();
  resized.observe(stage().querySelector(".frame"));
  placeChips(stage());
}

watch();
tieFaces();
goOnNaming("photo-result");
openWhy();
document.body.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id !== "photo-result") return;
  watch();
  lightAnew();
});

function turn(key) {
  const link = viewer.querySelector(`[data-key="${CSS.escape(key)}"]`);
  link?.click();
  return Boolean(link);
}

// Shifted and the like are the browser's own keys, and fields, menus and dialogs move by arrows themselves.
document.addEventListener("keydown", (event) => {
  if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog, [popover]")) return;
  if (event.key.startsWith("Arrow") && turn(event.key)) event.preventDefault();
});

// A swipe across the photo turns to the next one, unless the photo is zoomed: then it moves it.
let touch = null;
viewer.addEventListener("pointerdown", (event) => {
  const fits = event.pointerType === "touch" && event.isPrimary && (visualViewport?.scale ?? 1) < 1.05;
  touch = fits && event.target.closest(".stage") ? { x: event.clientX, y: event.clientY } : null;
});
viewer.addEventListener("pointercancel", () => (touch = null));
viewer.addEventListener("pointerup", (event) => {
  if (!touch) return;
  const [across, along] = [event.clientX - touch.x, event.clientY - touch.y];
  touch = null;
  if (Math.abs(across) > 64 && Math.abs(along) < 48) turn(across > 0 ? "ArrowLeft" : "ArrowRight");
});
