// The start page follows what changes, at its own pace: what is new and waits, and the plots that were looked at.

import "./charts.js";
import "./plot_pictures.js";

const OFTEN = 5000; // ms at least between two looks
let waiting = 0;
let last = performance.now();

// #progress says so when a photo changed or anything was said, and not while nothing did.
document.body.addEventListener("people", () => {
  if (waiting) return;
  waiting = setTimeout(
    () => {
      waiting = 0;
      last = performance.now();
      for (const name of ["start-now", "plots"]) document.body.dispatchEvent(new CustomEvent(name));
    },
    Math.max(0, last + OFTEN - performance.now()),
  );
});

// A plot comes shortly before its card is in sight; what htmx calls revealed would be the table below the plot.
const looks = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      looks.unobserve(target);
      htmx.trigger(target.querySelector(".plot-part"), "look");
    }
  },
  { rootMargin: "50%" },
);
addEventListener("load", () => {
  for (const card of document.querySelectorAll(".plot-card")) looks.observe(card);
});
