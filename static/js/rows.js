// Boxes to tick, where Shift makes a whole row of them as the one that was clicked.

// Those from one box to another, both included; none where one of them is not there.
export function rowOf(boxes, one, other) {
  const [first, last] = [boxes.indexOf(one), boxes.indexOf(other)].sort((a, b) => a - b);
  return first < 0 ? [] : boxes.slice(first, last + 1);
}

// `boxesOf(box)` are those that may be in a row with it; `changed(boxes)` hears which have become as the clicked one is.
export function letRowsBeTicked(selector, boxesOf, changed = () => {}) {
  let last = null;
  document.body.addEventListener("click", ({ target, shiftKey }) => {
    if (!target.matches(selector)) return;
    const row = shiftKey ? rowOf(boxesOf(target), last, target) : [];
    for (const box of row) box.checked = target.checked;
    last = target;
    changed(row.length ? row : [target]);
  });
}
