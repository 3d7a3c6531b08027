// A box on a photo: by mouse, pen or finger, and by the arrow keys. What it is stands in the fields of the form.

const REACH = 24; // pixels of the screen from a corner that takes it
const LEAST = 8; // pixels of the photo
const photo = document.getElementById("draw-photo");
const group = document.getElementById("draw-box");
const form = document.getElementById("draw-form");
const zoom = document.getElementById("draw-zoom");
const { width: W, height: H } = photo.viewBox.baseVal;
const clamp = (value, low, high) => Math.min(Math.max(value, low), high);
const field = (name) => form.elements.namedItem(name);

function box() {
  const [left, top, width, height] = ["left", "top", "width", "height"].map((name) => Number(field(name).value));
  return { left, top, right: left + width, bottom: top + height };
}

function show() {
  const { left, top, right, bottom } = box();
  for (const rect of group.querySelectorAll("rect")) {
    rect.setAttribute("x", left);
    rect.setAttribute("y", top);
    rect.setAttribute("width", Math.max(0, right - left));
    rect.setAttribute("height", Math.max(0, bottom - top));
  }
  const corners = [left, right].flatMap((x) => [top, bottom].map((y) => `M${x} ${y}h0`));
  group.querySelector(".draw-corners").setAttribute("d", corners.join(""));
}

function put({ left, top, right, bottom }) {
  const [l, r] = [left, right].map((x) => clamp(Math.round(x), 0, W)).sort((a, b) => a - b);
  const [t, b] = [top, bottom].map((y) => clamp(Math.round(y), 0, H)).sort((a, b) => a - b);
  field("left").value = l;
  field("top").value = t;
  field("width").value = Math.max(1, r - l);
  field("height").value = Math.max(1, b - t);
  show();
}

function moved({ left, top, right, bottom }, x, y) {
  const across = clamp(x, -left, W - right);
  const down = clamp(y, -top, H - bottom);
  return { left: left + across, top: top + down, right: right + across, bottom: bottom + down };
}

// Where an event is, in pixels of the photo, and how many of these one of the screen is.
function place(event) {
  const matrix = photo.getScreenCTM().inverse();
  return { ...new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix).toJSON(), scale: matrix.a };
}

// What a drag from there does: take a corner, move the box, or begin another one.
function dragFrom({ x, y, scale }) {
  const now = box();
  const near = (edge, at) => Math.abs(edge - at) <= REACH * scale;
  const across = ["left", "right"].find((edge) => near(now[edge], x));
  const down = ["top", "bottom"].find((edge) => near(now[edge], y));
  // A small box is all corners: its middle moves it still.
  const inner = (low, high, at) => Math.abs(at - (low + high) / 2) < (high - low) / 4;
  const isMiddle = inner(now.left, now.right, x) && inner(now.top, now.bottom, y);
  if (across && down && !isMiddle) return (at) => put({ ...now, [across]: at.x, [down]: at.y });
  if (x > now.left && x < now.right && y > now.top && y < now.bottom)
    return (at) => put(moved(now, at.x - x, at.y - y));
  return (at) => put({ left: x, top: y, right: at.x, bottom: at.y });
}

let drag = null;
let before = null;

photo.addEventListener("pointerdown", (event) => {
  if (!event.isPrimary || event.button !== 0) return;
  before = box();
  drag = dragFrom(place(event));
  photo.setPointerCapture(event.pointerId);
  event.preventDefault();
});
photo.addEventListener("pointermove", (event) => {
  if (drag && event.isPrimary) drag(place(event));
});
photo.addEventListener("pointerup", () => {
  const { left, top, right, bottom } = box();
  // A press without a drag is no box.
  if (drag && Math.min(right - left, bottom - top) < LEAST) put(before);
  drag = null;
  group.focus({ preventScroll: true });
});
// A second finger brings nearer instead.
photo.addEventListener("pointercancel", () => {
  if (drag) put(before);
  drag = null;
});

const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
group.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter") form.requestSubmit(document.getElementById("draw-save"));
  const step = STEPS[event.key];
  if (!step) return;
  event.preventDefault();
  // Alt for the last pixel.
  const far = event.altKey ? 1 : Math.max(1, Math.round(Math.max(W, H) / 100));
  const [x, y] = step.map((one) => one * far);
  const now = box();
  if (!event.shiftKey) put(moved(now, x, y));
  else if (now.right + x - now.left >= LEAST && now.bottom + y - now.top >= LEAST)
    put({ ...now, right: now.right + x, bottom: now.bottom + y });
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !event.isComposing) document.getElementById("draw-back").click();
});

// About the box, which stays in sight.
zoom.addEventListener("input", () => {
  photo.style.setProperty("--zoom", zoom.value);
  group.scrollIntoView({ block: "center", inline: "center" });
});
form.addEventListener("input", ({ target }) => {
  if (target.type === "number") show();
});
group.setAttribute("tabindex", "0");
group.focus({ preventScroll: true });
show();
