// The library's wall goes on above and below by itself, and leads to any month, without anything moving that is in sight.

import { goTo, showAll } from "./roving.js";
import { holding } from "./steady.js";

const wall = document.querySelector("[data-timeline]");
// How far out of sight the next part is fetched.
const AHEAD = "1200px";
const HEADERS = { "HX-Request": "true" };
// What an address says of the place in the list.
export const PLACES = ["around", "before", "until", "at", "month", "end"];

let leading = null;

const monthsOf = (part) => [...part.querySelectorAll(":scope > .month")];
const edgesIn = (part) => part.querySelectorAll(":scope > :is(.newer, .more)");

async function fetched(address, signal) {
  const answer = await fetch(address, { headers: HEADERS, signal });
  if (!answer.ok || answer.redirected) throw new Error(`${answer.status}`);
  const part = document.createElement("div");
  part.innerHTML = await answer.text();
  return part;
}

function append(part) {
  const [first, ...others] = monthsOf(part);
  const last = monthsOf(wall).at(-1);
  if (first && last?.dataset.month === first.dataset.month) {
    last.querySelector(":scope > .photo-grid:last-of-type").append(...first.querySelectorAll(".card"));
  } else if (first) wall.append(first);
  wall.append(...others, ...part.querySelectorAll(":scope > .more"));
}

// Rows of the month that is in sight would be broken anew by photos before them: these stand in a grid of their own
// until both are out of sight.
function prepend(part) {
  const months = monthsOf(part);
  const last = months.at(-1);
  const first = monthsOf(wall)[0];
  if (last && first?.dataset.month === last.dataset.month) {
    first.querySelector(":scope > .photo-grid").before(last.querySelector(".photo-grid"));
    months.pop();
  }
  const end = document.createElement("i");
  end.className = "part-end";
  wall.prepend(...part.querySelectorAll(":scope > .newer"), ...months, ...(months.length ? [end] : []));
}

async function goOn(edge) {
  if (edge.dataset.asked) return;
  edge.dataset.asked = "yes";
  try {
    const part = await fetched(edge.dataset.part);
    if (!edge.isConnected) return;
    // What came or went meanwhile has moved the places: nothing is shown twice.
    for (const card of part.querySelectorAll(".card")) if (document.getElementById(card.id)) card.remove();
    const isNewer = edge.matches(".newer");
    const put = () => {
      edge.remove();
      if (isNewer) prepend(part);
      else append(part);
    };
    if (isNewer) holding(wall, put);
    else put();
    settle();
  } catch {
    // The link leads there all the same, and is tried again once it comes into sight anew.
    delete edge.dataset.asked;
  }
}

const watch = new IntersectionObserver(
  (entries) => entries.forEach(({ isIntersecting, target }) => isIntersecting && goOn(target)),
  { rootMargin: AHEAD },
);

function settle() {
  for (const edge of edgesIn(wall)) watch.observe(edge);
  showAll();
}

// Grids of one month become one where nobody sees it, and its rows go on.
function join() {
  for (const end of wall.querySelectorAll(".row-end, .row-fill")) {
    if (end.getBoundingClientRect().top > innerHeight + 200) end.remove();
  }
  for (const month of monthsOf(wall)) {
    const grids = [...month.querySelectorAll(":scope > .photo-grid")];
    for (let at = grids.length - 1; at > 0; at -= 1) {
      if (grids[at].getBoundingClientRect().top < innerHeight + 200) continue;
      grids[at].prepend(...grids[at - 1].children);
      grids[at - 1].replaceWith(grids[at]);
    }
  }
}

// Show the wall from a month on, or from wherever the address leads.
export async function leadTo(query, { keepsHistory = true } = {}) {
  leading?.abort();
  leading = new AbortController();
  const asked = new URL(wall.dataset.timeline, location.href);
  asked.search = query;
  try {
    const part = await fetched(asked, leading.signal);
    document.documentElement.dataset.holds = "";
    const top = Math.max(0, wall.getBoundingClientRect().top + scrollY - 8);
    for (const edge of edgesIn(wall)) watch.unobserve(edge);
    wall.replaceChildren(...part.children);
    const isFromStart = !wall.querySelector(":scope > .newer");
    const start = wall.querySelector(":scope > .month");
    scrollTo(0, isFromStart ? 0 : (start?.getBoundingClientRect().top ?? 0) + scrollY - 8 || top);
    delete document.documentElement.dataset.holds;
    if (keepsHistory) history.replaceState(history.state, "", `?${query}`);
    settle();
    return true;
  } catch (error) {
    if (error.name !== "AbortError") location.search = query;
    return false;
  }
}

// Of a list that goes on beyond what is shown, Home and End mean its first and its last photo.
const BEYOND = { Home: ":scope > .newer", End: ":scope > .more" };

async function goToEnd(event) {
  const { key, target, altKey, ctrlKey, metaKey, shiftKey } = event;
  if (!BEYOND[key] || altKey || ctrlKey || metaKey || shiftKey || !target.closest(".card-link")) return;
  if (!wall.querySelector(BEYOND[key])) return;
  event.preventDefault();
  event.stopPropagation();
  const query = new URLSearchParams(location.search);
  for (const name of PLACES) query.delete(name);
  if (key === "End") query.set("end", "yes");
  if (!(await leadTo(`${query}`, { keepsHistory: false }))) return;
  const links = wall.querySelectorAll(".card-link");
  goTo(key === "End" ? links[links.length - 1] : links[0]);
}

// The month at the top of what is in sight.
export function monthInSight() {
  return monthsOf(wall).find((month) => month.getBoundingClientRect().bottom > 80)?.dataset.month ?? "";
}

if (wall) {
  settle();
  document.addEventListener("scrollend", join);
  // Before roving.js, which knows the photos that are shown.
  wall.addEventListener("keydown", goToEnd, { capture: true });
}
