// The photo nearer, and moved about: by wheel, pinch, double tap, drag and keys. By layout and not by a transform, so
// that lines, dots and names over it keep their size and find their places anew.

const MOST = 10;
const NEAR = 2.5;
const WHEEL = 0.002;
const LINE = 16;
// px: what moves less is no drag; ms: what comes later is no second tap.
const STILL = 6;
const TWICE = 300;

const WHOLE = { zoom: 1, x: 0, y: 0 };
let view = WHOLE;

const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const stageOf = () => document.querySelector(".viewer .stage");
const frameOf = (stage) => stage.querySelector(".frame:has(.overlay)");

export const isZoomed = () => view.zoom > 1;

// Half of what the photo is larger than its stage, across and along: so far it can be moved.
function room(stage, zoom) {
  const { clientWidth: wide, clientHeight: high } = stage;
  const ratio = Number(stage.dataset.ratio);
  const across = Math.min(wide, high * ratio) * zoom;
  return { x: Math.max(0, across - wide) / 2, y: Math.max(0, across / ratio - high) / 2 };
}

function show({ zoom, x, y }) {
  const stage = stageOf();
  const frame = frameOf(stage);
  if (!frame) return;
  const most = room(stage, zoom);
  view = zoom === 1 ? WHOLE : { zoom, x: clamp(x, -most.x, most.x), y: clamp(y, -most.y, most.y) };
  frame.style.setProperty("--zoom", view.zoom);
  frame.style.setProperty("--x", `${view.x}px`);
  frame.style.setProperty("--y", `${view.y}px`);
  stage.toggleAttribute("data-zoomed", isZoomed());
}

// A point of the window, from the middle of the stage.
function inStage({ clientX, clientY }) {
  const { left, top, width, height } = stageOf().getBoundingClientRect();
  return { x: clientX - left - width / 2, y: clientY - top - height / 2 };
}

function zoomTo(zoom, at = { x: 0, y: 0 }) {
  const next = clamp(zoom, 1, MOST);
  const grown = next / view.zoom;
  show({ zoom: next, x: at.x - (at.x - view.x) * grown, y: at.y - (at.y - view.y) * grown });
}

export const zoomBy = (factor) => zoomTo(view.zoom * factor);
export const panBy = (x, y) => show({ ...view, x: view.x + x, y: view.y + y });
export const showWhole = () => show(WHOLE);
const toggleAt = (event) => zoomTo(isZoomed() ? 1 : NEAR, inStage(event));

// Move a zoomed photo until a face lies in sight, in the middle of what is seen of the stage above `floor` (px of the
// window).
export function bringIntoSight(mark, floor = Infinity) {
  if (!isZoomed()) return;
  const stage = stageOf().getBoundingClientRect();
  const box = mark.querySelector(".box.line").getBoundingClientRect();
  const [bottom, top] = [Math.min(stage.bottom, floor, innerHeight), Math.max(stage.top, 0)];
  if (box.left >= stage.left && box.right <= stage.right && box.top >= top && box.bottom <= bottom) return;
  const middle = (start, end) => (start + end) / 2;
  panBy(middle(stage.left, stage.right) - middle(box.left, box.right), middle(top, bottom) - middle(box.top, box.bottom));
}

// Where the fingers, or the mouse's button, are: by the pointer's id.
const held = new Map();
let hasDragged = false;
let last = { at: -Infinity };
let touched = -Infinity;

const distance = (a, b) => Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);

function pressed(event) {
  if (!event.target.closest?.(".stage") || (event.pointerType === "mouse" && event.button !== 0)) return;
  if (event.isPrimary) [hasDragged, last.moved] = [false, false];
  held.set(event.pointerId, { first: event, now: event });
}

function moved(event) {
  const finger = held.get(event.pointerId);
  if (!finger) return;
  const [before, others] = [finger.now, [...held.values()].filter((other) => other !== finger)];
  finger.now = event;
  if (distance(finger.first, event) > STILL) last.moved = true;
  if (others.length === 1) pinch(others[0].now, before, event);
  else if (isZoomed() && last.moved) drag(before, event);
}

function pinch(other, before, now) {
  hasDragged = true;
  const middle = { clientX: (other.clientX + now.clientX) / 2, clientY: (other.clientY + now.clientY) / 2 };
  zoomTo((view.zoom * distance(other, now)) / Math.max(1, distance(other, before)), inStage(middle));
  panBy((now.clientX - before.clientX) / 2, (now.clientY - before.clientY) / 2);
}

function drag(before, now) {
  if (!hasDragged) stageOf().setPointerCapture(now.pointerId);
  hasDragged = true;
  panBy(now.clientX - before.clientX, now.clientY - before.clientY);
}

function released(event) {
  if (!held.delete(event.pointerId) || event.pointerType !== "touch") return;
  touched = event.timeStamp;
  if (last.moved) return;
  const isSecond = event.timeStamp - last.at < TWICE && distance(last.event, event) < 4 * STILL;
  last = { at: isSecond ? -Infinity : event.timeStamp, event, moved: false };
  if (isSecond) toggleAt(event);
}

function wheeled(event) {
  const stage = event.target.closest?.(".stage");
  // Where the page itself scrolls, as on a phone, a wheel is for that.
  const scrolls = document.documentElement.scrollHeight > innerHeight + 1;
  if (!stage || !frameOf(stage) || (scrolls && !event.ctrlKey)) return;
  event.preventDefault();
  const pixels = event.deltaY * (event.deltaMode ? LINE : 1);
  // A pinch on a trackpad comes as small steps.
  zoomTo(view.zoom * Math.exp(-pixels * WHEEL * (event.ctrlKey ? 4 : 1)), inStage(event));
}

// To be called once. What was shown nearer stays so while the faces come anew; another photo is shown whole.
export function letZoom() {
  document.addEventListener("pointerdown", pressed);
  document.addEventListener("pointermove", moved);
  document.addEventListener("pointerup", released);
  document.addEventListener("pointercancel", ({ pointerId }) => held.delete(pointerId));
  document.addEventListener("wheel", wheeled, { passive: false });
  document.addEventListener("dblclick", (event) => {
    // Of fingers it has been counted already.
    if (event.target.closest?.(".stage") && event.timeStamp - touched > 2 * TWICE) toggleAt(event);
  });
  // What ends a drag is no click, and what is dragged is the photo, not a link on it.
  document.addEventListener(
    "click",
    (event) => {
      // 0: by a key.
      if (!hasDragged || event.detail === 0 || !event.target.closest?.(".stage")) return;
      hasDragged = false;
      event.preventDefault();
      event.stopImmediatePropagation();
    },
    true,
  );
  document.addEventListener("dragstart", (event) => event.target.closest?.(".stage") && event.preventDefault());
  addEventListener("resize", () => show(view));
}
