// A wall of photos hears what was deleted elsewhere: the cards go, and so does their share of the count. What an undoing
// brought back comes again.

import { fill, ngettext } from "./words.js";

const OFTEN = 2000;
let asking = 0;

// Say how many photos there are; `data-photo-count` has the number.
export function showCount(total) {
  const count = document.querySelector("[data-photo-count]");
  if (!count) return;
  count.dataset.photoCount = total;
  count.textContent = fill(ngettext("{total} photo", "{total} photos", total), { total });
}

const cardsOf = (wall) => [...wall.querySelectorAll(".card[id]")];
const keyOf = (card) => Number(card.id.split("-")[1]);

function remove(card) {
  const next = card.nextElementSibling ?? card.previousElementSibling;
  const held = card.contains(document.activeElement);
  card.remove();
  if (held) (next?.querySelector("a") ?? document.getElementById("main")).focus({ preventScroll: true });
}

// Of what a wall shows from its start, or to its end, nothing lies beyond.
function spanOf(wall, keys, isUndone) {
  const isAll = (other) => isUndone && !wall.querySelector(other);
  return {
    from: isAll(".more") ? 0 : Math.min(...keys),
    to: isAll(".newer") ? Number.MAX_SAFE_INTEGER : Math.max(...keys),
  };
}

async function ask(wall, isUndone = false) {
  const keys = cardsOf(wall).map(keyOf);
  if (keys.length === 0) return isUndone && location.reload();
  const address = new URL(wall.dataset.news, location.href);
  const said = { ...spanOf(wall, keys, isUndone), shown: keys.length };
  for (const [name, value] of Object.entries(said)) address.searchParams.set(name, value);
  const answer = await fetch(address).catch(() => null);
  // Signed out, or away: others say so.
  if (!answer?.ok || answer.redirected) return;
  const { count, there } = await answer.json();
  // What has been put on the wall since is not among those.
  const asked = new Set(keys);
  const back = isUndone && there?.filter((key) => !asked.has(key));
  if (back?.length) document.body.dispatchEvent(new CustomEvent("photos-back", { detail: back }));
  const gone = there && cardsOf(wall).filter((card) => asked.has(keyOf(card)) && !there.includes(keyOf(card)));
  if (!gone?.length) return;
  gone.forEach(remove);
  showCount(count);
  // A page that shows more of somebody fetches that itself; an empty library has a page of its own.
  document.body.dispatchEvent(new CustomEvent("people"));
  if (count === 0) location.reload();
}

document.body.addEventListener("changed", () => {
  const wall = document.querySelector("[data-news]");
  if (!wall || asking) return;
  asking = setTimeout(() => (asking = 0), OFTEN);
  ask(wall);
});
document.body.addEventListener("toast", ({ detail }) => {
  const wall = document.querySelector("[data-news]");
  // What can be done again was undone.
  if (wall && detail.redo) ask(wall, true);
});
