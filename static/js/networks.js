// The forms about emotion networks.

import { fill, gettext } from "./words.js";

document.addEventListener("change", ({ target }) => {
  const most = Number(target.dataset.mostBytes);
  if (!most) return;
  const isTooLarge = target.files[0]?.size > most;
  const sentence = gettext("This file has more than {most} MB, the most for a network.");
  target.setCustomValidity(isTooLarge ? fill(sentence, { most: most >> 20 }) : "");
  target.reportValidity();
});
