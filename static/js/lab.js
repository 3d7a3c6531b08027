// The lab's sliders: boxes below the least score are left out at once. Without scripts a number field and a form do it.

import { fill, ngettext, number } from "./words.js";

const SLIDERS = "input[data-least]";

function leaveOut(slider) {
  const column = slider.closest(".lab-detector");
  const least = Number(slider.value);
  let shown = 0;
  for (const box of column.querySelectorAll("[data-score]")) {
    const isShown = Number(box.dataset.score) >= least;
    box.toggleAttribute("hidden", !isShown);
    if (isShown && box.matches("g")) shown += 1;
  }
  column.querySelector("[data-count]").textContent = fill(ngettext("{count} box", "{count} boxes", shown), { count: shown });
  column.querySelector("[data-value]").textContent = number(least, 2);
}

function makeSliders() {
  for (const field of document.querySelectorAll(`${SLIDERS}[type=number]`)) field.type = "range";
}

document.addEventListener("input", ({ target }) => {
  if (target.matches(SLIDERS)) leaveOut(target);
});
document.body.addEventListener("htmx:afterSwap", makeSliders);
// A browser that comes back to the page has kept where they stood.
makeSliders();
document.querySelectorAll(SLIDERS).forEach(leaveOut);
