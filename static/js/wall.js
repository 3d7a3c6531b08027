// A wall of photos hears what was deleted elsewhere: the cards go, and so does their share of the count. What an undoing
// brought back comes again, to where it was.

import { csrfToken } from "./server.js";
import { fill, ngettext } from "./words.js";

const OFTEN = 2000;
let asking = 0;
let isDue = false;

// Say how many photos there are; `data-photo-count` has the number.
export function showCount(total) {
  const count = document.querySelector("[data-photo-count]");
  if (!count) return;
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
  for (const [key, before] of back) {
    const card = found.content.querySelector(`#photo-${key}`);
    if (!card || document.getElementById(card.id)) continue;
    const next = document.getElementById(`photo-${before}`);
    // Where a month has gone with its last photo it comes again with the page.
    const isPlace = !wall.dataset.timeline || next?.dataset.month === card.dataset.month;
    if (next && isPlace) next.before(card);
    else if (!putAfter(wall, card)) return location.reload();
    htmx.process(card);
  }
}

// At the end of its month, which stays in the page while it has no photos.
function putAfter(wall, card) {
  const month = wall.querySelector(`:scope > .month[data-month="${card.dataset.month}"] > .photo-grid:last-of-type`);
  const grid = month ?? (wall.matches(".photo-grid") ? wall : null);
  const more = grid?.querySelector(":scope > .more");
  if (more) more.before(card);
  else grid?.append(card);
  return Boolean(grid);
}

// Of a wall that takes in what comes, as an album's does, new cards come to their places as those do that were brought back.
async function ask(wall, isUndone = false) {
  const takesIn = "takesIn" in wall.dataset;
  const [shown, besides] = [[], []];
  for (const card of cardsOf(document)) (wall.contains(card) ? shown : besides).push(keyOf(card));
  if (shown.length + besides.length === 0 && !takesIn) return isUndone && location.reload();
  const said = new FormData();
  said.set("shown", shown.join(","));
  said.set("besides", besides.join(","));
  if (wall.dataset.since) said.set("since", wall.dataset.since);
  if (!wall.querySelector(".newer")) said.set("start", "yes");
  if (!wall.querySelector(".more")) said.set("end", "yes");
  const options = { method: "POST", body: said, headers: { "X-CSRFToken": csrfToken() } };
  const answer = await fetch(wall.dataset.news, options).catch(() => null);
  // Signed out, or away: others say so.
  if (!answer?.ok || answer.redirected) return;
  const { count, gone, back, more, changed = [], since } = await answer.json();
  if (since) wall.dataset.since = since;
  if (changed.length) document.body.dispatchEvent(new CustomEvent("photos", { detail: { keys: changed } }));
  if (isUndone && more) return location.reload();
  const isMore = (isUndone || takesIn) && back.length > 0;
  if (isMore) await putBack(wall, back);
  if (gone.length === 0 && !isMore) return;
  removeCards(gone);
  showCount(count);
  // A page that shows more of somebody fetches that itself; an empty library has a page of its own.
  document.body.dispatchEvent(new CustomEvent("people"));
  if (count === 0 && !takesIn) location.reload();
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

document.body.addEventListener("changed", askSoon);
document.body.addEventListener("toast", ({ detail }) => {
  const wall = document.querySelector("[data-news]");
  // What can be done again was undone.
  if (wall && detail.redo) ask(wall, true);
});
