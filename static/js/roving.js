// A wall is one stop for Tab: arrow keys, Home, End and the page keys walk from photo to photo.

const wall = document.querySelector("[data-keeps-place]");
const INNER = ":is(a,button,input)";
let current = null;

const links = () => [...(wall?.querySelectorAll(".card-link") ?? [])];
const boxOf = (link) => link.closest(".card").getBoundingClientRect();

function setStops(card, isCurrent) {
  for (const inner of card.querySelectorAll(INNER)) inner.tabIndex = isCurrent ? 0 : -1;
}

function choose(link) {
  const before = current?.isConnected ? current.closest(".card") : null;
  current = link;
  if (before && before !== link.closest(".card")) setStops(before, false);
  setStops(link.closest(".card"), true);
}

// See to it that of all cards, new ones too, one is a stop.
export function showAll(part = wall) {
  if (!wall || !part) return;
  const cards = part.matches?.(".card") ? [part] : part.querySelectorAll(".card");
  for (const card of cards) if (wall.contains(card) && card !== current?.closest(".card")) setStops(card, false);
  if (current?.isConnected) return;
  const first = links().find((link) => boxOf(link).bottom > 0);
  if (first) choose(first);
}

export function goTo(link) {
  if (!link) return;
  choose(link);
  link.focus({ preventScroll: true });
  link.closest(".card").scrollIntoView({ block: "nearest" });
}

const middle = ({ left, right }) => (left + right) / 2;

// The card of the nearest other row that lies best above or below.
function inNextRow(all, at, step) {
  const from = boxOf(all[at]);
  let row = null;
  let best = null;
  for (let next = at + step; all[next]; next += step) {
    const box = boxOf(all[next]);
    const isBeyond = step > 0 ? box.top >= from.bottom - 1 : box.bottom <= from.top + 1;
    if (!isBeyond) continue;
    row ??= box.top;
    if (Math.abs(box.top - row) > box.height / 2) break;
    const off = Math.abs(middle(box) - middle(from));
    if (!best || off < best.off) best = { link: all[next], off };
  }
  return best?.link;
}

// A screen further: the last row that is still as near.
function pageOn(all, at, step) {
  const from = boxOf(all[at]).top;
  const far = innerHeight * 0.8;
  let found = all[at];
  for (let next = inNextRow(all, at, step); next; next = inNextRow(all, all.indexOf(next), step)) {
    found = next;
    if (Math.abs(boxOf(next).top - from) >= far) break;
  }
  return found;
}

const MOVES = {
  ArrowLeft: (all, at) => all[at - 1],
  ArrowRight: (all, at) => all[at + 1],
  ArrowUp: (all, at) => inNextRow(all, at, -1),
  ArrowDown: (all, at) => inNextRow(all, at, 1),
  PageUp: (all, at) => pageOn(all, at, -1),
  PageDown: (all, at) => pageOn(all, at, 1),
  Home: (all) => all[0],
  End: (all) => all.at(-1),
};

wall?.addEventListener("keydown", (event) => {
  const link = event.target.closest(".card-link");
  const move = MOVES[event.key];
  if (!link || !move || event.altKey || event.ctrlKey || event.metaKey) return;
  const all = links();
  const next = move(all, all.indexOf(link));
  // At an edge the page scrolls on, so that what lies beyond is fetched.
  if (!next || next === link) return;
  event.preventDefault();
  goTo(next);
  wall.dispatchEvent(new CustomEvent("walked", { detail: { from: link, to: next, shift: event.shiftKey } }));
});
wall?.addEventListener("focusin", ({ target }) => {
  const link = target.closest(".card")?.querySelector(".card-link");
  if (link && link !== current) choose(link);
});
showAll();
