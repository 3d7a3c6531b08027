// Groups of unknown faces: once one has its name the focus goes on to the next field, and Shift ticks a row of boxes.

import { afterAnswer } from "./swaps.js";

const fieldsOf = (part) => [...part.querySelectorAll(".stack-form input[name=name]")];
// Where among the groups the one was that was answered.
let at = 0;

document.body.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const form = detail.elt.closest?.(".stack-form");
  if (form) at = fieldsOf(document).indexOf(form.querySelector("input[name=name]"));
});

afterAnswer("groups", () => {
  const part = document.getElementById("groups");
  const which = part?.querySelector("[data-which] button");
  if (which) return which;
  const fields = part ? fieldsOf(part) : [];
  // The next one has come to where the last one was.
  return fields[Math.min(at, fields.length - 1)] ?? document.querySelector("h1");
});

let last = null;
document.body.addEventListener("click", ({ target, shiftKey }) => {
  if (!target.matches("form[data-group] input[name=face]")) return;
  const boxes = [...target.form.querySelectorAll("input[name=face]")];
  const ends = [boxes.indexOf(last), boxes.indexOf(target)].sort((a, b) => a - b);
  if (shiftKey && ends[0] >= 0) for (const box of boxes.slice(ends[0], ends[1] + 1)) box.checked = target.checked;
  last = target;
});
