// The photo page: keys and swipes, and chips in their places. Everything is looked up when it is needed: what shows the
// photo may be another element by then.

import { closeSheet, lightAnew, tieFaces } from "./faces.js";
import { onKey } from "./keys.js";
import { placeChips } from "./labels.js";
import { rememberLayers } from "./layers.js";
import { goOnNaming } from "./naming.js";
import { leaveScreen, letImmerse, toggleScreen } from "./screen.js";
import { openWhy } from "./why.js";
import { isZoomed, letZoom, panBy, showWhole, zoomBy } from "./zoom.js";

const STEP = 1.5;
const PAN = 80;
const SETTLED = 80;
const stage = () => document.querySelector(".viewer .stage");

// One observer, moved to the new stage after each swap, so that nothing holds on to the old one. While the size goes on
// changing the chips keep to their faces by themselves.
let settling = 0;
const resized = new ResizeObserver(() => {
  clearTimeout(settling);
  settling = setTimeout(() => placeChips(stage()), SETTLED);
});
function watch() {
  resized.disconnect();
  resized.observe(stage().querySelector(".frame"));
  placeChips(stage());
}

function turn(key) {
  const link = document.querySelector(`.viewer [data-key="${CSS.escape(key)}"]`);
  link?.click();
  return Boolean(link);
}

function move(x, y, key) {
  if (!isZoomed()) return key ? turn(key) : false;
  panBy(x * PAN, y * PAN);
}

const nearer = () => zoomBy(STEP);
const further = () => zoomBy(1 / STEP);

onKey("ArrowLeft", () => move(1, 0, "ArrowLeft"), { repeats: true });
onKey("ArrowRight", () => move(-1, 0, "ArrowRight"), { repeats: true });
onKey("ArrowUp", () => move(0, 1), { repeats: true });
onKey("ArrowDown", () => move(0, -1), { repeats: true });
for (const sign of ["+", "="]) onKey(sign, nearer, { repeats: true });
onKey("-", further, { repeats: true });
onKey("0", showWhole);
onKey("KeyF", () => void toggleScreen());
onKey("?", () => document.getElementById("help").showModal());
// The innermost first.
onKey("Escape", () => closeSheet() !== false || leaveScreen() !== false || (isZoomed() && showWhole()));

document.addEventListener("click", ({ target }) => {
  const zoom = target.closest?.("[data-zoom]")?.dataset.zoom;
  if (zoom) (zoom === "in" ? nearer : further)();
});

// A swipe across the photo turns to the next one, unless the photo is nearer: then it moves it.
let touch = null;
document.addEventListener("pointerdown", (event) => {
  const fits = event.pointerType === "touch" && event.isPrimary && !isZoomed() && (visualViewport?.scale ?? 1) < 1.05;
  touch = fits && event.target.closest?.(".stage") ? { x: event.clientX, y: event.clientY } : null;
});
document.addEventListener("pointercancel", () => (touch = null));
document.addEventListener("pointerup", (event) => {
  if (!touch) return;
  const [across, along] = [event.clientX - touch.x, event.clientY - touch.y];
  touch = null;
  if (!isZoomed() && Math.abs(across) > 64 && Math.abs(along) < 48) turn(across > 0 ? "ArrowLeft" : "ArrowRight");
});

watch();
tieFaces();
letZoom();
letImmerse(() => {
  showWhole();
  watch();
});
rememberLayers(() => placeChips(stage()));
goOnNaming("photo-result");
openWhy();
document.body.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id !== "photo-result") return;
  watch();
  lightAnew();
});
// A link may lead to the choice of methods, from a photo that failed.
if (location.hash === "#choose-methods") document.getElementById("choose-methods")?.showModal();
