// Short messages: seen at the bottom of the page, and read out by a screen reader.

const STAY = 6000;
// Longer with something to press.
const STAY_WITH_BUTTON = 12000;
// Messages stand above what lies at the foot of the screen, which comes, grows and goes: looked for so often, in ms.
const FOOT = ".rail, .progress, .upload-panel, .crop-actions, .desk-actions, .people-chosen, .face-bar, .face[data-at]";
const ROOM = 24;
const OFTEN = 200;
// In sessionStorage: what was said when the page was fetched anew, which takes no longer than LATE ms.
const SAID = "said-before-reload";
const LATE = 10_000;
const toasts = document.getElementById("toasts");
// What had the focus before it came into the messages.
let before = null;

function dismiss(element) {
  const held = element.contains(document.activeElement);
  const next = (element.nextElementSibling ?? element.previousElementSibling)?.querySelector("[data-dismiss]");
  element.remove();
  if (!held) return;
  const goal = next ?? (before?.isConnected && before.checkVisibility() ? before : document.getElementById("main"));
  goal.focus({ preventScroll: true });
}

function expire(element) {
  // What went wrong stays until someone has read it.
  if (element.dataset.level?.includes("error")) return;
  let timer = 0;
  const stay = () => clearTimeout(timer);
  const leave = () => {
    stay();
    // Whoever is at its button has not done with it, wherever the pointer goes.
    const time = element.querySelector("form:not([hidden])") ? STAY_WITH_BUTTON : STAY;
    timer = setTimeout(() => element.contains(document.activeElement) || element.remove(), time);
  };
  leave();
  element.addEventListener("pointerenter", stay);
  element.addEventListener("focusin", stay);
  element.addEventListener("pointerleave", leave);
  element.addEventListener("focusout", leave);
}

// What can be undone, or done again, has a button for it. Of several the last one's is at hand: U undoes the others.
function offer(element, { undo, redo }) {
  const form = element.querySelector("form");
  form.setAttribute("hx-post", undo ?? redo);
  form.querySelector(undo ? "[data-redo]" : "[data-undo]").remove();
  form.hidden = false;
  toasts.querySelectorAll(".toast form:not([hidden])").forEach((earlier) => earlier.closest(".toast").remove());
  htmx.process(form);
}

// With a `cause`, it takes the place of what was said of that before, and goes when `settle` says that it is over.
export function toast(text, level = "info", { cause = "", ...offered } = {}) {
  settle(cause);
  const template = document.getElementById("toast-template");
  const element = template.content.firstElementChild.cloneNode(true);
  element.dataset.level = level;
  element.dataset.cause = cause;
  element.querySelector("[data-text]").textContent = text;
  if (offered.undo || offered.redo) offer(element, offered);
  toasts.append(element);
  expire(element);
}

// What these messages are about is over. Returns whether there was one.
export function settle(cause) {
  const told = cause ? toasts.querySelectorAll(`[data-cause="${CSS.escape(cause)}"]`) : [];
  told.forEach(dismiss);
  return told.length > 0;
}

// Fetch the page anew without a loss of what it says just now: there may be something to undo.
export function reload() {
  const said = [...toasts.querySelectorAll(".toast")].map((element) => {
    const form = element.querySelector("form:not([hidden])");
    const offered = form?.querySelector("[data-undo]") ? "undo" : "redo";
    const { level, cause } = element.dataset;
    const text = element.querySelector("p").textContent;
    return [text, level, { cause, ...(form && { [offered]: form.getAttribute("hx-post") }) }];
  });
  try {
    sessionStorage.setItem(SAID, JSON.stringify({ said, at: Date.now() }));
  } catch {
    // Storage is full or denied: what was done stands in the list of what was done too.
  }
  location.reload();
}

function sayAgain() {
  try {
    const { said, at } = JSON.parse(sessionStorage.getItem(SAID)) ?? {};
    sessionStorage.removeItem(SAID);
    if (Date.now() - at < LATE) for (const one of said) toast(...one);
  } catch {
    // Storage is denied: nothing was kept.
  }
}

// For a screen reader only: what the page already shows otherwise.
export function announce(text) {
  document.getElementById("announcer").textContent = text;
}

let looking = 0;

function stand() {
  const { style } = document.documentElement;
  const messages = [...toasts.querySelectorAll(".toast")].map((one) => one.getBoundingClientRect());
  if (messages.length === 0) {
    clearInterval(looking);
    looking = 0;
    return;
  }
  const [left, right] = [Math.min(...messages.map((one) => one.left)), Math.max(...messages.map((one) => one.right))];
  const boxes = [...document.querySelectorAll(FOOT)]
    .filter((one) => one.checkVisibility() && (!one.matches(".face") || getComputedStyle(one).position === "fixed"))
    .map((one) => one.getBoundingClientRect())
    .filter((box) => box.height && box.left < right && box.right > left && box.top < innerHeight)
    .sort((one, other) => other.bottom - one.bottom);
  let foot = innerHeight;
  // What leaves no room for messages below it is at the foot, too.
  for (const { top, bottom } of boxes) if (foot - bottom < toasts.offsetHeight + ROOM) foot = Math.min(foot, top);
  style.setProperty("--foot", `${innerHeight - foot}px`);
  style.setProperty("--told", `${toasts.offsetHeight + 1.5 * ROOM}px`);
}

function standAbove() {
  stand();
  looking ||= setInterval(stand, OFTEN);
}

new MutationObserver(standAbove).observe(toasts, { childList: true });
standAbove();
addEventListener("scroll", () => looking && stand(), { passive: true });
document.querySelectorAll(".toast").forEach(expire);
sayAgain();
document.addEventListener("click", (event) => {
  const element = event.target.closest?.("[data-dismiss]")?.closest(".toast");
  if (element) dismiss(element);
});
toasts.addEventListener("focusin", ({ relatedTarget }) => {
  if (relatedTarget && !toasts.contains(relatedTarget)) before = relatedTarget;
});
