// Whoever looks elsewhere is told of new photos by a line in the header, which leads to the first of them.

import { goTo } from "./roving.js";
import { leadTo, PLACES } from "./timeline.js";
import { announce } from "./toasts.js";
import { besides, keyOf, seen } from "./wall.js";
import { fill, ngettext } from "./words.js";

const line = document.getElementById("fresh");
let told = { count: 0, first: 0, newest: 0 };

function show() {
  const { count } = told;
  const words = fill(ngettext("{count} new photo", "{count} new photos", count), { count });
  if (line.hidden && count > 0) announce(words);
  line.textContent = words;
  line.hidden = count <= 0;
}

// Those of a wall that are in sight are not told of any more.
function look(wall) {
  let some = 0;
  for (const card of wall.querySelectorAll(".card[id]")) {
    const { bottom, top } = card.getBoundingClientRect();
    const key = keyOf(card);
    const isNew = key > Number(wall.dataset.newest) && !seen.has(key) && !besides.has(key);
    if (!isNew || bottom < 0 || top > innerHeight) continue;
    seen.add(key);
    some += 1;
  }
  return some;
}

// Say how many there are, but for those that have just come into sight.
function sayFresh(wall, fresh) {
  told = { ...fresh, count: fresh.count && fresh.count - look(wall) };
  show();
}

async function lead(wall) {
  const { first, newest } = told;
  wall.dataset.newest = newest;
  seen.clear();
  told = { count: 0, first: 0, newest };
  const linkOf = () => wall.querySelector(`#photo-${first} .card-link`);
  if (!linkOf()) {
    const query = new URLSearchParams(location.search);
    for (const name of PLACES) query.delete(name);
    query.set("around", first);
    if (!(await leadTo(`${query}`, { keepsHistory: false }))) return;
  }
  const link = linkOf();
  goTo(link);
  if (!wall.querySelector(":scope > .newer") && link?.closest(".card") === wall.querySelector(".card")) scrollTo(0, 0);
  show();
}

const wall = document.querySelector("[data-newest]");
line.addEventListener("click", () => lead(wall));
document.body.addEventListener("fresh", ({ detail }) => sayFresh(wall, detail));
document.addEventListener("scrollend", () => {
  if (told.count > 0) sayFresh(wall, told);
});
