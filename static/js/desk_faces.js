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
// Go from face to face by an arrow; return whether it went.
export function moveBy(card, { key, target, altKey, ctrlKey, metaKey }) {
  if (altKey || ctrlKey || metaKey) return false;
  const boxes = boxesOf(card);
  const at = boxes.indexOf(target);
  // As many as stand on the line of the first one.
  const wide = boxes.findIndex((box) => box.closest("li").offsetTop > boxes[0].closest("li").offsetTop);
  const row = wide < 0 ? boxes.length : wide;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row };
  if (!(key in steps) || boxes.length === 0 || !target.matches(`#desk-title, ${BOX}`)) return false;
  const next = at < 0 ? boxes[0] : boxes[at + steps[key]];
  if (!next) return false;
  for (const box of boxes) box.tabIndex = box === next ? 0 : -1;
  next.focus();
  return true;
}
