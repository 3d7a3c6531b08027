// Takes back what was done: U, or Ctrl+Z outside of fields, undoes what was done last, the one before at the next press.

import { onKey } from "./keys.js";

const toasts = document.getElementById("toasts");
let isUnderWay = false;

export async function undoLast() {
  // Pressed twice at once it would undo one thing and say of the other that there is nothing.
  if (isUnderWay) return;
  isUnderWay = true;
  const token = toasts.parentElement.querySelector("#toast-template").content.querySelector("[name=csrfmiddlewaretoken]");
  try {
    await htmx.ajax("POST", toasts.dataset.undoLast, { swap: "none", values: { csrfmiddlewaretoken: token.value } });
  } finally {
    isUnderWay = false;
  }
}

if (toasts.dataset.undoLast) {
  onKey("KeyU", undoLast);
  onKey("held+KeyZ", undoLast);
}
