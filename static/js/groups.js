// Groups of unknown faces: once one has its name the focus goes on to the next field, and Shift ticks a row of boxes.

import { letRowsBeTicked } from "./rows.js";
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

letRowsBeTicked("form[data-group] input[name=face]", (box) => [...box.form.querySelectorAll("input[name=face]")]);
