// The faces of a card that asks of many: one stop for Tab, arrows from there, Space and Shift choose.

const BOX = "input[name=face]";
const boxesOf = (card) => [...card.querySelectorAll(BOX)];
// From which Shift goes on.
let last = null;

export const chosenOf = (card) => boxesOf(card).filter((box) => box.checked);

export function keepOneStop(card) {
  const boxes = boxesOf(card);
  const stop = boxes.find((box) => box === document.activeElement) ?? boxes[0];
  for (const box of boxes) box.tabIndex = box === stop ? 0 : -1;
}

// Words on buttons that differ where some are chosen.
export function tellChosen(card) {
  const count = chosenOf(card).length;
  card.dataset.chosen = count;
  for (const words of card.querySelectorAll("[data-some]")) {
    words.dataset.all ??= words.textContent;
    words.textContent = count ? words.dataset.some : words.dataset.all;
  }
}

export function toggleAll(card) {
  const boxes = boxesOf(card);
  const checked = !boxes.some((box) => box.checked);
  for (const box of boxes) box.checked = checked;
  tellChosen(card);
}

function extend(card, box) {
  const boxes = boxesOf(card);
  const ends = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
  if (ends[0] >= 0) for (const one of boxes.slice(ends[0], ends[1] + 1)) one.checked = box.checked;
}

document.addEventListener("click", ({ target, shiftKey }) => {
  const card = target.matches(BOX) && target.closest(".desk-card");
  if (!card) return;
  if (shiftKey) extend(card, target);
  last = target;
  tellChosen(card);
});

const ARROWS = new Set(["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]);
const placeOf = (box) => box.closest("li").getBoundingClientRect();

// The face beside that one; up and down the nearest of the next line that is there.
function beside(boxes, at, key) {
  if (key === "ArrowLeft" || key === "ArrowRight") return boxes[at + (key === "ArrowLeft" ? -1 : 1)];
  const here = placeOf(boxes[at]);
  const way = key === "ArrowUp" ? -1 : 1;
  const away = (box) => [way * (placeOf(box).top - here.top), Math.abs(placeOf(box).left - here.left)];
  const beyond = boxes.filter((box) => away(box)[0] >= here.height / 2);
  return beyond.sort((one, other) => away(one)[0] - away(other)[0] || away(one)[1] - away(other)[1])[0];
}

// Go from face to face by an arrow; return whether it went.
export function moveBy(card, { key, target, altKey, ctrlKey, metaKey }) {
  if (altKey || ctrlKey || metaKey) return false;
  const boxes = boxesOf(card);
  if (!ARROWS.has(key) || boxes.length === 0 || !target.matches(`#desk-title, ${BOX}`)) return false;
  const at = boxes.indexOf(target);
  const next = at < 0 ? boxes[0] : beside(boxes, at, key);
  if (!next) return false;
  for (const box of boxes) box.tabIndex = box === next ? 0 : -1;
  next.focus();
  return true;
}
