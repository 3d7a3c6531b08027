// Grids of faces that are answered together: how many are ticked is said on the buttons, and Shift ticks a row of them.

import { afterAnswer } from "./swaps.js";
import { fill, gettext, ngettext } from "./words.js";

const LABELS = {
  confirm: (count) =>
    count ? ngettext("Confirm this one", "Confirm these {count}", count) : gettext("Confirm these"),
  refuse: (count) => (count ? ngettext("Not this one", "None of these {count}", count) : gettext("None of these")),
};
// The box that was clicked last, from which Shift goes on.
let last = null;

const boxesOf = (form) => [...form.querySelectorAll("input[name=face]")];
const choices = () => document.querySelectorAll("form[data-choice]");

function label(form) {
  const count = boxesOf(form).filter((box) => box.checked).length;
  for (const [name, words] of Object.entries(LABELS)) {
    const place = form.querySelector(`[data-label=${name}]`);
    place.textContent = fill(words(count), { count });
    place.closest("button").disabled = count === 0;
  }
  const all = [...form.elements].find((element) => "chooseAll" in element.dataset);
  all.textContent = count > 0 ? gettext("Choose none") : gettext("Choose all");
}

function choose(form, boxes, checked) {
  for (const box of boxes) box.checked = checked;
  label(form);
}

// All boxes from the last one to this one become as this one is.
function extend(box) {
  const boxes = boxesOf(box.form);
  const ends = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
  if (ends[0] >= 0) choose(box.form, boxes.slice(ends[0], ends[1] + 1), box.checked);
}

document.body.addEventListener("click", ({ target, shiftKey }) => {
  if (target.matches("form[data-choice] input[name=face]")) {
    if (shiftKey) extend(target);
    last = target;
  }
  const button = target.closest("[data-choose-all]");
  if (!button) return;
  const boxes = boxesOf(button.form);
  choose(button.form, boxes, !boxes.some((box) => box.checked));
});
// Enter on a box would send all of them. Without scripts it is the form's first button that keeps it from that.
document.body.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.target.matches("form[data-choice] input")) event.preventDefault();
});
document.body.addEventListener("change", ({ target }) => {
  if (target.form?.matches("[data-choice]")) label(target.form);
});
document.body.addEventListener("htmx:afterSwap", () => choices().forEach(label));

// Onto the heading of what is asked next, which says how many are left. On the button a second press would answer
// faces that nobody has seen yet.
afterAnswer("person-faces", ({ form }) => {
  const answered = form.closest("section")?.id;
  const next = document.getElementById(answered) ?? document.querySelector("#person-faces section") ?? document;
  const heading = next.querySelector("h2, h1");
  heading.tabIndex = -1;
  return heading;
});

choices().forEach(label);
