// The desk by keys, mouse and thumb. The next cards are there already, so that an answer shows one at once; the answer
// itself goes on behind, and comes back with its card where it was not taken. Without this script each card is a page.

import { fetchCard, preload, say } from "./desk_server.js";
import { togglePhoto } from "./desk_photo.js";
import { chosenOf, keepOneStop, moveBy, tellChosen, toggleAll } from "./desk_faces.js";
import { onSwipe } from "./desk_swipe.js";
import { addressOf, beyond, isRenewed, passBy, turnRound } from "./desk_way.js";
import { onKey } from "./keys.js";
import { settle, toast } from "./toasts.js";
import { undoLast } from "./undo.js";
import { gettext } from "./words.js";

const AHEAD = 2; // cards that are there before they are needed
const desk = document.getElementById("desk");
const { cardAddress, progressAddress } = desk.dataset;
const names = document.getElementById("people-names");

// What comes before all else: cards whose answer was not taken, and what was undone.
const back = [];
let ahead = [];
let isEnd = false;
// What was fetched before this changed is old.
let moment = 0;
let looking = -1;
// By the key of what was done: the card that it answered.
const answered = new Map();

const current = () => desk.querySelector(".desk-card");
const nextOf = (card) => `${cardAddress}?${beyond(card, [current(), ...ahead, ...say.underWay()])}`;
const isGone = (card) => card.hasAttribute("data-done");

function show(card, { typing = false } = {}) {
  desk.replaceChildren(card);
  settle("choice");
  desk.ariaBusy = null;
  if (!isGone(card)) {
    keepOneStop(card);
    tellChosen(card);
  }
  const asked = card.querySelector("[autofocus]");
  // Hands that type stay at the field, as long as groups are asked about.
  const field = typing && card.dataset.kind === "group" ? nameOf(card) : null;
  (asked ?? field ?? card.querySelector("#desk-title")).focus({ preventScroll: true });
  scrollTo(0, 0);
  lookAhead();
}

// Have the next cards come, one after the other.
async function lookAhead() {
  const started = moment;
  if (looking === started) return;
  looking = started;
  await fill(started);
  if (looking === started) looking = -1;
}

async function fill(started) {
  while (!isEnd && ahead.length < AHEAD && current()) {
    const card = await fetchCard(nextOf(ahead.at(-1) ?? current())).catch(() => null);
    if (started !== moment) return;
    if (card && !card.hasAttribute("data-done")) {
      ahead.push(card);
      preload(card);
    } else isEnd = true;
  }
}

// What follows from the answers may be whom other faces are: nothing that came before is sure to be asked still.
async function lookAnew() {
  moment += 1;
  ahead = [];
  isEnd = false;
  const [started, card] = [moment, current()];
  // Another is on its way already.
  if (desk.ariaBusy) return;
  if (card && !isTouched(card)) {
    // What is asked for before all is taken may be older than what the card shows.
    const isPart = "part" in card.dataset && say.isIdle();
    const found = await fetchCard(`${cardAddress}?card=${addressOf(card)}`).catch(() => card);
    // Whoever has gone on, or begun to answer, is left alone.
    const isSame = started === moment && card === current() && !isTouched(card);
    if (isSame && found === null) return goOn(card);
    if (isSame && (isPart || isRenewed(card, found))) return showRest(found);
  }
  if (started === moment) await lookAhead();
}

const nameOf = (card) => card.querySelector("#desk-name");

const isTouched = (card) => "back" in card.dataset || Boolean(nameOf(card)?.value) || chosenOf(card).length > 0;

// What is left of a card, with the focus where it was.
function showRest(card) {
  const { id } = document.activeElement;
  show(card);
  if (id) document.getElementById(id)?.focus();
}

async function goOn(from, how) {
  const ready = back.shift() ?? ahead.shift();
  if (ready) return show(ready, how);
  desk.ariaBusy = "true";
  moment += 1;
  try {
    let card = isEnd ? null : await fetchCard(nextOf(from));
    if (!card) {
      // Round again, once the server knows all that was said.
      await say.idle();
      turnRound();
      card = await fetchCard(cardAddress);
      isEnd = false;
      if (card && !isGone(card)) toast(gettext("That was the last one. What you skipped comes again."));
    }
    if (current() === from || !current()) show(card, how);
  } catch {
    desk.ariaBusy = null;
    toast(gettext("The server cannot be reached. Check the connection and try again."), "error");
  }
}

function skip(card) {
  passBy(card);
  goOn(card);
}

function comeBack(card) {
  const now = current();
  if (now && now.dataset.card !== card.dataset.card) back.unshift(now);
  show(card);
}

// As it was before anything was said of it.
function asNew(card) {
  const again = card.cloneNode(true);
  again.reset();
  return again;
}

const isSomebodys = (name) => {
  const typed = name.trim().toLowerCase();
  return [...names.querySelectorAll("option")].some(({ value }) => value.toLowerCase() === typed);
};

function remember(name) {
  if (isSomebodys(name)) return;
  names.append(new Option(name.trim(), name.trim()));
}

// Take the chosen faces off the card; the others are asked about still.
function takeOff(card) {
  const gone = chosenOf(card).map((box) => box.closest("li"));
  const left = [...card.querySelectorAll(".desk-faces > li")].filter((item) => !gone.includes(item));
  const after = left.find((item) => gone.at(-1).compareDocumentPosition(item) & Node.DOCUMENT_POSITION_FOLLOWING);
  const next = after ?? left.at(-1);
  for (const item of gone) item.remove();
  for (const part of card.querySelectorAll(".desk-part:not(:has(li))")) part.remove();
  nameOf(card).value = "";
  card.dataset.part = "";
  keepOneStop(card);
  tellChosen(card);
  (next?.querySelector("input[type=checkbox]") ?? card.querySelector("#desk-title")).focus();
}

