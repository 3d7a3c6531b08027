// Work in the background is fetched anew, often while any is open: this says what ended.

import { announce } from "./toasts.js";
import { gettext } from "./words.js";

const { body } = document;
const OPEN = new Set(["queued", "running"]);
const all = () => [...document.querySelectorAll("[data-work]")];
const isOpen = (work) => OPEN.has(work.dataset.state);
const states = () => new Map(all().map((work) => [work.dataset.work, isOpen(work)]));

let before = states();

const polled = (element) => element.id === "work" || element.id === "task";

body.addEventListener("htmx:beforeRequest", (event) => {
  // Nobody watches a hidden page.
  if (polled(event.target) && document.hidden) event.preventDefault();
});

body.addEventListener("htmx:sendError", ({ target }) => {
  const sentence = polled(target) && all().find(isOpen)?.querySelector("[data-sentence]");
  if (sentence) sentence.textContent = gettext("The server cannot be reached. This goes on by itself when it can be.");
});

function words(work, name) {
  const element = work.querySelector(`[data-${name}]`) ?? document.querySelector("h1");
  return element.textContent.trim().replace(/\s+/g, " ");
}

body.addEventListener("htmx:afterSwap", () => {
  // What is new and has ended already was begun elsewhere.
  const ended = all().filter((work) => !isOpen(work) && before.get(work.dataset.work) !== false);
  before = states();
  if (ended.length === 0) return;
  announce(ended.map((work) => `${words(work, "title")}: ${words(work, "sentence")}`).join(" "));
  // A network may have come of it.
  body.dispatchEvent(new CustomEvent("networks"));
});
