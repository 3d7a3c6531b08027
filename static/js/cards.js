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
// A photo that was just added stands among what arrives, too.
const PLACES = ["photo", "arrived"];
const cardsOf = (key) => PLACES.map((place) => document.getElementById(`${place}-${key}`)).filter((card) => card?.matches(".card"));

async function ask() {
  waiting = 0;
  const due = [...stale].filter((card) => card.isConnected && near.has(card)).slice(0, AT_ONCE);
  for (const card of stale) if (!card.isConnected) stale.delete(card);
  if (due.length === 0 || isAsking) return;
  isAsking = true;
  for (const card of due) stale.delete(card);
  const asked = new URL(address, location.href);
  asked.searchParams.set("keys", [...new Set(due.map(keyOf))].join(","));
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
    for (const old of cardsOf(keyOf(card))) {
      if (old.id !== card.id) dressAs(old.id, card);
      if (!bringIn(old, card.outerHTML)) setTimeout(() => renew(old), LATER);
    }
  }
}

// Among what arrives nothing is chosen, and a photo that is tried again comes by the news of it.
function dressAs(id, card) {
  const before = card.id;
  for (const one of [card, ...card.querySelectorAll("[id]")]) one.id = one.id.replace(before, id);
  card.querySelector(".card-tick").remove();
  for (const form of card.querySelectorAll("form")) {
    form.setAttribute("hx-swap", "none");
    form.removeAttribute("hx-target");
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
    for (const key of detail.keys) for (const card of cardsOf(key)) stale.add(card);
    schedule();
  });
}
