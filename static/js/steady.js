// What comes into a wall, or goes, moves nothing that is in sight: rows are broken where those in sight begin, and these
// are held where they are. What has to move there glides.

// No row is higher, in pixels.
const ROW = 320;
const TOP = 80;
const GLIDE = { duration: 150, easing: "ease-out" };

const cardsOf = (wall) => [...wall.querySelectorAll(".card")];
const topOf = (element) => element.getBoundingClientRect().top;
const isStill = () => document.hidden || matchMedia("(prefers-reduced-motion: reduce)").matches;

// Act above what is in sight, which stays where it is. Not every browser sees to that, and those that do would do it twice.
export function holding(wall, act) {
  const held = cardsOf(wall).find((card) => card.getBoundingClientRect().bottom > 0);
  keeping(held ? [held] : [], act);
}

function keeping(seen, act) {
  const before = seen.map(topOf);
  document.documentElement.dataset.holds = "";
  act();
  const at = seen.findIndex((card) => card.isConnected);
  if (at >= 0) scrollBy(0, topOf(seen[at]) - before[at]);
  requestAnimationFrame(() => delete document.documentElement.dataset.holds);
}

// Where in a wall one looks: cards have a place, those that come the place of the one that they stand before.
class Sight {
  constructor(wall) {
    const cards = cardsOf(wall);
    const places = (isSo) => cards.findIndex((card) => isSo(card.getBoundingClientRect())) + 1 || cards.length + 1;
    this.first = places(({ bottom }) => bottom > 0) - 1;
    this.end = places(({ top }) => top > innerHeight + ROW) - 1;
    this.seen = cards.slice(this.first, this.end);
    this.places = new Map(cards.map((card, at) => [card, at]));
    this.last = cards.length;
    this.isAtTop = scrollY < TOP && !wall.querySelector(":scope > .newer");
    // What is being added is in sight already, above.
    this.isOpen = cards.length === 0 || (this.isAtTop && document.getElementById("arrivals")?.hidden !== false);
  }

  // Whether something may come to a place, or go, without moving what is in sight.
  isFree(place) {
    return this.isOpen || place < this.first || (place >= this.end && this.end < this.last);
  }

  isSeen(card) {
    return this.seen.includes(card);
  }

  // What is above may change from here on: a row of this month ends there, or a line of months before it.
  fence(changing) {
    const [card] = this.seen;
    const month = card?.closest(".month");
    if (!month || this.first === 0) return;
    const before = card.previousElementSibling;
    if (before?.matches(".card") && changing === month) card.before(mark("row-fill"), mark("row-end"));
    const isFirst = card === month.querySelector(".card");
    if (isFirst && month.previousElementSibling?.matches(".month")) month.before(mark("part-end"));
  }
}

const mark = (className) => Object.assign(document.createElement("i"), { className });

// Each from where it was; what is within another goes along with that.
function glide(before) {
  const ways = new Map();
  for (const [element, { left, top }] of before) {
    if (!element.isConnected) continue;
    const now = element.getBoundingClientRect();
    ways.set(element, [left - now.left, top - now.top]);
  }
  for (const [element, [x, y]] of ways) {
    let around = element.parentElement;
    while (around && !ways.has(around)) around = around.parentElement;
    const [besideX, besideY] = ways.get(around) ?? [0, 0];
    if (Math.abs(x - besideX) + Math.abs(y - besideY) > 1) from(element, `translate(${x - besideX}px, ${y - besideY}px)`);
  }
}

// The place that it comes from is drawn once: Chromium takes an animation that begins at once for a jump.
function from(element, transform) {
  element.style.transform = transform;
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      element.style.transform = "";
      element.animate({ transform: [transform, "none"] }, GLIDE);
    }),
  );
}

// Change a wall by what is done with its `Sight`.
export function steadily(wall, act) {
  const sight = new Sight(wall);
  // Whole months move, but for one that begins above what is in sight and is held there.
  const around = sight.seen.flatMap((card) => [card.closest(".month") ?? card, card.parentElement, card]);
  const moving = around.filter((element) => sight.isAtTop || topOf(element) >= 0);
  gliding(moving, () => keeping(sight.isAtTop ? [] : sight.seen, () => act(sight)));
}

// Have elements that an act moves glide there.
export function gliding(elements, act) {
  const before = new Map(elements.map((element) => [element, element.getBoundingClientRect()]));
  act();
  if (!isStill()) glide(before);
}
