// Photos that a timeline lacks come to their places, by months as the server writes them.

import { steadily } from "./steady.js";
import { removeCards } from "./wall.js";
import { number } from "./words.js";

const monthOf = (card) => card?.closest(".month");
const cardsIn = (month) => month.querySelectorAll(".card");

export async function fetchMissing(wall, keys) {
  const address = new URL(wall.dataset.missing, location.href);
  address.searchParams.set("keys", keys.join(","));
  const answer = await fetch(address, { headers: { "HX-Request": "true" } });
  const found = document.createElement("template");
  if (answer.ok && !answer.redirected) found.innerHTML = await answer.text();
  return found.content;
}

// Before the next of its month; else at the end of that, which comes before that of the next if it is not there yet.
function wayOf(wall, month, next, sight) {
  const own = [...wall.querySelectorAll(":scope > .month")].find((one) => one.dataset.month === month.dataset.month);
  const place = next ? sight.places.get(next) : sight.last;
  if (next && own === monthOf(next)) {
    // Above what is in sight a row of its month may have ended already, or a grid; else it ends there now.
    if (place === sight.first) sight.fence(own);
    const [end, above] = [next.previousElementSibling, next.parentElement.previousElementSibling];
    const fill = end?.previousElementSibling;
    if (end?.matches(".row-end")) return { place: place - 1, month: own, put: (card) => fill.before(card) };
    if (!end && above?.matches(".photo-grid")) return { place: place - 1, month: own, put: (card) => above.append(card) };
    return { place, month: own, put: (card) => next.before(card) };
  }
  // Between two months it is above what is in sight where the later begins with that.
  const between = next && place === sight.first && place > 0 ? place - 1 : place;
  if (own && cardsIn(own).length) {
    const last = [...cardsIn(own)].at(-1);
    return { place: Math.min(between, sight.places.get(last) + 1), put: (card) => last.after(card) };
  }
  own?.remove();
  const put = (card) => {
    const come = month.cloneNode(true);
    come.querySelector(".photo-grid").replaceChildren(card);
    let later = monthOf(next);
    if (later?.previousElementSibling?.matches(".part-end")) later = later.previousElementSibling;
    if (later) later.before(come);
    else wall.append(come);
  };
  return { place: between, put };
}

// Have cards go, others come, and return the keys of those that have to wait until nobody looks at their places.
export function change(wall, { gone, moved, back, found, isAsked }) {
  const waiting = [];
  const there = new Map(back);
  steadily(wall, (sight) => {
    if (isAsked) sight.isOpen = true;
    const leaving = [...gone, ...moved].map((key) => wall.querySelector(`#photo-${key}`));
    for (const card of leaving) if (sight.places.get(card) < sight.first) sight.fence(monthOf(card));
    removeCards(gone);
    for (const key of moved) {
      const card = wall.querySelector(`#photo-${key}`);
      if (!card) continue;
      if (sight.isOpen || !sight.isSeen(card)) card.remove();
      else {
        there.delete(key);
        waiting.push(key);
      }
    }
    for (const [key, before] of back) {
      const card = found.querySelector(`#photo-${key}`);
      if (!card || !there.has(key) || wall.querySelector(`#photo-${key}`)) continue;
      const next = before ? wall.querySelector(`#photo-${before}`) : null;
      const way = (next || !before) && wayOf(wall, monthOf(card), next, sight);
      if (!way || !sight.isFree(way.place)) {
        waiting.push(key);
        continue;
      }
      if (way.place < sight.first) sight.fence(way.month);
      way.put(card);
      sight.places.set(card, way.place);
      htmx.process(card);
    }
  });
  return waiting;
}

// Say how many photos each month has.
export function tellMonths(wall, months) {
  for (const month of wall.querySelectorAll(":scope > .month")) {
    const told = month.querySelector(".month-title .muted");
    const photos = months[month.dataset.month];
    if (told && photos) told.textContent = number(photos);
  }
  document.body.dispatchEvent(new CustomEvent("months", { detail: months }));
}
