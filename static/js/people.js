// The people page: what is typed or chosen above the people shows others at once and stands in the address, and the
// arrow keys go from one to the next. Without this script a form and links do the same.

import { lead } from "./swaps.js";
import { announce } from "./toasts.js";

const WAIT = 200; // ms without a key, after which a word is looked for
// The cards, or the boxes on them while several are chosen.
const CARDS = "#people a[href], #people input";
let waiting = 0;

const list = () => document.getElementById("people-list");
const cards = () => [...document.querySelectorAll(CARDS)];
let shown = list().getAttribute("hx-get");

// What the form says, without what it would say anyhow.
function addressOf(form) {
  const said = new URLSearchParams();
  for (const { name, value, options } of form.elements) {
    if (name && value.trim() && value !== options?.[0].value) said.set(name, value.trim());
  }
  const query = said.toString();
  return query ? `${form.action}?${query}` : form.action;
}

function look(form) {
  clearTimeout(waiting);
  const { pathname, search } = new URL(addressOf(form));
  list().ariaBusy = "true";
  lead("people-list", pathname + search);
}

document.body.addEventListener("input", ({ target }) => {
  if (!target.matches("#people-q")) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => look(target.form), WAIT);
});
document.body.addEventListener("change", ({ target }) => {
  if (target.matches("#people-form select")) look(target.form);
});
document.body.addEventListener("submit", (event) => {
  if (!event.target.matches("#people-form")) return;
  event.preventDefault();
  look(event.target);
});

// One stop for Tab; from there the arrows lead on.
function stopAt(card) {
  for (const other of cards()) other.tabIndex = other === card ? 0 : -1;
}

function settle() {
  const all = cards();
  stopAt(all.find((card) => card === document.activeElement) ?? all[0]);
}

function next(all, at, key) {
  // As many as stand on the line of the first one.
  const top = (card) => card.closest("li").offsetTop;
  const wide = all.findIndex((card) => top(card) > top(all[0]));
  const row = wide < 0 ? all.length : wide;
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -row, ArrowDown: row, Home: -at, End: all.length - 1 - at };
  return key in steps ? all[at + steps[key]] : undefined;
}

document.body.addEventListener("keydown", (event) => {
  if (!event.target.matches(CARDS) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
  const all = cards();
  const card = next(all, all.indexOf(event.target), event.key);
  if (!card) return;
  event.preventDefault();
  stopAt(card);
  card.focus();
});
document.body.addEventListener("focusin", ({ target }) => {
  if (target.matches(CARDS)) stopAt(target);
});

document.body.addEventListener("htmx:afterSwap", ({ target }) => {
  if (target.id !== "people-list") return;
  const address = target.getAttribute("hx-get");
  if (address !== shown) {
    shown = address;
    history.replaceState(history.state, "", address);
    announce(document.getElementById("people-count")?.textContent.trim() ?? "");
  }
  settle();
});
// A server that is away leaves what was there.
document.body.addEventListener("htmx:afterRequest", ({ target }) => target.id === "people-list" && (target.ariaBusy = null));
settle();
