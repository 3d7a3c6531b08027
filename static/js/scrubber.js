// The years at the side of the timeline: a press or a drag leads to a month, which is shown meanwhile. The list of months
// above does the same by keyboard.

import { PLACES, leadTo, monthInSight } from "./timeline.js";

const scrubber = document.getElementById("scrubber");
const choice = document.getElementById("month-choice");
const WAIT = 120;

function queryFor(month) {
  const query = new URLSearchParams(location.search);
  for (const name of PLACES) query.delete(name);
  query.set("month", month);
  return `${query}`;
}

function bringIn() {
  const at = scrubber.querySelector(".scrubber-at");
  const months = [...choice.querySelectorAll("option[data-count]")].map(({ value, dataset, label }) => ({
    month: value,
    count: Number(dataset.count),
    words: dataset.words ?? label,
  }));
  const total = months.reduce((sum, { count }) => sum + count, 0);
  for (const year of scrubber.querySelectorAll("li")) year.style.setProperty("--share", year.dataset.count / total);

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
  const follows = () => {
    frame = 0;
    const month = monthInSight();
    if (!month || dragged) return;
    const found = months.find((one) => one.month === month);
    if (found) show(shareOf(month), found.words);
    scrubber.dataset.used = "";
    clearTimeout(leaving);
    leaving = setTimeout(() => delete scrubber.dataset.used, 1500);
  };
  addEventListener("scroll", () => (frame ||= requestAnimationFrame(follows)), { passive: true });
}

if (scrubber && choice) bringIn();
