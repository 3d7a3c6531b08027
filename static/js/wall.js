// A wall of photos hears what was deleted elsewhere: the cards go, and so does their share of the count. What an undoing
// brought back comes again, to where it was; a wall that takes in what comes, the library's or an album's, gets that likewise.

import { change, fetchMissing, tellMonths } from "./coming.js";
import { csrfToken } from "./server.js";
import { reload } from "./toasts.js";
import { fill, ngettext } from "./words.js";

const OFTEN = 2000;
let asking = 0;
let isDue = false;
// Those whose places somebody looks at: they come once these are out of sight.
const waiting = new Set();

// The keys of photos that the page shows besides its wall.
export const besides = new Set();
// Of those that are new the ones that somebody has looked at.
export const seen = new Set();

// Say how many photos there are; `data-photo-count` has the number.
export function showCount(total) {
  const count = document.querySelector("[data-photo-count]");
  if (!count || Number(count.dataset.photoCount) === total) return;
  count.dataset.photoCount = total;
  count.textContent = fill(ngettext("{total} photo", "{total} photos", total), { total });
  document.body.dispatchEvent(new CustomEvent("counted"));
}

const cardsOf = (wall) => [...wall.querySelectorAll(".card[id]")];
export const keyOf = (card) => Number(card.id.split("-")[1]);

function remove(card) {
  const cards = cardsOf(document);
  const at = cards.indexOf(card);
  const next = cards[at + 1] ?? cards[at - 1];
  const held = card.contains(document.activeElement);
  card.remove();
  if (held) (next?.querySelector("a") ?? document.getElementById("main")).focus({ preventScroll: true });
}

// Take cards away, by their keys, whose photos are in no list any more.
export function removeCards(keys) {
  for (const key of keys) {
    const card = document.getElementById(`photo-${key}`);
    if (card?.matches(".card")) remove(card);
  }
  document.body.dispatchEvent(new CustomEvent("cards-gone", { detail: keys }));
}

async function putBack(wall, back) {
  const address = new URL(wall.dataset.cards, location.href);
  address.searchParams.set("keys", back.map(([key]) => key).join(","));
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  if (!answer.ok || answer.redirected) return;
  const found = document.createElement("template");
  found.innerHTML = await answer.text();
  const more = wall.querySelector(":scope > .more");
  for (const [key, before] of back) {
    const card = found.content.querySelector(`#photo-${key}`);
    if (!card || wall.querySelector(`#${card.id}`)) continue;
    const next = wall.querySelector(`#photo-${before}`) ?? more;
    if (next) next.before(card);
    else wall.append(card);
    htmx.process(card);
  }
}

// Of a timeline nothing moves that is in sight; other walls are arranged by hand, or put in order anew. Returns whether any came.
async function follow(wall, { gone, moved, back }, isAsked) {
  if (!("timeline" in wall.dataset)) {
    removeCards(gone);
    for (const key of moved) wall.querySelector(`#photo-${key}`)?.remove();
    if (back.length) await putBack(wall, back);
    return back.length > 0;
  }
  const due = isAsked ? back : back.filter(([key]) => !waiting.has(key));
  if (due.length + gone.length + moved.length === 0) return false;
  const found = due.length ? await fetchMissing(wall, due.map(([key]) => key)) : null;
  const changes = { gone, moved, back: due, found, isAsked };
  const held = change(wall, changes);
  for (const key of held) waiting.add(key);
  return due.length > held.length;
}

function said(wall, shown) {
  const form = new FormData();
  form.set("shown", shown.join(","));
  form.set("besides", [...besides].join(","));
  if (wall.dataset.since) form.set("since", wall.dataset.since);
  if (wall.dataset.newest) {
    form.set("newest", wall.dataset.newest);
    form.set("seen", [...seen].join(","));
  }
  if (!wall.querySelector(".newer")) form.set("start", "yes");
  if (!wall.querySelector(".more")) form.set("end", "yes");
  return form;
}

// The page of an empty list has no tools for photos: it comes anew with the first, unless somebody is at it.
function isBegun(wall) {
  if (!wall.dataset.timeline || document.getElementById("chosen-photos")) return true;
  const isBusy = besides.size > 0 || document.activeElement.matches("input");
  if (!isBusy) reload();
  return false;
}

async function ask(wall, { isUndone = false, isAsked = isUndone } = {}) {
  const takesIn = "takesIn" in wall.dataset;
  const shown = cardsOf(wall).map(keyOf);
  if (shown.length + besides.size === 0 && !takesIn) return isUndone && reload();
  const options = { method: "POST", body: said(wall, shown), headers: { "X-CSRFToken": csrfToken() } };
  const answer = await fetch(wall.dataset.news, options).catch(() => null);
  // Signed out, or away: others say so.
  if (!answer?.ok || answer.redirected) return;
  const { count, gone, moved, back, more, changed = [], since, fresh, months } = await answer.json();
  if (since) wall.dataset.since = since;
  if (changed.length) document.body.dispatchEvent(new CustomEvent("photos", { detail: { keys: changed } }));
  if (isUndone && more) return reload();
  const isTaken = (isUndone || takesIn) && (back.length === 0 || isBegun(wall));
  const news = { gone, ...(isTaken ? { moved, back } : { moved: [], back: [] }) };
  const isSame = news.gone.length + news.moved.length + news.back.length === 0;
  const came = !isSame && (await follow(wall, news, isAsked));
  if (fresh) document.body.dispatchEvent(new CustomEvent("fresh", { detail: fresh }));
  if (months) tellMonths(wall, months);
  if (takesIn || !isSame) showCount(count);
  if (isSame) return;
  // A page that shows more of somebody fetches that itself; an empty library has a page of its own.
  document.body.dispatchEvent(new CustomEvent("people"));
  if (more && takesIn && came) askSoon();
  if (count === 0 && (wall.dataset.timeline ? besides.size === 0 : !takesIn)) reload();
}

// Once in a while, and at the end of that while if anything has changed in it.
function askSoon() {
  const wall = document.querySelector("[data-news]");
  if (!wall) return;
  isDue = asking > 0;
  if (isDue) return;
  asking = setTimeout(() => {
    asking = 0;
    if (isDue) askSoon();
  }, OFTEN);
  ask(wall);
}

// Have what was held back come now.
export function askNow() {
  const wall = document.querySelector("[data-news]");
  waiting.clear();
  return wall && ask(wall, { isAsked: true });
}

document.body.addEventListener("changed", askSoon);
document.addEventListener("scrollend", () => {
  if (waiting.size === 0) return;
  waiting.clear();
  askSoon();
});
document.body.addEventListener("toast", ({ detail }) => {
  const wall = document.querySelector("[data-news]");
  // What can be done again was undone.
  if (wall && detail.redo) ask(wall, { isUndone: true });
});
