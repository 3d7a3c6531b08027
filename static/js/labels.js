// Places the chips with names on the photo: each touches its own face, none covers eyes, another chip, or stands where
// it could name somebody else. One that finds no such place says less, and in the end nothing until it is asked.

const GAP = 2;
// Hair and background fill a box's rim; a chip may lie there before it says less.
const RIM = 0.18;
// Flush with an edge, centred, between those.
const STEPS = [0, 0.5, 1, 0.25, 0.75];
// From how many px on a chip is clearly nearer to its own face than to another.
const CLEAR = 8;
// What a pointer hits at least, px.
const SMALLEST = matchMedia("(pointer: coarse)").matches ? 44 : 24;
// All its words; its name; as much of the name as has room; the number that it has in the list.
const LEVELS = ["", "name", "short", "number"];
const clamp = (value, low, high) => Math.min(Math.max(value, low), Math.max(low, high));

function overlap(a, b) {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

const total = (spot, others) => others.reduce((sum, other) => sum + overlap(spot, other), 0);

// How far apart two rectangles are, 0 where they touch.
function apart(a, b) {
  const across = Math.max(0, a.left - b.right, b.left - a.right);
  const along = Math.max(0, a.top - b.bottom, b.top - a.bottom);
  return Math.hypot(across, along);
}

function inner({ left, top, right, bottom }) {
  const [x, y] = [(right - left) * RIM, (bottom - top) * RIM];
  return { left: left + x, top: top + y, right: right - x, bottom: bottom - y };
}

// Above and below first, as people read captions; then beside, and last inside, along the chin or the hair. What would
// leave the photo is pushed back in.
function candidates(box, { width, height }, frame) {
  const along = (start, end) => STEPS.map((step) => start + step * (end - start));
  const xs = along(box.left, box.right - width);
  const ys = along(box.top, box.bottom - height);
  const wanted = [
    ...xs.map((x) => [x, box.top - height - GAP]),
    ...xs.map((x) => [x, box.bottom + GAP]),
    ...ys.map((y) => [box.right + GAP, y]),
    ...ys.map((y) => [box.left - width - GAP, y]),
    ...xs.map((x) => [x, box.bottom - height]),
    ...xs.map((x) => [x, box.top]),
  ];
  return wanted.map(([x, y]) => {
    const left = clamp(x, 0, frame.width - width);
    const top = clamp(y, 0, frame.height - height);
    return { left, top, right: left + width, bottom: top + height };
  });
}

// Whether a chip there can be taken for nobody else's, and covers nothing that it never may.
function isAllowed(spot, face, faces, taken) {
  const own = apart(spot, face.box);
  return (
    own <= GAP + 1 &&
    faces.every((other) => total(spot, other.eyes) === 0) &&
    faces.every((other) => other === face || apart(spot, other.box) >= own + CLEAR) &&
    total(spot, taken) === 0
  );
}

// The place of a chip of that size which covers the least of faces, if that is little enough; undefined without one.
function place(face, size, { frame, faces, taken }) {
  const spots = candidates(face.box, size, frame).filter((spot) => isAllowed(spot, face, faces, taken));
  const clear = spots.find((spot) => total(spot, faces.map(({ box }) => box)) === 0);
  return clear ?? spots.find((spot) => total(spot, faces.map(({ box }) => inner(box))) === 0);
}

function moveTo(chip, spot, frame) {
  // In percentages, so that chips keep to their faces while the window is being resized.
  chip.style.left = `${(spot.left / frame.width) * 100}%`;
  chip.style.top = `${(spot.top / frame.height) * 100}%`;
}

function facesOf(overlay, frame) {
  // A wall shows a part of some photos.
  const shown = overlay.viewBox.baseVal;
  const scale = frame.width / shown.width;
  const scaled = ([left, top, right, bottom]) => ({
    left: (left - shown.x) * scale,
    top: (top - shown.y) * scale,
    right: (right - shown.x) * scale,
    bottom: (bottom - shown.y) * scale,
  });
  const faces = new Map();
  for (const mark of overlay.querySelectorAll("[data-face]")) {
    const { x, y, width, height } = mark.querySelector(".box.line");
    const [left, top] = [x.baseVal.value, y.baseVal.value];
    const box = scaled([left, top, left + width.baseVal.value, top + height.baseVal.value]);
    const eyes = mark.dataset.eyes ? [scaled(mark.dataset.eyes.split(" ").map(Number))] : [];
    const [wide, high] = [box.right - box.left, box.bottom - box.top];
    faces.set(mark.dataset.face, { box, eyes, area: wide * high });
    // Dots of one size would blot out the faces of a crowd, and a finger would miss its boxes.
    mark.style.setProperty("--dot", `${clamp(wide / 40, 1, 3).toFixed(2)}px`);
    mark.style.setProperty("--more", `${Math.max(0, SMALLEST - Math.min(wide, high)).toFixed(1)}px`);
  }
  return faces;
}

// The size of each chip at each level, 0 where it would say nothing; at once, as each reading after a change costs a layout.
function measure(chips) {
  const sizes = new Map(chips.map((chip) => [chip, {}]));
  for (const level of LEVELS) {
    for (const chip of chips) chip.dataset.compact = level;
    for (const chip of chips) sizes.get(chip)[level] = { width: chip.offsetWidth, height: chip.offsetHeight };
    if (level !== "name" && level !== "short") continue;
    for (const chip of chips) if (!chip.querySelector(".chip-name").offsetWidth) sizes.get(chip)[level] = null;
  }
  return sizes;
}

function placeOne(chip, sizes, scene) {
  // Nobody's number says nothing: only what leads to a name stays.
  const isNumbered = chip.dataset.state !== "unknown" && chip.querySelector(".chip-number");
  const levels = LEVELS.filter((level) => sizes[level] && (level !== "number" || isNumbered));
  for (const level of levels) {
    const spot = place(scene.all.get(chip.dataset.chip), sizes[level], scene);
    if (!spot) continue;
    chip.dataset.compact = level;
    scene.taken.push(spot);
    moveTo(chip, spot, scene.frame);
    chip.dataset.placed = "";
    return;
  }
  delete chip.dataset.placed;
}

function sceneOf(stage) {
  const overlay = stage.querySelector(".overlay");
  const frame = overlay?.getBoundingClientRect();
  if (!frame?.width) return null;
  const all = facesOf(overlay, frame);
  return { frame, all, faces: [...all.values()], taken: [] };
}

// Place every chip of a frame; call it again whenever the frame's size or the chips' words change.
export function placeChips(stage) {
  const scene = sceneOf(stage);
  if (!scene) return;
  const chips = [...stage.querySelectorAll(".chip")];
  for (const chip of chips) chip.dataset.compact = "";
  const shown = chips.filter((chip) => chip.offsetWidth > 0);
  const areaOf = (chip) => scene.all.get(chip.dataset.chip).area;
  const sizes = measure(shown);
  // Large faces have the least choice of room, and are what the photo is about.
  shown.sort((a, b) => areaOf(b) - areaOf(a));
  for (const chip of shown) placeOne(chip, sizes.get(chip), scene);
}

// Show one chip in full, wherever it covers least: no eyes, then no other name, then no face.
export function showInFull(stage, chip) {
  const scene = sceneOf(stage);
  if (!scene) return;
  chip.dataset.compact = "";
  const size = { width: chip.offsetWidth, height: chip.offsetHeight };
  const face = scene.all.get(chip.dataset.chip);
  const spot = place(face, size, { ...scene, taken: placesOf(stage, chip, scene.frame) });
  moveTo(chip, spot ?? leastBad(face, size, scene, placesOf(stage, chip, scene.frame)), scene.frame);
  chip.dataset.placed = "";
}

function placesOf(stage, except, frame) {
  const others = [...stage.querySelectorAll(".chip[data-placed]")].filter((chip) => chip !== except);
  return others.map((chip) => {
    const { left, top, right, bottom } = chip.getBoundingClientRect();
    return { left: left - frame.left, top: top - frame.top, right: right - frame.left, bottom: bottom - frame.top };
  });
}

function leastBad(face, size, { frame, faces }, taken) {
  const eyes = faces.flatMap((each) => each.eyes);
  const boxes = faces.map(({ box }) => inner(box));
  const cost = (spot) =>
    8 * total(spot, eyes) + 4 * total(spot, taken) + total(spot, boxes) + total(spot, [inner(face.box)]);
  return candidates(face.box, size, frame)
    .map((spot) => [cost(spot), spot])
    .reduce((best, next) => (next[0] < best[0] ? next : best))[1];
}
