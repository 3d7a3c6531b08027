// What the desk asks and tells the server: cards, and answers one after the other, of which none is lost.

import { toast } from "./toasts.js";
import { gettext } from "./words.js";

const HEADERS = { "HX-Request": "true" };
const waiting = [];
const idlers = [];
let whenDone = () => {};
let isUnderWay = false;

function parsed(html) {
  const content = new DOMParser().parseFromString(html, "text/html");
  const card = content.querySelector("#desk-card, #desk-done");
  return card && document.adoptNode(card);
}

// The card at an address; null where there is none.
export async function fetchCard(address) {
  const response = await fetch(address, { headers: HEADERS });
  if (response.status === 204) return null;
  if (!response.ok || response.redirected) throw new Error(`${response.status}`);
  return parsed(await response.text());
}

// Have the pictures of a card come before it is shown.
export function preload(card) {
  for (const { src } of card.querySelectorAll("img")) new Image().src = src;
}

function send({ form, data }) {
  // Also when the page is left meanwhile.
  return fetch(form.action, { method: "POST", headers: HEADERS, body: new URLSearchParams(data), keepalive: true });
}

// Say what came of it as any other page does; return the key of what was done.
function hear(response) {
  const { toast: said } = JSON.parse(response.headers.get("HX-Trigger") ?? "{}");
  if (said) toast(said.text, said.level, said);
  return said?.undo?.match(/(\d+)/)[1];
}

async function deliver(one) {
  let response;
  try {
    response = await send(one);
  } catch {
    return one.refused(null, gettext("The server cannot be reached, so this was not said. Answer again."));
  }
  if (response.redirected || response.status === 401 || response.status === 403) {
    return one.refused(null, gettext("You are signed out, or this page is too old. Reload it and answer again."));
  }
  if (!response.ok) {
    return one.refused(null, gettext("That did not work, and nothing was changed. Answer again."));
  }
  const key = hear(response);
  if (response.status === 204) return one.taken(key);
  return one.refused(parsed(await response.text()));
}

async function work() {
  if (isUnderWay) return;
  isUnderWay = true;
  while (waiting.length > 0) {
    await deliver(waiting[0]);
    waiting.shift();
  }
  isUnderWay = false;
  for (const idler of idlers.splice(0)) idler();
  whenDone();
}

// Send an answer once those before it are taken: {form, data, taken(key), refused(card, sentence)}.
export function say(one) {
  waiting.push(one);
  work();
}

// The forms whose answers are on their way.
say.underWay = () => waiting.map(({ form }) => form);
// When all that was said is taken, or refused.
say.isIdle = () => waiting.length === 0;
say.idle = () => (say.isIdle() ? Promise.resolve() : new Promise((resolve) => idlers.push(resolve)));
say.whenIdle = (act) => (whenDone = act);

// The first is on its way already.
addEventListener("pagehide", () => waiting.splice(1).forEach((one) => send(one).catch(() => {})));
