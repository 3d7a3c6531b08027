// Places the chips with names on the photo: never off it, never over a face while there is room elsewhere.

const GAP = 4;
// Hair and background fill a box's rim; a chip may lie there before it shrinks to a number.
const RIM = 0.18;
const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

function overlap(a, b) {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

const total = (spot, others) => others.reduce((sum, other) => sum + overlap(spot, other), 0);

function inner(box) {
  const x = (box.right - box.left) * RIM;
  const y = (box.bottom - box.top) * RIM;
  return { left: box.left + x, top: box.top + y, right: box.right - x, bottom: box.bottom - y };
}

// Above and below first, as people read captions; then beside. A box that touches the photo's edge pushes its
// chip back in; one that then stands apart from its face would name somebody else, so it is not taken.
function candidates(box, size, frame) {
  const [w, h] = [size.width, size.height];
  const xs = [box.left, (box.left + box.right - w) / 2, box.right - w];
  const ys = [box.top, (box.top + box.bottom - h) / 2, box.bottom - h];
  const wanted = [
    ...xs.map((x) => [x, box.top - h - GAP]),
    ...xs.map((x) => [x, box.bottom + GAP]),
    ...ys.map((y) => [box.right + GAP, y]),
    ...ys.map((y) => [box.left - w - GAP, y]),
    // Inside, along the chin: for a face that fills the photo.
    ...xs.map((x) => [x, box.bottom - h]),
  ];
  return wanted.map(([x, y]) => {
    const left = clamp(x, 0, frame.width - w);
    const top = clamp(y, 0, frame.height - h);
    return { left, top, right: left + w, bottom: top + h };
  });
}

// The first spot that hits nothing, or undefined.
function free(box, size, frame, obstacles) {
  return candidates(box, size, frame).find((spot) => total(spot, obstacles) === 0);
}

function leastBad(box, size, frame, boxes, taken) {
  // Worst is to cover its own face, then another chip, then the face of another.
  const cost = (spot) => 4 * overlap(spot, inner(box)) + 2 * total(spot, taken) + total(spot, boxes.map(inner));
  return candidates(box, size, frame)
    .map((spot) => [cost(spot), spot])
    .reduce((best, next) => (next[0] < best[0] ? next : best))[1];
}

function moveTo(chip, spot, frame) {
  // In percentages, so that chips keep to their faces while the window is being resized.
  chip.style.left = `${(spot.left / frame.width) * 100}%`;
  chip.style.top = `${(spot.top / frame.height) * 100}%`;
  chip.dataset.placed = "";
}

const sizeOf = (chip) => ({ width: chip.offsetWidth, height: chip.offsetHeight });

function boxesOf(overlay, frame) {
  const scale = frame.width / overlay.viewBox.baseVal.width;
  const boxes = new Map();
  for (const mark of overlay.querySelectorAll("[data-face]")) {
    const { x, y, width, height } = mark.querySelector(".box.line");
    const [left, top] = [x.baseVal.value * scale, y.baseVal.value * scale];
    const box = { left, top, right: left + width.baseVal.value * scale, bottom: top + height.baseVal.value * scale };
    boxes.set(mark.dataset.face, box);
    // Dots of one size would blot out the faces of a crowd.
    mark.style.setProperty("--dot", `${clamp((box.right - box.left) / 40, 1, 3).toFixed(2)}px`);
  }
  return boxes;
}

// Shrinks a chip step by step until it fits: all its words, its name alone, its number.
function choose(chip, levels, box, frame, boxes, taken) {
  for (const level of levels) {
    if (level) chip.dataset.compact = level;
    if (level === "name" && chip.querySelector(".chip-name").offsetWidth === 0) continue;
    const size = sizeOf(chip);
    const spot =
      free(box, size, frame, [...boxes, ...taken]) ?? free(box, size, frame, [...boxes.map(inner), ...taken]);
    // Alone on the photo, a name is worth more than the edge of a box.
    if (spot || boxes.length === 1 || level === "number") return spot ?? leastBad(box, size, frame, boxes, taken);
  }
}

const isUnknown = (chip) => chip.dataset.state === "unknown";
const saysOnlyItsName = (chip) =>
  [...chip.children].filter((part) => part.offsetWidth > 0).every((part) => part.matches(".chip-name"));

function placeAll(chips, boxes, frame, numbersOnly) {
  const taken = [];
  for (const chip of chips) {
    delete chip.dataset.compact;
    // "Unknown" says less than the number, which leads to the entry in the list.
    const levels = isUnknown(chip) ? ["", "number"] : ["", "name", "number"];
    const allowed = numbersOnly && isUnknown(chip) ? ["number"] : levels;
    const spot = choose(chip, allowed, boxes.get(chip.dataset.chip), frame, [...boxes.values()], taken);
    taken.push(spot);
    moveTo(chip, spot, frame);
  }
}

// Place every chip of a frame; call it again whenever the frame's size or the chips' words change.
export function placeChips(stage) {
  const overlay = stage.querySelector(".overlay");
  if (!overlay) return;
  const frame = overlay.getBoundingClientRect();
  if (frame.width === 0) return;
  const boxes = boxesOf(overlay, frame);
  const area = (box) => (box.right - box.left) * (box.bottom - box.top);
  // Large faces have the least choice of room, and are what the photo is about.
  const chips = [...stage.querySelectorAll(".chip")]
    .filter((chip) => chip.offsetWidth > 0)
    .sort((a, b) => area(boxes.get(b.dataset.chip)) - area(boxes.get(a.dataset.chip)));
  placeAll(chips, boxes, frame, false);
  // A crowd of strangers: some as words and some as numbers would be restless.
  const shrunk = chips.some((chip) => isUnknown(chip) && chip.dataset.compact);
  for (const chip of chips) delete chip.dataset.compact;
  const numbersOnly = shrunk && chips.filter(isUnknown).every(saysOnlyItsName);
  placeAll(chips, boxes, frame, numbersOnly);
}

// Show one chip in full, wherever it covers least: the others stand back while it is looked at.
export function showInFull(stage, chip) {
  const overlay = stage.querySelector(".overlay");
  const frame = overlay.getBoundingClientRect();
  const boxes = boxesOf(overlay, frame);
  delete chip.dataset.compact;
  moveTo(chip, leastBad(boxes.get(chip.dataset.chip), sizeOf(chip), frame, [...boxes.values()], []), frame);
}