function answer(card, submitter) {
  const data = new FormData(card, submitter);
  const isNaming = data.get("said") === "name" && !data.has("person") && !data.has("new");
  const name = data.get("name")?.trim() ?? "";
  if (isNaming && !name) return nameOf(card).focus();
  const some = chosenOf(card);
  // Nobody means all of several people but by a yes.
  if ("several" in card.dataset && !some.length && data.get("said") !== "yes") {
    return toast(gettext("Choose first which faces you mean."), "warning", { cause: "choice" });
  }
  const isPart = some.length > 0 && some.length < card.querySelectorAll("input[name=face]").length;
  const kept = card.cloneNode(true);
  // A name that is somebody's is asked back about: nothing goes on before that.
  const waits = isNaming && card.dataset.kind === "group" && isSomebodys(name);
  if (isNaming || data.has("new")) remember(data.get("new") ?? name);
  say({
    form: card,
    data,
    taken: (key) => key && answered.set(key, kept),
    refused: (other, sentence) => {
      if (waits) desk.ariaBusy = null;
      if (!other && sentence) complain(kept, sentence);
      comeBack(other ?? kept);
    },
  });
  if (waits) {
    desk.ariaBusy = "true";
    say.idle().then(() => card === current() && goOn(card, { typing: true }));
  } else if (isPart) takeOff(card);
  else goOn(card, { typing: isNaming });
}

function complain(card, sentence) {
  const words = document.createElement("p");
  Object.assign(words, { className: "field-error", role: "alert", textContent: sentence });
  card.querySelector("[role=alert]")?.remove();
  (card.querySelector(".desk-who") ?? card.querySelector(".desk-ask")).prepend(words);
  card.dataset.back = "";
}

function press(code) {
  const card = current();
  const button = code === "KeyY" ? yesOf(card) : card?.querySelector(`[data-key="${code}"]`);
  if (!button) return false;
  button.click();
  return true;
}

function choose(number) {
  const button = current()?.querySelector(`[data-number="${number}"]`);
  if (!button) return false;
  button.click();
  return true;
}

function goToName() {
  const field = current() && nameOf(current());
  field?.focus();
  return Boolean(field);
}

// A yes is to the first of that name where one was asked back about, to what the card asks, of two people that the first
// keeps the name, and of a group, which asks nothing of the kind, to the first of whom it may be. One after the other: all
// of these may stand on a card.
const YES = ["#desk-which .which-one", "[data-key=KeyY]", "[data-number='1']"];
const yesOf = (card) => YES.map((one) => card?.querySelector(one)).find(Boolean);

async function undo() {
  await say.idle();
  await undoLast();
}

desk.addEventListener("submit", (event) => {
  event.preventDefault();
  answer(event.target, event.submitter);
});
desk.addEventListener("click", (event) => {
  const link = event.target.closest("[data-skip], [data-show-photo]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.matches("[data-skip]")) skip(current());
  else togglePhoto(current());
});
desk.addEventListener("change", () => {
  tellChosen(current());
  settle("choice");
});
desk.addEventListener("keydown", (event) => {
  const card = current();
  if (!card) return;
  const { key, target, isComposing, keyCode } = event;
  // Safari ends a syllable by an Enter that is not composing any more.
  const composes = isComposing || keyCode === 229;
  if (key === "Enter" && (composes || target.matches("input[type=checkbox]"))) event.preventDefault();
  if (key === "Escape" && !composes && target.matches("#desk-name")) card.querySelector("#desk-title").focus();
  if (!target.matches("#desk-name") && moveBy(card, event)) event.preventDefault();
});
// What was undone is asked again, and what was done again is not.
document.body.addEventListener("toast", ({ detail }) => {
  const [address, isUndone] = [detail.redo ?? detail.undo, Boolean(detail.redo)];
  const card = address && answered.get(address.match(/(\d+)/)[1]);
  if (card && isUndone) comeBack(asNew(card));
  else if (card && current()?.dataset.card === card.dataset.card) goOn(current());
  else if (address && !current()) fetchCard(cardAddress).then(show);
  if (address) catchUp();
});

async function catchUp() {
  await lookAnew();
  const html = await (await fetch(progressAddress)).text();
  const progress = new DOMParser().parseFromString(html, "text/html").getElementById("desk-progress");
  if (progress) document.getElementById("desk-progress").replaceWith(progress);
}
say.whenIdle(() => catchUp().catch(() => {}));

for (const code of ["KeyY", "KeyN", "KeyS", "KeyX", "KeyB", "KeyP"]) onKey(code, () => press(code));
for (let number = 1; number <= 5; number += 1) {
  onKey("Digit" + number, () => choose(number));
  onKey("Numpad" + number, () => choose(number));
}
onKey("Slash", goToName);
onKey("/", goToName);
onKey("KeyA", () => (current() ? toggleAll(current()) : false));
onKey("?", () => document.getElementById("help").showModal());
onKey("KeyU", undo);
onKey("held+KeyZ", undo);
onSwipe(desk, (way) => press({ right: "KeyY", left: "KeyN", up: "KeyS" }[way]));

if (current()) {
  keepOneStop(current());
  tellChosen(current());
  lookAhead();
  if (document.activeElement === document.body) {
    desk.querySelector("[autofocus], #desk-title").focus({ preventScroll: true });
  }
}
