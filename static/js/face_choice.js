// Grids of faces of which some are chosen and answered together: how many they are is said on the buttons, Shift chooses
// a row of them, by click or by arrow, and the arrows lead from one to the next. Without this script boxes and buttons do.

import { letRowsBeTicked, rowOf } from "./rows.js";
import { afterAnswer } from "./swaps.js";
import { fill, gettext, ngettext } from "./words.js";

const BOX = "form[data-choice] input[name=face]";
const LABELS = {
  confirm: (count) =>
    count ? ngettext("Confirm this one", "Confirm these {count}", count) : gettext("Confirm these"),
  refuse: (count) => (count ? ngettext("Not this one", "None of these {count}", count) : gettext("None of these")),
  chosen: (count) => (count ? ngettext("{count} chosen", "{count} chosen", count) : gettext("None chosen")),
};

const boxesOf = (form) => [...form.querySelectorAll("input[name=face]")];
const choices = () => document.querySelectorAll("form[data-choice]");

function label(form) {
  const count = boxesOf(form).filter((box) => box.checked).length;
  for (const place of form.querySelectorAll("[data-label]")) {
    place.textContent = fill(LABELS[place.dataset.label](count), { count });
  }
  for (const button of form.querySelectorAll("[data-needs-choice]")) button.disabled = count === 0;
  const all = [...form.elements].find((element) => "chooseAll" in element.dataset);
  if (all) all.textContent = count > 0 ? gettext("Choose none") : gettext("Choose all");
}

function choose(form, boxes, checked) {
  for (const box of boxes) box.checked = checked;
  label(form);
}

// As many as stand on the line of the first one.
function widthOf(boxes) {
  const tops = boxes.map((box) => box.closest("li").offsetTop);
  const wide = tops.findIndex((top) => top > tops[0]);
  return wide < 0 ? boxes.length : wide;
}

// Where an arrow leads from a box; with Shift what lies between becomes as the box is.
function step(box, key) {
  const boxes = boxesOf(box.form);
  const [at, row] = [boxes.indexOf(box), widthOf(boxes)];
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row, Home: -at, End: boxes.length - 1 - at };
  return key in steps ? boxes[at + steps[key]] : undefined;
}

function onKey(event) {
  const { target: box, key, shiftKey } = event;
  if (event.altKey) return;
  const isAll = (event.ctrlKey || event.metaKey) && event.code === "KeyA";
  if (isAll) {
    event.preventDefault();
    choose(box.form, boxesOf(box.form), true);
    return;
  }
  if (event.ctrlKey || event.metaKey) return;
  const next = step(box, key);
  if (!next) return;
  event.preventDefault();
  next.focus();
  if (shiftKey) choose(box.form, rowOf(boxesOf(box.form), box, next), box.checked);
}

// Enter in a name presses the button beside it; while a syllable is composed it ends that alone.
function pressBeside(event) {
  event.preventDefault();
  if (event.isComposing || event.keyCode === 229) return;
  document.getElementById(event.target.dataset.enter).click();
}

letRowsBeTicked(BOX, ({ form }) => boxesOf(form), ([{ form }]) => label(form));
document.body.addEventListener("click", ({ target }) => {
  const button = target.closest("[data-choose-all]");
  if (!button) return;
  const boxes = boxesOf(button.form);
  choose(button.form, boxes, !boxes.some((box) => box.checked));
});
document.body.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (key === "Enter" && target.matches("[data-enter]")) pressBeside(event);
  // It would send all of them. Without scripts it is the form's first button that keeps it from that.
  else if (key === "Enter" && target.matches(BOX)) event.preventDefault();
  else if (target.matches(BOX)) onKey(event);
});
document.body.addEventListener("change", ({ target }) => {
  if (target.form?.matches("[data-choice]")) label(target.form);
});
document.body.addEventListener("htmx:afterSwap", () => choices().forEach(label));

// After an answer into that part of the page: to what was asked back, else onto the heading of what is left, which says
// how many. On a button a second press would answer faces that nobody has seen yet.
export function goOnChoosing(id) {
  afterAnswer(id, ({ form }) => {
    const asked = document.querySelector(`#${id} [data-which] button`);
    if (asked) return asked;
    const section = document.getElementById(form.closest("section")?.id);
    const heading = (section ?? document.querySelector(`#${id} section`) ?? document).querySelector("h2, h1");
    heading.tabIndex = -1;
    return heading;
  });
}

for (const { id } of document.querySelectorAll("[data-choices]")) goOnChoosing(id);
choices().forEach(label);
