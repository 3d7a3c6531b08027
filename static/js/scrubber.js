// The years at the side of the timeline: a press or a drag leads to a month, which is shown meanwhile. The list of months
// above does the same by keyboard.

import { bringIn } from "./swaps.js";
import { PLACES, leadTo, monthInSight } from "./timeline.js";

const years = document.getElementById("wall-years");
const WAIT = 120;
// A list of no more photos needs no years.
const SHORT = 60;

function queryFor(month) {
  const query = new URLSearchParams(location.search);
  for (const name of PLACES) query.delete(name);
  query.set("month", month);
  return `${query}`;
}

const monthsOf = () =>
  [...years.querySelectorAll("option[data-count]")].map(({ value, dataset, label }) => ({
    month: value,
    count: Number(dataset.count),
    words: dataset.words ?? label,
  }));

// Each year is as long as it has photos; the names of those that leave no room for one another are thinned out.
function share(scrubber, total) {
  const all = [...scrubber.querySelectorAll("li")];
  for (const year of all) year.style.setProperty("--share", year.dataset.count / total);
  const room = matchMedia("(pointer: coarse)").matches ? 44 : 24;
  const { bottom } = scrubber.getBoundingClientRect();
  const tops = all.map((year) => year.getBoundingClientRect().top);
  let free = -Infinity;
  for (const [at, top] of tops.entries()) {
    const hasRoom = top >= free && top + room <= bottom + 1;
    all[at].firstElementChild.hidden = !hasRoom;
    if (hasRoom) free = top + room;
  }
}

function bringInYears() {
  const scrubber = document.getElementById("scrubber");
  if (!scrubber) return;
  const choice = document.getElementById("month-choice");
  const at = scrubber.querySelector(".scrubber-at");
  let months = [];
  let total = 0;
  const read = () => {
    months = monthsOf();
    total = months.reduce((sum, { count }) => sum + count, 0);
    share(scrubber, total);
  };
  read();
  new ResizeObserver(() => share(scrubber, total)).observe(scrubber);

  // Which month is at a share of the whole, and where one begins.
  const monthAt = (share) => {
    let left = share * total;
    return months.find(({ count }) => (left -= count) < 0) ?? months.at(-1);
  };
  const shareOf = (month) => {
    const place = months.findIndex((one) => one.month <= month);
    return months.slice(0, Math.max(0, place)).reduce((sum, { count }) => sum + count, 0) / total;
  };
  const show = (share, words) => {
    at.hidden = false;
    at.style.setProperty("--at", share);
    at.textContent = words;
  };

  let dragged = null;
  let waiting = 0;
  const follow = (event) => {
    const { top, height } = scrubber.getBoundingClientRect();
    const share = Math.min(Math.max((event.clientY - top) / height, 0), 0.9999);
    dragged = monthAt(share);
    show(share, dragged.words);
  };
  const lead = () => {
    clearTimeout(waiting);
    if (dragged) leadTo(queryFor(dragged.month));
  };
  scrubber.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    scrubber.setPointerCapture(event.pointerId);
    scrubber.dataset.dragged = "";
    follow(event);
  });
  scrubber.addEventListener("pointermove", (event) => {
    if (!("dragged" in scrubber.dataset)) return;
    follow(event);
    clearTimeout(waiting);
    waiting = setTimeout(lead, WAIT);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    scrubber.addEventListener(end, () => {
      if (!("dragged" in scrubber.dataset)) return;
      delete scrubber.dataset.dragged;
      lead();
      dragged = null;
    });
  }
  // A press has led there already; a key on a year leads to its last month.
  scrubber.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (event.detail === 0) leadTo(new URL(link.href).search.slice(1));
  });
  scrubber.addEventListener("dragstart", (event) => event.preventDefault());

  choice.addEventListener("change", () => choice.value && leadTo(queryFor(choice.value)));

  let frame = 0;
  let leaving = 0;
  const tell = () => {
    const month = monthInSight();
    const found = !dragged && months.find((one) => one.month === month);
    if (found) show(shareOf(month), found.words);
  };
  years.addEventListener("years", () => {
    read();
    tell();
  });
  const follows = () => {
    frame = 0;
    if (dragged || !monthInSight()) return;
    tell();
    scrubber.dataset.used = "";
    clearTimeout(leaving);
    leaving = setTimeout(() => delete scrubber.dataset.used, 1500);
  };
  addEventListener("scroll", () => (frame ||= requestAnimationFrame(follows)), { passive: true });
}

// The list has other months by now, or others' numbers: what is said of them comes anew.
async function renew({ detail }) {
  const months = monthsOf();
  const isSame = months.length === Object.keys(detail).length && months.every(({ month, count }) => detail[month] === count);
  const isShort = months.length === 0 && Object.values(detail).reduce((sum, count) => sum + count, 0) <= SHORT;
  if (isSame || isShort) return;
  const answer = await fetch(years.dataset.years, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected || !bringIn(years, await answer.text())) return;
  if (months.length === 0) bringInYears();
  else years.dispatchEvent(new CustomEvent("years"));
}

if (years) {
  bringInYears();
  document.body.addEventListener("months", renew);
}
