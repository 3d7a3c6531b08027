// Cards hear together what has changed of their photos, and those near what is in sight are fetched at once, the others
// once they come near: of five thousand photos that are analysed, a page asks for those that one could see.

import { bringIn } from "./swaps.js";

const AT_ONCE = 60;
const COALESCE = 150;
const LATER = 1000;

const stale = new Set();
const near = new Set();
let waiting = 0;
let isAsking = false;

const address = document.querySelector("[data-cards]")?.dataset.cards;
const keyOf = (card) => card.id.split("-")[1];

async function ask() {
  waiting = 0;
  const due = [...stale].filter((card) => card.isConnected && near.has(card)).slice(0, AT_ONCE);
  for (const card of stale) if (!card.isConnected) stale.delete(card);
  if (due.length === 0 || isAsking) return;
  isAsking = true;
  for (const card of due) stale.delete(card);
  const asked = new URL(address, location.href);
  asked.searchParams.set("keys", due.map(keyOf).join(","));
  try {
    const answer = await fetch(asked, { headers: { "HX-Request": "true" } });
    if (answer.ok && !answer.redirected) show(await answer.text());
  } catch {
    // What is asked for while nobody answers is asked for again.
    for (const card of due) stale.add(card);
    await new Promise((go) => setTimeout(go, LATER));
  }
  isAsking = false;
  schedule();
}

function show(html) {
  const found = document.createElement("template");
  found.innerHTML = html;
  for (const card of found.content.querySelectorAll(".card")) {
    const old = document.getElementById(card.id);
    if (old && !bringIn(old, card.outerHTML)) setTimeout(() => renew(old), LATER);
  }
}

function schedule() {
  if ([...stale].some((card) => near.has(card))) waiting ||= setTimeout(ask, COALESCE);
}

const watch = new IntersectionObserver(
  (entries) => {
    for (const { isIntersecting, target } of entries) {
      if (isIntersecting) near.add(target);
      else near.delete(target);
      if (!target.isConnected) watch.unobserve(target);
    }
    schedule();
  },
  { rootMargin: "50%" },
);

// Have the cards of a part of the page that is new hear what changes.
export function watchCards(part) {
  const cards = part.matches?.(".card") ? [part] : part.querySelectorAll(".card[id]");
  for (const card of cards) watch.observe(card);
}

// Fetch a card as it is now.
export function renew(card) {
  stale.add(card);
  schedule();
}

if (address) {
  watchCards(document);
  document.body.addEventListener("photos", ({ detail }) => {
    for (const key of detail.keys) {
      const card = document.getElementById(`photo-${key}`);
      if (card?.matches(".card")) stale.add(card);
    }
    schedule();
  });
}
